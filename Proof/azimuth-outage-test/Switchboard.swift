import HTTPTransport
import MetricModel

/// The agent's only way to the network: servers can be away, and what is under way is known.
final class Switchboard: HTTPClient {
    private struct State {
        /// Ports that nobody reaches.
        var away: Set<UInt16> = []
        var inFlight = 0
    }

    private let client: CurlClient
    private let state = Lock(State())

    init(client: CurlClient) { self.client = client }

    /// Requests that have no answer yet.
    var inFlight: Int { state.withLock { $0.inFlight } }

    func setAway(_ port: UInt16, _ isAway: Bool) {
        state.withLock { state in
            if isAway { state.away.insert(port) } else { state.away.remove(port) }
        }
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let isAway = state.withLock { state in
            state.inFlight += 1
            return state.away.contains { request.url.contains(":\($0)/") }
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        guard !isAway else {
            throw HTTPError(.unreachable, endpoint: request.url, reason: "away, as the test wants it")
        }
        return try await client.send(request)
    }
}

/// The agent's clock: the world's, but somebody meddles with the system time.
final class MeddledClock: AgentClock {
    private let base: SteppedClock
    private let offset = Lock(Duration.zero)

    init(_ base: SteppedClock) { self.base = base }

    /// How far the system clock is off from now on.
    func meddle(_ duration: Duration) { offset.withLock { $0 = duration } }

    var monotonicNow: Duration { base.monotonicNow }
    var systemNow: Timestamp { base.systemNow + offset.withLock { $0 } }

    func sleep(untilMonotonic deadline: Duration) async throws {
        try await base.sleep(untilMonotonic: deadline)
    }
}
