import Foundation
import HTTPServer
import HTTPTransport
import TestServers
import Testing

/// TLS against the server of OpenSSL and against nginx.
@Suite(.certificates, .timeLimit(.minutes(5)))
struct TLSTests {
    let client = CurlClient(userAgent: "azimuth-test/1")
    var certificates: Certificates { .current }

    /// A running `openssl s_server` that answers every request with a page about the connection.
    private func server(_ certificate: String, _ options: [String] = []) async throws -> (child: Child, port: String) {
        let child = try Child(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "\(certificate).pem", "-key", "key.pem"] + options,
            in: certificates.folder.path)
        let address = try await child.line(startingWith: "ACCEPT ")
        return (child, String(address.split(separator: ":").last ?? ""))
    }

    private func settings(ca: String? = "ca", client: String? = nil) -> TLSSettings {
        TLSSettings(
            caFile: ca.map { certificates.path("\($0).pem") },
            clientCertificateFile: client.map { certificates.path("\($0).pem") },
            clientKeyFile: client == nil ? nil : certificates.path("key.pem"))
    }

    @Test(arguments: ["127.0.0.1", "localhost", "api.localhost"])
    func aTrustedServerIsAnswered(host: String) async throws {
        let (child, port) = try await server("good")
        let answer = try await client.send(HTTPRequest(.get, "https://\(host):\(port)/", tls: settings()))
        #expect(answer.status == 200)
        #expect(answer.body.text.contains("TLSv1.3"))
        withExtendedLifetime(child) {}
    }

    /// A server, a trust, and what the error must say.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var certificate = "good"
        var options: [String] = []
        var ca: String? = "ca"
        let words: String
    }

    static let refusals = [
        Refusal(testDescription: "unknown CA", ca: "stranger", words: "comes from an unknown CA"),
        Refusal(testDescription: "CA not in the system's store", ca: nil, words: "comes from an unknown CA"),
        Refusal(testDescription: "another host's", certificate: "elsewhere", words: "is for another host name"),
        Refusal(testDescription: "expired", certificate: "expired", words: "has expired"),
        Refusal(
            testDescription: "client certificate missing, TLS 1.3",
            options: ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"],
            words: "requires a client certificate"),
        Refusal(
            testDescription: "client certificate missing, TLS 1.2",
            options: ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem", "-tls1_2"],
            words: "may require another client certificate"),
        Refusal(
            testDescription: "TLS 1.1 only", options: ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
            words: "offers no TLS 1.2 or newer"),
    ]

    @Test(arguments: refusals) func anUntrustedServerIsRefusedInPlainWords(refusal: Refusal) async throws {
        let (child, port) = try await server(refusal.certificate, refusal.options)
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "https://127.0.0.1:\(port)/", tls: settings(ca: refusal.ca)))
        }
        #expect(error?.code == .tls, "\(error?.description ?? "")")
        #expect(error?.reason.contains(refusal.words) == true, "\(error?.description ?? "")")
        #expect(error?.endpoint == "https://127.0.0.1:\(port)")
        withExtendedLifetime(child) {}
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func aClientCertificateOpensTheDoor(version: String) async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem", version]
        let (child, port) = try await server("good", options)
        let answer = try await client.send(
            HTTPRequest(.get, "https://127.0.0.1:\(port)/", tls: settings(client: "client")))
        #expect(answer.status == 200)
        withExtendedLifetime(child) {}
    }

    /// Which TLS settings cannot be used at all.
    struct Unusable: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var ca = "ca.pem"
        var certificate: String?
        var key: String?
        let words: String
    }

    static let unusable = [
        Unusable(testDescription: "no CA file", ca: "none.pem", words: "the CA file cannot be used"),
        Unusable(testDescription: "no certificate in the CA file", ca: "good.ext", words: "the CA file cannot be used"),
        Unusable(
            testDescription: "no client certificate", certificate: "none.pem", key: "key.pem",
            words: "the client certificate or its key cannot be used"),
        Unusable(
            testDescription: "another certificate's key", certificate: "client.pem", key: "ca.key",
            words: "the client certificate or its key cannot be used"),
        Unusable(testDescription: "certificate without key", certificate: "client.pem", words: "needs its key"),
        Unusable(testDescription: "key without certificate", key: "key.pem", words: "needs its key"),
    ]

    @Test(arguments: unusable) func filesThatCannotBeUsedAreNamed(setting: Unusable) async throws {
        let (child, port) = try await server("good")
        let tls = TLSSettings(
            caFile: certificates.path(setting.ca), clientCertificateFile: setting.certificate.map(certificates.path),
            clientKeyFile: setting.key.map(certificates.path))
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "https://127.0.0.1:\(port)/", tls: tls))
        }
        #expect(error?.code == .badRequest, "\(error?.description ?? "")")
        #expect(error?.reason.contains(setting.words) == true, "\(error?.description ?? "")")
        withExtendedLifetime(child) {}
    }

    @Test func aPlainServerOnATLSPortIsNamed() async throws {
        let server = try RawServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForClose()
        }
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", tls: settings()))
        }
        #expect(error?.code == .tls)
        #expect(error?.reason.contains("does not speak TLS on this port") == true)
    }

    @Test func http2CarriesManyRequestsOverOneConnection() async throws {
        let content = (0..<30_000).flatMap { Array("\($0 % 1009);".utf8) }
        let echo = try HTTPListener { ServedResponse(status: 200, body: $0.body) }
        defer { echo.stop() }
        let nginx = try await Nginx(certificates, serving: content, upstream: echo.port)
        let request = HTTPRequest(.get, "https://127.0.0.1:\(nginx.port)/content", tls: settings())
        try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
            for _ in 0..<40 { group.addTask { try await client.send(request) } }
            var connections: Set<String> = []
            for try await answer in group {
                #expect(answer.version == .http2)
                #expect(answer.headers["content-encoding"] == "gzip")
                #expect(answer.body.withUnsafeBytes { $0.elementsEqual(content) })
                connections.insert(answer.headers["x-connection"] ?? "")
            }
            #expect(connections.count == 1)
        }
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let post = HTTPRequest(.post, "https://127.0.0.1:\(nginx.port)/echo", body: body, tls: settings())
        #expect(try await client.send(post).body.withUnsafeBytes { $0.elementsEqual(body) })
        #expect(try await client.send(request).version == .http2)
    }

    /// With HTTP/2, libcurl 7.88 would lose the answer, or spin until the deadline, when the status is 2xx.
    @Test(arguments: [200, 401], [1, 10, 70_000, 200_000, 1_000_000])
    func anAnswerBeforeTheEndOfTheUploadIsTaken(status: Int, count: Int) async throws {
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let nginx = try await Nginx(certificates, serving: [], upstream: closed.port)
        let body = [UInt8](repeating: 7, count: count)
        let limits = HTTPLimits(total: .seconds(10))
        let base = "https://127.0.0.1:\(nginx.port)"
        let get = HTTPRequest(.get, "\(base)/content", limits: limits, tls: settings())
        let post = HTTPRequest(.post, "\(base)/early/\(status)", body: body, limits: limits, tls: settings())
        for _ in 0..<3 {
            #expect(try await client.send(get).status == 200)
            let answer = try await client.send(post)
            #expect(answer.status == status)
            #expect(answer.version == .http1_1)
        }
    }
}
