import Foundation
import HTTPServer
import TestServers
import Testing

@testable import HTTPTransport

/// What of a URL may be shown, and which hosts are this machine.
struct EndpointTests {
    @Test(arguments: [
        ("http://Example.COM/a?b#c", "http://example.com:80"),
        ("https://example.com./", "https://example.com:443"),
        ("HTTPS://u:p@example.com:8443", "https://example.com:8443"),
        ("http://[::1]:4318/v1/metrics", "http://[::1]:4318"),
        ("http://127.1/", "http://127.0.0.1:80"),
    ])
    func onlySchemeHostAndPortAreShown(url: String, endpoint: String) throws {
        #expect(try Endpoint(url: url).description == endpoint)
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST", true), ("localhost.", true), ("a.b.localhost", true), ("127.0.0.1", true),
        ("127.255.255.254", true), ("[::1]", true), ("[0:0:0:0:0:0:0:1]", true),
        ("128.0.0.1", false), ("0.0.0.0", false), ("[::2]", false), ("[::]", false), ("127.example.com", false),
        ("notlocalhost", false), ("localhost.example.com", false),
    ])
    func loopbackIsJudgedByTheHost(host: String, isLoopback: Bool) throws {
        #expect(try Endpoint(url: "http://\(host)/").isLoopback == isLoopback)
    }
}

/// Proxies come from the environment, so each test is a process of its own.
struct ProxyTests {
    @Test func loopbackIsNeverProxiedAndOtherHostsAre() async {
        await #expect(processExitsWith: .success) {
            let proxy = try RawServer { connection in
                guard let head = connection.readRequest() else { return }
                let line = String(head.prefix { $0 != "\r\n" })
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)")
            }
            setenv("http_proxy", "http://127.0.0.1:\(proxy.port)", 1)
            let server = try HTTPListener { _ in ServedResponse(status: 200, body: Array("direct".utf8)) }
            let client = CurlClient(userAgent: "azimuth-test/1")
            for host in ["127.0.0.1", "localhost", "api.localhost"] {
                let answer = try await client.send(HTTPRequest(.get, "http://\(host):\(server.port)/"))
                #expect(answer.body.text == "direct")
            }
            #expect(proxy.acceptedConnections == 0)
            let answer = try await client.send(HTTPRequest(.get, "http://nothing.invalid/x"))
            #expect(answer.body.text == "GET http://nothing.invalid/x HTTP/1.1")
        }
    }

    @Test func aProxyThatRefusesIsNamed() async {
        await #expect(processExitsWith: .success) {
            let proxy = try RawServer(answering: Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8))
            setenv("https_proxy", "http://127.0.0.1:\(proxy.port)", 1)
            let client = CurlClient(userAgent: "azimuth-test/1")
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(HTTPRequest(.get, "https://nothing.invalid/"))
            }
            #expect(error?.code == .unreachable)
            #expect(error?.reason.contains("the proxy refused with status 403") == true)
        }
    }
}
