import HTTPTransport
import MetricModel

extension AzureMonitorClient {
    /// More pages than this are no list of metrics.
    static let maximumPages = 50
    private static let apiVersion = "2024-02-01"

    /// What `resource` offers in `namespace`; `nil` = the namespace of its type.
    ///
    /// Azure lets a subscription ask 400 times in five minutes: keep the answers (``DefinitionsCatalog``).
    /// - Parameter patience: `nil` = the client's own.
    /// - Throws: ``AzureError`` when any part of the list was not answered.
    public func metricDefinitions(
        of resource: ResourceID, namespace: String? = nil, patience: Patience? = nil
    ) async throws(AzureError) -> MetricDefinitions {
        var query = "api-version=\(Self.apiVersion)"
        if let namespace { query += "&metricnamespace=" + PercentEncoding.value(namespace) }
        do throws(AzureError) {
            return MetricDefinitions(
                metrics: try await list("metricDefinitions?" + query, of: resource, patience: patience))
        } catch {
            guard error.code == .badRequest, namespace != nil else { throw error }
            var error = error
            error.remedy = "Leave the namespace out, or name one that the resource has."
            throw error
        }
    }

    /// The metric namespaces of `resource`, each once; the platform's own first.
    /// - Throws: ``AzureError`` when any part of the list was not answered.
    public func metricNamespaces(of resource: ResourceID) async throws(AzureError) -> [MetricNamespace] {
        let namespaces: [MetricNamespace] = try await list(
            "metricNamespaces?api-version=\(Self.apiVersion)", of: resource, patience: nil)
        return MetricNamespace.ordered(namespaces, type: resource.type)
    }

    /// All pages of a list about `resource`.
    private func list<Item: ListItem>(
        _ operation: String, of resource: ResourceID, patience: Patience?
    ) async throws(AzureError) -> [Item] {
        let calls = self.calls.with(patience)
        var url =
            environment.resourceManager + PercentEncoding.path(resource.description)
            + "/providers/Microsoft.Insights/" + operation
        var items: [Item] = []
        for _ in 0..<Self.maximumPages {
            let reply = try await calls.ask(
                AzureCall(
                    api: .definitions, url: url, subscriptionID: resource.subscriptionID, resource: resource))
            let page: ListPage<Item>
            do throws(JSONProblem) {
                page = try Item.page(json: reply.response.body)
            } catch {
                throw unreadable(reply, error, what: Item.plural, about: resource)
            }
            items += page.items
            guard let next = page.nextLink else { return items }
            url = try checked(next, reply: reply, about: resource)
        }
        throw AzureError(
            .unexpectedAnswer, host: BaseURL.authority(of: environment.resourceManager), resource: resource,
            message: "The list of \(Item.plural) does not end after \(Self.maximumPages) pages.",
            remedy: "Check the endpoints of the cloud and the proxy.")
    }

    private func unreadable(
        _ reply: Exchange.Reply, _ problem: JSONProblem, what: String, about resource: ResourceID
    ) -> AzureError {
        if reply.response.isPage { return AzureError(refusal: reply, about: resource) }
        return AzureError(
            .malformedAnswer, host: reply.host, resource: resource, status: reply.response.status,
            message:
                "The answer of \(reply.response.body.count) bytes is no list of \(what): \(problem.words.sentence)",
            remedy: "Nothing to do unless it lasts; then check the endpoints of the cloud and the proxy.",
            requestIDs: reply.requestIDs)
    }

    /// The address of the next page, if it is the same server's: the token goes to nobody else.
    private func checked(
        _ nextLink: String, reply: Exchange.Reply, about resource: ResourceID
    ) throws(AzureError) -> String {
        let base = environment.resourceManager
        if nextLink.lowercased().hasPrefix(base.lowercased() + "/") { return nextLink }
        throw AzureError(
            .unexpectedAnswer, host: reply.host, resource: resource, status: reply.response.status,
            message:
                "The next page would be at another server, \(BaseURL.authority(of: nextLink).singleLine(limit: 100)).",
            remedy: "Check the endpoints of the cloud and the proxy.", requestIDs: reply.requestIDs)
    }
}
