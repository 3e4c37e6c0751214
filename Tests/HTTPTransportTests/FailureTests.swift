import Foundation
import HTTPTransport
import MetricModel
import TestServers
import Testing

/// What the client says when there is no whole answer.
@Suite(.timeLimit(.minutes(5)))
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

    /// What a server sends before it closes, and what is known of the status afterwards.
    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var code = HTTPError.Code.interrupted
        let status: Int?
    }

    static let broken = [
        Broken(
            testDescription: "brotli", bytes: "503 Busy\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
            code: .damagedBody, status: 503),
        Broken(
            testDescription: "deflate", bytes: "429 Slow\r\nContent-Encoding: deflate\r\nContent-Length: 1\r\n\r\nx",
            code: .damagedBody, status: 429),
        Broken(
            testDescription: "no gzip", bytes: "502 Bad\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            code: .damagedBody, status: 502),
        Broken(
            testDescription: "gzip that ends at once",
            bytes: "502 Bad\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\n\u{1f}", code: .damagedBody,
            status: 502),
        Broken(
            testDescription: "too large",
            bytes: "400 No\r\nContent-Length: 101\r\n\r\n\(String(repeating: "x", count: 101))",
            code: .bodyTooLarge, status: 400),
        Broken(testDescription: "cut off", bytes: "200 OK\r\nContent-Length: 10\r\n\r\nx", status: 200),
        Broken(
            testDescription: "cut off after an interim answer",
            bytes: "103 Hints\r\nRetry-After: 9\r\n\r\nHTTP/1.1 504 Late\r\nContent-Length: 10\r\n\r\nx", status: 504),
        Broken(testDescription: "cut off in the head", bytes: "503 Busy\r\nRetry-After", status: nil),
        Broken(testDescription: "only an interim answer", bytes: "103 Hints\r\nX: 1\r\n\r\n", status: nil),
        Broken(
            testDescription: "an interim answer and half a head",
            bytes: "103 Hints\r\n\r\nHTTP/1.1 503 Busy\r\nX: 1\r\n",
            status: nil),
    ]

    @Test(arguments: broken) func theStatusOfABrokenAnswerIsKept(answer: Broken) async throws {
        let server = try RawServer(answering: Array("HTTP/1.1 \(answer.bytes)".utf8))
        let limits = HTTPLimits(bodyBytes: 100)
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
        #expect(error?.code == answer.code)
        #expect(error?.status == answer.status)
        #expect(error?.headers["Retry-After"] == nil)
    }

    @Test("an answer that says it is over the limit is not waited for") func declaredLength() async throws {
        let server = try RawServer(answering: Array("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\nx".utf8))
        let limits = HTTPLimits(bodyBytes: 100)
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
        #expect(error?.code == .bodyTooLarge && error?.reason.contains("over the limit of 100 bytes") == true)
    }

    @Test func theHeadersOfABrokenAnswerAreKept() async throws {
        let head = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n"
        let server = try RawServer(answering: Array((head + "x").utf8))
        let error = await failure(of: HTTPRequest(.post, "http://127.0.0.1:\(server.port)/"))
        #expect(error?.headers["retry-after"] == "7")
    }

    @Test func theStatusOfAnAnswerThatStallsIsKept() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 10\r\n\r\nx")
            connection.waitForClose()
        }
        let limits = HTTPLimits(total: .milliseconds(500))
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
        #expect(error?.code == .timedOut)
        #expect(error?.status == 429)
        #expect(error?.headers["retry-after"] == "7")
    }

    @Test(
        "an answer that is not HTTP enough to have a status is no answer",
        arguments: ["HTTP/20 \u{a3}\r\n\r\n", "HTTP/20 x\r\nContent-Length: 2\r\n\r\n{}"])
    func noStatus(answer: String) async throws {
        let server = try RawServer(answering: Array(answer.utf8))
        let client = CurlClient(userAgent: "azimuth-test/1")
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        }
        #expect(error?.code == .interrupted)
    }

    @Test("a first header that continues none is harmless, also after an answer whose headers are gone")
    func foldedFirstHeader() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nX-Name: value\r\nContent-Length: 0\r\n\r\n")
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 0\r\n\r\n")
        }
        let client = CurlClient(userAgent: "azimuth-test/1")
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(try await client.send(HTTPRequest(.get, url)).headers["X-Name"] == "value")
        // What libcurl makes of it differs by version; that the name is not the last answer's does not.
        let second = try? await client.send(HTTPRequest(.get, url))
        #expect(second?.headers["X-Name"] == nil)
    }

    @Test func refusedConnectionIsUnreachable() async throws {
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let port = closed.port
        let error = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
        #expect(error?.code == .unreachable)
        #expect(error?.status == nil)
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
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let port = closed.port
        let error = await failure(of: HTTPRequest(.get, "http://user:word@127.0.0.1:\(port)/p?q"))
        #expect(error?.endpoint == "http://127.0.0.1:\(port)")
        #expect(error?.description.contains("word") == false)
    }
}
