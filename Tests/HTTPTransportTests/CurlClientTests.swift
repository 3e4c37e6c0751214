import Gzip
import HTTPServer
import HTTPTransport
import MetricModel
import TestServers
import Testing

/// The client against a well-behaved server.
@Suite(.timeLimit(.minutes(5)))
struct CurlClientTests {
    let client = CurlClient(userAgent: "azimuth-test/1")

    @Test func getBringsStatusHeadersAndBody() async throws {
        let server = try HTTPListener { request in
            ServedResponse(
                status: request.path == "/there" ? 200 : 404, headers: [("X-Query", request.query)],
                body: Array(request.method.utf8))
        }
        let found = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/there?a=%20b&c=/../"))
        #expect(found.status == 200)
        #expect(found.headers["x-query"] == "a=%20b&c=/../")
        #expect(found.body.text == "GET")
        #expect(found.version == .http1_1)
        let missing = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        #expect(missing.status == 404)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 3_000_000])
    func postCarriesArbitraryBytesBothWays(count: Int) async throws {
        let server = try HTTPListener { ServedResponse(status: 200, body: $0.body) }
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let answer = try await client.send(HTTPRequest(.post, "http://127.0.0.1:\(server.port)/", body: bytes))
        #expect(answer.body.count == count)
        #expect(answer.body.withUnsafeBytes { $0.elementsEqual(bytes) })
        let padding = answer.body.withUnsafeBytes { bytes in
            bytes.baseAddress.map { UnsafeRawBufferPointer(start: $0 + bytes.count, count: HTTPBody.padding) }
        }
        #expect(padding?.allSatisfy { $0 == 0 } ?? (count == 0))
    }

    @Test func onlyTheAskedHeadersGoOut() async throws {
        let seen = Lock<[(name: String, value: String)]>([])
        let server = try HTTPListener { request in
            seen.withLock { $0 = request.headers }
            return ServedResponse(status: 204)
        }
        let headers = [(name: "X-First", value: "1"), (name: "X-Empty", value: ""), (name: "X-Last", value: "ü")]
        let request = HTTPRequest(
            .post, "http://127.0.0.1:\(server.port)/", headers: headers, body: Array(repeating: 0, count: 2_000_000))
        #expect(try await client.send(request).status == 204)
        let lines = seen.withLock { $0 }.map { "\($0.name): \($0.value)" }
        #expect(
            lines == [
                "Host: 127.0.0.1:\(server.port)", "User-Agent: azimuth-test/1", "Accept: */*", "X-First: 1",
                "X-Empty: ", "X-Last: ü", "Accept-Encoding: gzip", "Content-Length: 2000000",
            ])
    }

    @Test(arguments: ["a.localhost", "login.b.LOCALHOST", "localhost"])
    func localNamesNeedNoNameService(host: String) async throws {
        let server = try HTTPListener { ServedResponse(status: 200, body: Array(($0.header("Host") ?? "").utf8)) }
        let answer = try await client.send(HTTPRequest(.get, "http://\(host):\(server.port)/"))
        #expect(answer.body.text == "\(host):\(server.port)")
    }

    @Test func fiftyRequestsShareOneConnection() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
        }
        for _ in 0..<50 {
            #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")).body.text == "ok")
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test func aHundredAtOnceGetTheirOwnAnswersOverFewConnections() async throws {
        let server = try RawServer { connection in
            while let head = connection.readRequest() {
                let path = String(head.split(separator: " ")[1])
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        }
        let client = CurlClient(userAgent: "azimuth-test/1", maxConnectionsPerHost: 5)
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let request = HTTPRequest(.get, "http://127.0.0.1:\(server.port)/\(number)")
                    return (number, try await client.send(request).body.text)
                }
            }
            for try await (number, text) in group { #expect(text == "/\(number)") }
        }
        #expect((1...5).contains(server.acceptedConnections))
    }

    @Test func redirectsAreHandedOn() async throws {
        let server = try HTTPListener { _ in ServedResponse(status: 302, headers: [("Location", "/other")]) }
        let answer = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        #expect(answer.status == 302)
        #expect(answer.headers["location"] == "/other")
    }

    @Test func headersAreThoseOfTheFinalAnswer() async throws {
        let server = try RawServer(
            answering: Array(
                """
                HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n\
                HTTP/1.1 200 OK\r\nX-Late: a\r\nX-Late: b\r\nContent-Length: 0\r\n\r\n
                """.utf8))
        let answer = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        #expect(answer.status == 200)
        #expect(answer.headers["x-early"] == nil)
        #expect(answer.headers["x-late"] == "a")
    }

    @Test func aDeadConnectionIsReplaced() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            // The second request on this connection is read and met with silence.
            _ = connection.readRequest()
        }
        let request = HTTPRequest(.post, "http://127.0.0.1:\(server.port)/", body: [1, 2, 3])
        for _ in 0..<3 { #expect(try await client.send(request).status == 200) }
        #expect(server.acceptedConnections == 3)
    }
}

