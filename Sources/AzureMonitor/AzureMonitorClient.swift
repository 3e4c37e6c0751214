import HTTPTransport
import MetricModel

/// Asks Azure Monitor.
public struct AzureMonitorClient: Sendable {
    let environment: AzureEnvironment
    let calls: AuthorizedCalls
    /// The quotas that its calls use.
    public let lanes: QuotaLanes

    /// A client for one cloud and one identity.
    /// - Parameters:
    ///   - tokens: Of the identity that asks, in the same environment.
    ///   - lanes: Of this identity, for all its clients; by default the client's own.
    ///   - random: In 0 ..< 1, for the waits between tries.
    public init(
        environment: AzureEnvironment, tokens: TokenCache, client: any HTTPClient, clock: any AgentClock,
        azureTime: AzureTime, lanes: QuotaLanes? = nil, retry: RetryPolicy = RetryPolicy(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let lanes = lanes ?? QuotaLanes(clock: clock, random: random)
        self.lanes = lanes
        self.environment = environment
        calls = AuthorizedCalls(
            environment: environment, tokens: tokens,
            exchange: Exchange(
                client: client, clock: clock, azureTime: azureTime, lanes: lanes, retry: retry, random: random))
    }

    /// Asks for a token if there is none: its answer tells Azure's time before anything is planned by it.
    ///
    /// - Returns: Why there is none; every question would fail alike.
    @discardableResult
    public func learnTime() async -> AzureError? {
        do throws(AzureError) {
            try await calls.warmUp()
            return nil
        } catch {
            return error
        }
    }
}
