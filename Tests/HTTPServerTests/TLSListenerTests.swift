import HTTPServer
import HTTPTransport
import TestServers
import Testing

/// HTTPS, and certificates that cannot be used.
@Suite(.certificates, .timeLimit(.minutes(5)))
struct TLSListenerTests {
    let client = CurlClient(userAgent: "azimuth-test/1")
    var certificates: Certificates { .current }

    @Test(arguments: [0, 1, 65_537, 3_000_000]) func bodiesOfAnySizeGoBothWays(count: Int) async throws {
        let server = try HTTPListener(tls: certificates.server("good")) { request in
            ServedResponse(status: 200, headers: [("X-Scheme", request.scheme)], body: request.body)
        }
        defer { server.stop() }
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let answer = try await client.send(
            HTTPRequest(
                .post, "https://localhost:\(server.port)/", body: body,
                tls: TLSSettings(caFile: certificates.path("ca.pem"))))
        #expect(answer.headers["x-scheme"] == "https")
        #expect(answer.body.withUnsafeBytes { $0.elementsEqual(body) })
    }

    @Test func withoutACertificateTheSchemeIsHTTP() async throws {
        let server = try HTTPListener { ServedResponse(status: 200, headers: [("X-Scheme", $0.scheme)]) }
        defer { server.stop() }
        let answer = try await client.send(HTTPRequest(.get, "http://localhost:\(server.port)/"))
        #expect(answer.headers["x-scheme"] == "http")
    }

    @Test func whoSpeaksNoTLSGetsNoAnswer() async throws {
        let server = try HTTPListener(tls: certificates.server("good")) { _ in ServedResponse(status: 200) }
        defer { server.stop() }
        await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "http://localhost:\(server.port)/"))
        }
    }

    static let unusable: [(String, String)] = [
        ("good.pem", "ca.key"), ("key.pem", "key.pem"), ("good.pem", "good.pem"), ("good.ext", "key.pem"),
    ]

    @Test("a certificate that cannot be used is an error, and the port is free again", arguments: unusable)
    func refused(certificate: String, key: String) throws {
        let tls = try ServerCertificate(
            certificateFile: certificates.path(certificate), keyFile: certificates.path(key))
        let port = try ClosedPort().port
        let error = #expect(throws: HTTPListenerError.self) {
            try HTTPListener(port: port, tls: tls) { _ in ServedResponse(status: 200) }
        }
        #expect(error?.code == .badCertificate)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        let next = try HTTPListener(port: port) { _ in ServedResponse(status: 200) }
        next.stop()
    }

    @Test(arguments: ["none.pem", ""]) func aFileThatCannotBeReadIsNamed(name: String) {
        let error = #expect(throws: HTTPListenerError.self) {
            try ServerCertificate(certificateFile: certificates.path(name), keyFile: certificates.path("key.pem"))
        }
        #expect(error?.code == .badCertificate)
        #expect(error?.message.contains(certificates.path(name)) == true, "\(error?.message ?? "")")
    }
}
