import HTTPTransport
import MetricModel

/// Asks Azure Monitor.
public struct AzureMonitorClient: Sendable {
    let environment: AzureEnvironment
    let calls: AuthorizedCalls

    /// A client for one cloud and one identity.
    /// - Parameters:
    ///   - tokens: Of the identity that asks, in the same environment.
    ///   - random: In 0 ..< 1, for the waits between tries.
    public init(
        environment: AzureEnvironment, tokens: TokenCache, client: any HTTPClient, clock: any AgentClock,
        azureTime: AzureTime, retry: RetryPolicy = RetryPolicy(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.environment = environment
        calls = AuthorizedCalls(
            audience: environment.audience, tokens: tokens,
            exchange: Exchange(client: client, clock: clock, azureTime: azureTime, retry: retry, random: random))
    }

    /// Asks for a token if there is none: its answer tells Azure's time before anything is planned by it.
    ///
    /// What fails here fails again, and is reported then, with the first question.
    public func learnTime() async { await calls.warmUp() }

    /// The whole answer to `query`; single metrics in it may have failed (``MetricAnswer/error``).
    /// - Throws: ``AzureError`` when nothing of it was answered.
    public func metrics(_ query: MetricsQuery) async throws(AzureError) -> MetricsAnswer {
        let resource = query.resourceID
        if let problem = query.problem {
            throw AzureError(
                .badRequest, host: BaseURL.authority(of: environment.resourceManager), resource: resource,
                message: "The question was not asked: \(problem).", remedy: "This is an error of the agent: report it.")
        }
        let reply = try await calls.get(query.url(base: environment.resourceManager), about: resource)
        return try Self.answer(in: reply, to: query)
    }

    private static func answer(in reply: Exchange.Reply, to query: MetricsQuery) throws(AzureError) -> MetricsAnswer {
        func failure(_ code: AzureError.Code, _ message: String, _ remedy: String) -> AzureError {
            AzureError(
                code, host: reply.host, resource: query.resourceID, status: reply.response.status, message: message,
                remedy: remedy, requestIDs: reply.requestIDs)
        }
        let answer: MetricsAnswer
        do throws(JSONProblem) {
            answer = try MetricsAnswer(
                json: reply.response.body, aggregations: query.aggregations, host: reply.host,
                answeredAt: reply.response.headers.date)
        } catch {
            if reply.response.isPage { throw AzureError(refusal: reply, about: query.resourceID) }
            throw failure(
                .malformedAnswer,
                "The answer of \(reply.response.body.count) bytes is not a metrics answer: \(error.words.sentence)",
                "Nothing to do unless it lasts; then check the endpoints of the cloud and the proxy.")
        }
        if let grain = answer.grain, grain != query.grain {
            throw failure(
                .unexpectedAnswer, "The answer has buckets of \(grain), asked for were \(query.grain).",
                "Choose an aggregation interval that the metric offers.")
        }
        return answer
    }
}
