import Testing

@testable import AzureMonitor

@Suite struct AzureEnvironmentTests {
    @Test("a custom cloud's audience is also its base URL; a slash at the end stays in the audience alone")
    func custom() throws {
        let environment = try AzureEnvironment(
            authenticationEndpoint: "https://login.example/", metricsQueryAudience: "https://arm.example:8443/base/")
        #expect(environment.authority == "https://login.example")
        #expect(environment.resourceManager == "https://arm.example:8443/base")
        #expect(environment.audience == "https://arm.example:8443/base/")
        let body = Fixtures.secret.tokenRequest(for: environment.audience, in: environment).body
        #expect(
            String(decoding: body, as: UTF8.self).hasSuffix(
                "scope=https%3A%2F%2Farm.example%3A8443%2Fbase%2F%2F.default"))
    }

    static let urls: [(String, Bool)] = [
        ("https://a.example", true), ("HTTPS://A.EXAMPLE", true), ("http://localhost:1", true),
        ("http://arm.localhost:80/x", true), ("http://127.0.0.1:1", true), ("http://127.255.255.254", true),
        ("http://[::1]:8080", true), ("http://a.example", false), ("http://127.0.0.1.example", false),
        ("http://127.0.0", false), ("http://128.0.0.1", false), ("http://localhost.example", false),
        ("http://127.0.0.1@a.example", false), ("ftp://a.example", false), ("a.example", false), ("", false),
        ("https://", false), ("https:///x", false), ("https://a.example?x=1", false), ("https://a.example#x", false),
        ("https://a b.example", false), ("http://[::2]", false),
        ("http://[::1]a.example", false), ("http://[::1]:80", true), ("http://127.0.0.+1", false),
        ("https://[::1", false),
        ("http://localhost:80a", false), ("http://a\\.localhost", false), ("http://:80", false),
    ]

    @Test("plain http is for this machine, and a URL must be absolute", arguments: urls)
    func accepted(url: String, isAccepted: Bool) {
        let environment = try? AzureEnvironment(authenticationEndpoint: url, metricsQueryAudience: "https://a.example")
        #expect((environment != nil) == isAccepted)
        let well = "https://a.example"
        let others = [
            try? AzureEnvironment(authenticationEndpoint: well, metricsQueryAudience: url),
            try? AzureEnvironment(
                authenticationEndpoint: well, metricsQueryAudience: well, metricsClientAudience: url),
            try? AzureEnvironment(
                authenticationEndpoint: well, metricsQueryAudience: well, resourceManagerEndpoint: url),
            try? AzureEnvironment(authenticationEndpoint: well, metricsQueryAudience: well, managementEndpoint: url),
            try? AzureEnvironment(authenticationEndpoint: well, metricsQueryAudience: well, logAnalyticsEndpoint: url),
        ]
        for other in others { #expect((other != nil) == isAccepted) }
    }

    @Test("the error names the key and hides a password")
    func error() {
        #expect {
            try AzureEnvironment(
                authenticationEndpoint: "https://user:hunter2@a.example", metricsQueryAudience: "https://a.example")
        } throws: { error in
            let text = String(describing: error)
            return text.contains("authenticationEndpoint") && text.contains("a.example") && !text.contains("hunter2")
        }
    }
}
