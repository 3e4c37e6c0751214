import HTTPTransport
import MetricModel

/// Answers by a script and remembers what was asked.
final class ScriptedHTTPClient: HTTPClient {
    typealias Script = @Sendable (_ request: HTTPRequest, _ index: Int) async throws(HTTPError) -> HTTPResponse

    private let log = Lock<[HTTPRequest]>([])
    private let script: Script

    /// `script` gets each request and how many of its kind (token or not) came before.
    init(_ script: @escaping Script) {
        self.script = script
    }

    var requests: [HTTPRequest] { log.withLock { $0 } }
    var tokenRequests: [HTTPRequest] { requests.filter(\.isForToken) }
    var metricRequests: [HTTPRequest] { requests.filter { !$0.isForToken } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let index = log.withLock { log in
            defer { log.append(request) }
            return log.count { $0.isForToken == request.isForToken }
        }
        return try await script(request, index)
    }
}

extension HTTPRequest {
    var isForToken: Bool { url.hasSuffix("/oauth2/v2.0/token") }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension HTTPResponse {
    static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: HTTPHeaders([("Content-Type", "application/json")] + headers),
            body: HTTPBody(text.utf8))
    }

    /// The token `name`, living for an hour.
    static func token(_ name: String = "token-0", expiresIn: Int = 3600) -> HTTPResponse {
        .json(#"{"token_type":"Bearer","expires_in":\#(expiresIn),"access_token":"\#(name)"}"#)
    }
}

/// A clock on which waiting takes no time: who sleeps moves it.
final class ImpatientClock: AgentClock {
    private let state = Lock((now: Duration.zero, waits: [Duration]()))
    private let start: Timestamp

    init(start: Timestamp = Timestamp(seconds: 1_927_857_900)) { self.start = start }

    var monotonicNow: Duration { state.withLock { $0.now } }
    var systemNow: Timestamp { start + monotonicNow }
    /// How long was slept, one by one.
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(by duration: Duration) { state.withLock { $0.now += duration } }

    func sleep(untilMonotonic deadline: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.waits.append(deadline - state.now)
            state.now = max(state.now, deadline)
        }
    }
}
