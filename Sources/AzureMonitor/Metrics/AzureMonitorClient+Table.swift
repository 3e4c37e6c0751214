import HTTPTransport
import MetricModel

extension AzureMonitorClient {
    /// The whole answer to `query` about one resource; single metrics in it may have failed (``MetricsTable/Cell``).
    /// - Throws: ``AzureError`` when nothing of it was answered.
    public func table(_ query: MetricsQuery) async throws(AzureError) -> MetricsTable {
        try Self.check(
            query.problem, host: BaseURL.authority(of: environment.resourceManager), resource: query.resourceID)
        return try await table(query.call(base: environment.resourceManager), question: query.table)
    }

    /// The whole answer to `query` about many resources; single resources may be absent from it, single metrics may
    /// have failed.
    /// - Throws: ``AzureError`` when nothing of it was answered. `.tooManySeries` and `.bodyTooLarge`: ask about fewer
    ///   resources. `.unauthenticated` with ``AzureError/api`` `.batchMetrics`: the identity may not read the whole
    ///   subscription, single resources perhaps. `.badRequest` and `.notFound` may be one resource's or one metric's fault.
    public func table(_ query: BatchMetricsQuery) async throws(AzureError) -> MetricsTable {
        let base = try environment.batchMetrics(region: query.region)
        try Self.check(query.problem, host: BaseURL.authority(of: base), resource: nil)
        return try await table(query.call(base: base), question: query.table)
    }

    private static func check(_ problem: String?, host: String, resource: ResourceID?) throws(AzureError) {
        guard let problem else { return }
        throw AzureError(
            .badRequest, host: host, resource: resource, message: "The question was not asked: \(problem).",
            remedy: "This is an error of the agent: report it.")
    }

    private func table(_ call: AzureCall, question: TableQuestion) async throws(AzureError) -> MetricsTable {
        let reply = try await calls.ask(call)
        let table: MetricsTable
        do throws(JSONProblem) {
            table = try MetricsTable(
                json: reply.response.body, question: question, host: reply.host,
                answeredAt: reply.response.headers.date)
        } catch {
            if reply.response.isPage || reply.hasTooManySeries {
                throw AzureError(refusal: reply, about: call.resource)
            }
            var failure = AzureError(
                .malformedAnswer, host: reply.host, resource: call.resource, status: reply.response.status,
                message:
                    "The answer of \(reply.response.body.count) bytes is not a metrics answer: \(error.words.sentence)",
                remedy: "Nothing to do unless it lasts; then check the endpoints of the cloud and the proxy.",
                requestIDs: reply.requestIDs)
            failure.api = call.api
            throw failure
        }
        if let refusal = table.failures.values.first(where: {
            Array($0.message.utf8).withUnsafeBytes(Exchange.Reply.namesTooManySeries)
        }) {
            var failure = AzureError(refusal: reply, about: call.resource)
            failure.tooManySeries(in: refusal)
            throw failure
        }
        return table
    }
}
