import HTTPServer
import HTTPTransport
import MetricModel
import Testing

/// The client against a well-behaved server.
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
    }
}
