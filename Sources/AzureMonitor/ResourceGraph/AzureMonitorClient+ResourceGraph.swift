import HTTPTransport
import MetricModel

extension AzureMonitorClient {
    private static let noValidSubscriptions = "NoValidSubscriptionsInQueryRequest"

    /// What Azure Resource Graph knows of `ids`, 1,000 a call, in no particular order.
    ///
    /// What is not there, what the identity may not read, and what is too new for that index is simply not in the
    /// answer, and so are most child resources: ask for their parents.
    /// - Parameter patience: `nil` = the client's own.
    /// - Throws: ``AzureError`` when any part of it was not answered.
    public func resources(
        ids: [ResourceID], patience: Patience? = nil
    ) async throws(AzureError) -> [GraphResource] {
        let calls = self.calls.with(patience)
        var resources: [GraphResource] = []
        for question in GraphQuery.questions(about: ids) {
            do throws(AzureError) {
                resources += try await answer(to: question, calls)
            } catch {
                // None of its subscriptions can be read: none of its resources either, but perhaps those of others.
                guard error.serviceCode == Self.noValidSubscriptions else { throw error }
            }
        }
        return resources
    }

    /// All pages of one answer.
    private func answer(
        to question: GraphQuery, _ calls: AuthorizedCalls
    ) async throws(AzureError) -> [GraphResource] {
        let url = environment.resourceGraph.url + "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
        var resources: [GraphResource] = []
        var rowCount = 0
        var skipToken: String?
        for _ in 0..<Self.maximumPages {
            let reply = try await calls.ask(
                AzureCall(api: .resourceGraph, method: .post, url: url, body: question.body(skipToken: skipToken)))
            let page: GraphPage
            do throws(JSONProblem) {
                page = try GraphPage(json: reply.response.body)
            } catch {
                if reply.response.isPage { throw AzureError(refusal: reply, about: nil) }
                throw Self.unusable(
                    reply, "of \(reply.response.body.count) bytes is no list of resources: \(error.words.sentence)")
            }
            resources += page.resources
            rowCount += page.rowCount
            if let next = page.skipToken, next != skipToken {
                skipToken = next
                continue
            }
            if page.skipToken != nil { throw Self.unusable(reply, "names the same page again as its next one.") }
            if page.isTruncated { throw Self.unusable(reply, "was cut off after \(rowCount) rows.") }
            // An index that changes between two pages can lose rows.
            if let total = page.totalCount, rowCount < total {
                throw Self.unusable(reply, "has \(rowCount) rows, of which there should be \(total).")
            }
            return resources
        }
        throw AzureError(
            .unexpectedAnswer, host: BaseURL.authority(of: url),
            message: "The list of resources does not end after \(Self.maximumPages) pages.",
            remedy: "Check the endpoints of the cloud and the proxy.")
    }

    private static func unusable(_ reply: Exchange.Reply, _ what: String) -> AzureError {
        var error = AzureError(
            .malformedAnswer, host: reply.host, status: reply.response.status,
            message: "The answer of Azure Resource Graph \(what)",
            remedy: "Nothing to do unless it lasts; then check the endpoints of the cloud and the proxy.",
            requestIDs: reply.requestIDs)
        error.api = .resourceGraph
        return error
    }
}