/// Which compressed bodies are taken, and how large ones.
@Suite(.timeLimit(.minutes(5)))
struct AnswerBodyTests {
    let client = CurlClient(userAgent: "azimuth-test/1")
    static let text = (0..<20_000).flatMap { Array("\($0 % 977),".utf8) }

    private func answer(
        _ body: [UInt8], encoding: String?, limit: Int = 1 << 20
    ) async throws(HTTPError) -> HTTPResponse {
        let headers = encoding.map { [(name: "Content-Encoding", value: $0)] } ?? []
        guard
            let server = try? HTTPListener(handler: { _ in ServedResponse(status: 200, headers: headers, body: body) })
        else { throw HTTPError(.unreachable, endpoint: "", reason: "no server") }
        let limits = HTTPLimits(bodyBytes: limit)
        return try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
    }

    @Test(arguments: ["gzip", "GZIP", "x-gzip"])
    func gzipIsDecompressed(encoding: String) async throws {
        let body = try await answer(Gzip.compress(Self.text), encoding: encoding).body
        #expect(body.withUnsafeBytes { $0.elementsEqual(Self.text) })
    }

    @Test func severalGzipMembersAreOneBody() async throws {
        let (first, second) = (Array(Self.text[..<70_000]), Array(Self.text[70_000...]))
        let body = try await answer(Gzip.compress(first) + Gzip.compress(second), encoding: "gzip").body
        #expect(body.withUnsafeBytes { $0.elementsEqual(Self.text) })
    }

    @Test(arguments: [nil, "identity", "gzip"])
    func anEmptyBodyIsWholeInAnyEncoding(encoding: String?) async throws {
        #expect(try await answer([], encoding: encoding).body.count == 0)
        #expect(try await answer(Gzip.compress([]), encoding: "gzip").body.count == 0)
    }

    @Test(arguments: [1, 16_384, 70_000], [false, true])
    func theLimitHoldsToTheByteAfterDecompression(limit: Int, isCompressed: Bool) async throws {
        let fitting = Array(Self.text[..<limit])
        let tooLong = Array(Self.text[...limit])
        let encoding = isCompressed ? "gzip" : nil
        let body = try await answer(
            isCompressed ? Gzip.compress(fitting) : fitting, encoding: encoding, limit: limit
        ).body
        #expect(body.withUnsafeBytes { $0.elementsEqual(fitting) })
        let sent = try isCompressed ? Gzip.compress(tooLong) : tooLong
        let error = await #expect(throws: HTTPError.self) {
            try await answer(sent, encoding: encoding, limit: limit)
        }
        #expect(error?.code == .bodyTooLarge)
        #expect(error?.reason.contains("\(limit) bytes") == true)
    }

    @Test func aBombCostsNoMoreThanTheLimit() async throws {
        let bomb = try Gzip.compress(Array(repeating: 0, count: 64 << 20), level: 9)
        let error = await #expect(throws: HTTPError.self) { try await answer(bomb, encoding: "gzip", limit: 1 << 20) }
        #expect(error?.code == .bodyTooLarge)
    }

    /// What is done to a whole gzip body, and what it says it is.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var encoding = "gzip"
        let apply: @Sendable ([UInt8]) -> [UInt8]
    }

    static let damages = [
        Damage(testDescription: "ends in the middle") { Array($0[..<($0.count / 2)]) },
        Damage(testDescription: "lacks its last byte") { $0.dropLast() },
        Damage(testDescription: "only a header") { Array($0[..<10]) },
        Damage(testDescription: "one byte") { Array($0[..<1]) },
        Damage(testDescription: "wrong checksum") { bytes in
            var bytes = bytes
            bytes[bytes.count - 8] ^= 1
            return bytes
        },
        Damage(testDescription: "wrong in the middle") { bytes in
            var bytes = bytes
            for index in bytes.count / 2..<bytes.count / 2 + 16 { bytes[index] = 0xff }
            return bytes
        },
        Damage(testDescription: "no gzip at all") { _ in Array("plain text".utf8) },
        Damage(testDescription: "something behind it") { $0 + Array("more".utf8) },
        Damage(testDescription: "brotli", encoding: "br") { $0 },
        Damage(testDescription: "compressed twice", encoding: "gzip, gzip") { $0 },
    ]

    @Test(arguments: damages) func damagedBodiesAreNeverTaken(damage: Damage) async throws {
        let body = damage.apply(try Gzip.compress(Self.text))
        let error = await #expect(throws: HTTPError.self) { try await answer(body, encoding: damage.encoding) }
        #expect(error?.code == .damagedBody, "\(error?.description ?? "")")
    }
}
