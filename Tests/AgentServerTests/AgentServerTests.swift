import AgentServer
import Foundation
import HTTPServer
import MetricModel
import Testing

/// The server on a real socket.
@Suite(.timeLimit(.minutes(5)))
struct AgentServerTests {
    private let state: Lock<HealthSnapshot>
    private let server: AgentServer

    init() throws {
        let state = Lock(Situation.flowing)
        self.state = state
        server = try AgentServer(port: 0, version: "1.2.3", checksHealth: true, clock: SystemClock()) {
            state.withLock { $0 }
        }
    }

    private func send(
        _ target: String, method: String = "GET", headers: [String] = [], body: String = ""
    ) throws -> RawAnswer {
        try RawAnswer.exchange(port: server.port, method, target, headers: headers, body: body)
    }

    @Test("healthy is 200, anything else 503", arguments: [true, false])
    func status(isHealthy: Bool) throws {
        if !isHealthy { state.withLock { $0 = Situation.started(secondsAgo: 1) } }
        let answer = try send("/api/v1/health")
        #expect(answer.status == (isHealthy ? 200 : 503))
        #expect(answer["X-Version"] == "1.2.3" && answer["Server"] == nil && answer["Cache-Control"] == "no-store")
        #expect(answer["Content-Type"] == "application/json; charset=utf-8")
        #expect(answer.body.hasPrefix(isHealthy ? #"{"status":"Healthy","# : #"{"status":"Degraded","#))
    }

    /// Target and method → status and a part of the body.
    static let requests: [(String, String, Int, String)] = [
        ("/API/V1/Health/", "GET", 200, "entries"),
        ("/api/v1/health?x=1&IncludeDependencies=TRUE", "GET", 200, "batch"),
        ("/api/v1/health?includeDependencies=false", "GET", 200, #""entries":{}"#),
        ("/api/v1/health?includeDependencies=maybe", "GET", 400, "true or false"),
        ("/api/v1/health?includeDependencies", "GET", 400, "true or false"),
        ("/", "GET", 404, "/api/v1/health"), ("/api/v1/health/more", "GET", 404, "nothing here"),
        ("/api/v1/%68ealth", "GET", 404, "nothing here"), ("//", "GET", 404, "nothing here"),
        ("/api/v1/health", "POST", 405, "GET and HEAD"), ("/api/v1/health", "DELETE", 405, "GET and HEAD"),
        ("/api/v1/health", "OPTIONS", 405, "GET and HEAD"), ("/api/v1/health", "HEAD", 200, ""),
        ("/nothing", "HEAD", 404, ""),
    ]

    @Test("every request has its answer, with the version", arguments: requests)
    func answered(target: String, method: String, status: Int, part: String) throws {
        let answer = try send(target, method: method)
        #expect(answer.status == status, "\(answer)")
        #expect(answer["X-Version"] == "1.2.3")
        #expect(part.isEmpty ? answer.body.isEmpty : answer.body.contains(part), "\(answer)")
        #expect(answer["Allow"] == (status == 405 ? "GET, HEAD" : nil))
    }

    static let accepts: [(String, Bool)] = [
        ("text/plain", true), ("Text/Plain; charset=utf-8", true), ("text/plain;q=0.5, */*", true),
        ("*/*", false), ("application/json", false), ("text/html,application/xhtml+xml,*/*;q=0.8", false),
        ("application/json, text/plain", false), ("", false),
    ]

    @Test("words for who asks for plain text, JSON for everybody else", arguments: accepts)
    func negotiation(accept: String, isText: Bool) throws {
        let answer = try send("/api/v1/health", headers: ["Accept: \(accept)"])
        #expect(answer["Content-Type"]?.hasPrefix(isText ? "text/plain" : "application/json") == true)
        #expect(answer.body.hasPrefix(isText ? "Healthy\n" : "{"))
        #expect(answer["Vary"] == "Accept")
    }

    @Test("what is too large is refused, and the server goes on")
    func limits() throws {
        #expect(try send("/", method: "POST", body: String(repeating: "x", count: 4096)).status == 404)
        #expect(try send("/", method: "POST", body: String(repeating: "x", count: 4097)).status == 413)
        let huge = try send("/", headers: ["X: " + String(repeating: "x", count: 100_000)])
        #expect(huge.status == 431 || huge.status == 413, "\(huge)")
        #expect(try send("/api/v1/health").status == 200)
    }

    @Test(
        "bytes that are no request do not stop the server", arguments: ["\0\0\r\n\r\n", "GET\r\n\r\n", "💥"])
    func nonsense(text: String) throws {
        let socket = try RawSocket(port: server.port)
        socket.send(text)
        #expect(try send("/api/v1/health").status == 200)
        withExtendedLifetime(socket) {}
    }

    @Test("who says nothing, or a header a byte at a time, holds nobody up")
    func idleConnections() throws {
        let idle = try (0..<100).map { _ in try RawSocket(port: server.port) }
        for (index, socket) in idle.enumerated() where index % 2 == 0 {
            socket.send("GET /api/v1/health HTTP/1.1\r\nX")
        }
        for _ in 0..<20 { #expect(try send("/api/v1/health").status == 200) }
        withExtendedLifetime(idle) {}
    }

    @Test("IPv6 and IPv4 are both answered")
    func bothFamilies() throws {
        #expect(try RawAnswer.exchange(port: server.port, isIPv6: true, "GET", "/api/v1/health").status == 200)
        #expect(try RawAnswer.exchange(port: server.port, "GET", "/api/v1/health").status == 200)
    }

    @Test("without checks the report is empty and healthy, whatever is the matter")
    func unchecked() throws {
        let server = try AgentServer(port: 0, version: "1", checksHealth: false, clock: SystemClock()) {
            Situation.started(secondsAgo: 9999)
        }
        let answer = try RawAnswer.exchange(port: server.port, "GET", "/api/v1/health")
        #expect(answer.status == 200 && answer.body.contains(#""entries":{}"#))
    }

    @Test("a taken port is an error that names it", arguments: ["127.0.0.1", "0.0.0.0"])
    func taken(host: String) throws {
        let other = try HTTPListener(host: host) { _ in ServedResponse(status: 200) }
        let error = #expect(throws: HTTPListenerError.self) {
            try AgentServer(port: other.port, version: "1", checksHealth: true, clock: SystemClock()) {
                Situation.flowing
            }
        }
        #expect(error?.code == .portTaken && error?.message.contains("\(other.port)") == true)
    }

    @Test("after the stop nobody is answered")
    func stop() throws {
        #expect(try send("/api/v1/health").body.contains("entries"))
        server.stop()
        // Another test's server may have the port by now; ours would tell its health.
        let answer = (try? send("/api/v1/health").body) ?? ""
        #expect(!answer.contains("entries"), "\(answer)")
    }
}
