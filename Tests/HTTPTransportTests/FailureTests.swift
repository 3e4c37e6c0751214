import Foundation
import HTTPTransport
import MetricModel
import Testing

/// What the client says when there is no whole answer.
@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
    let client = CurlClient(userAgent: "azimuth-test/1")

    /// The error of a request that must fail.
    private func failure(of request: HTTPRequest) async -> HTTPError? {
        await #expect(throws: HTTPError.self) { _ = try await client.send(request) }
    }

    /// What a server sends before it closes or resets.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var isReset = false
    }

    static let faults = [
        Fault(testDescription: "closed at once", bytes: ""),
        Fault(testDescription: "reset at once", bytes: "", isReset: true),
        Fault(testDescription: "closed in the head", bytes: "HTTP/1.1 200 OK\r\nContent-"),
        Fault(testDescription: "body below its length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        Fault(
            testDescription: "reset in the body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na", isReset: true
        ),
        Fault(
            testDescription: "no last chunk", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        ),
        Fault(
            testDescription: "bad chunk size",
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        Fault(testDescription: "no HTTP", bytes: "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        Fault(
            testDescription: "one huge header",
            bytes: "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 300_000))\r\n\r\n"),
        Fault(
            testDescription: "too many headers",
            bytes:
                "HTTP/1.1 200 OK\r\n\(String(repeating: "X: \(String(repeating: "x", count: 1000))\r\n", count: 270))\r\n"
        ),
    ]

    @Test(arguments: faults) func brokenAnswersAreInterruptions(fault: Fault) async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write(fault.bytes)
            if fault.isReset { connection.reset() }
        }
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(server.port)/?secret=1"))
        #expect(error?.code == .interrupted, "\(error?.description ?? "")")
        #expect(error?.endpoint == "http://127.0.0.1:\(server.port)")
        #expect(error?.description.contains("secret") == false)
    }

    @Test func refusedConnectionIsUnreachable() async throws {
        let port = try closedPort()
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
        #expect(error?.code == .unreachable)
        #expect(error?.reason.contains("refused") == true)
    }

    @Test func unknownNameIsUnresolved() async throws {
        let limits = HTTPLimits(connect: .seconds(3))
        let error = await failure(of: HTTPRequest(.get, "http://nothing.invalid/", limits: limits))
        #expect(error?.code == .unresolved)
        #expect(error?.endpoint == "http://nothing.invalid:80")
    }

    /// A server that never finishes the handshake: nobody accepts, and TLS waits for its first byte.
    @Test func connectLimitCoversTLS() async throws {
        let (socket, port) = try listeningSocket()
        defer { close(socket) }
        let limits = HTTPLimits(connect: .milliseconds(200))
        let error = await failure(of: HTTPRequest(.get, "https://127.0.0.1:\(port)/", limits: limits))
        #expect(error?.code == .unreachable)
        #expect(error?.reason.contains("0.2 seconds") == true)
    }

    @Test(arguments: [
        "", "nonsense", "/path", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://127.0.0.1:99999/",
        "http://127.0.0.1/ \r\nX: 1", "http://127.0.0.1/\u{0}",
    ])
    func unusableURLsAreNamedWithoutTheirText(url: String) async throws {
        let error = await failure(of: HTTPRequest(.get, url))
        #expect(error?.code == .badRequest)
        #expect(error?.endpoint == "unusable URL")
    }

    @Test(arguments: [("X Y", "1"), ("", "1"), ("X:", "1"), ("X", "a\r\nY: b"), ("X", "a\u{0}b"), ("X\n", "1")])
    func headersCannotSmuggleLines(name: String, value: String) async throws {
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1/", headers: [(name, value)]))
        #expect(error?.code == .badRequest)
        #expect(error?.endpoint == "http://127.0.0.1:80")
    }

    @Test func userAndPasswordStayOutOfErrors() async throws {
        let port = try closedPort()
        let error = await failure(of: HTTPRequest(.get, "http://user:word@127.0.0.1:\(port)/p?q"))
        #expect(error?.endpoint == "http://127.0.0.1:\(port)")
        #expect(error?.description.contains("word") == false)
    }
}
