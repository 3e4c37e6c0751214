import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// Which service and region a request is for.
@Suite struct SiteTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var host: String
        var path = "/a%20b/c"
        var scheme = "http"
        var service: Site.Service?
        var region: String?
        var base: String
        var left = ["a b", "c"]

        var testDescription: String { "\(host)\(path)" }
    }

    static let cases = [
        Case(host: "127.0.0.1:8090", base: "http://127.0.0.1:8090"),
        Case(host: "localhost", scheme: "https", base: "https://localhost"),
        Case(host: "[::1]:8090", base: "http://[::1]:8090"),
        Case(host: "login.localhost:1", service: .login, base: "http://login.localhost:1"),
        Case(host: "LOGIN.microsoftonline.com", service: .login, base: "http://LOGIN.microsoftonline.com"),
        Case(host: "management.azure.com", service: .management, base: "http://management.azure.com"),
        Case(
            host: "westeurope.management.localhost", service: .management, region: "westeurope",
            base: "http://westeurope.management.localhost"),
        Case(
            host: "EastUS2.metrics.monitor.azure.com", service: .metrics, region: "eastus2",
            base: "http://EastUS2.metrics.monitor.azure.com"),
        Case(host: "westeurope.login.localhost", base: "http://westeurope.login.localhost"),
        Case(host: "west-europe.metrics.localhost", base: "http://west-europe.metrics.localhost"),
        Case(host: ".metrics.localhost", base: "http://.metrics.localhost"),
        Case(
            host: "127.0.0.1:1", path: "/westeurope.metrics/a%20b/c", service: .metrics, region: "westeurope",
            base: "http://127.0.0.1:1/westeurope.metrics"),
        Case(host: "h", path: "//login/a%20b//c", service: .login, base: "http://h/login"),
        Case(
            host: "westeurope.metrics.localhost", path: "/management/a%20b/c", service: .management,
            base: "http://westeurope.metrics.localhost/management"),
        Case(host: "h", path: "/", base: "http://h", left: []),
    ]

    @Test("host or path tell service and region, whatever follows the name", arguments: cases)
    func address(_ one: Case) {
        let address = Address(
            ServedRequest(method: "GET", path: one.path, headers: [("host", one.host)], scheme: one.scheme))
        #expect(address.site.service == one.service)
        #expect(address.site.region == one.region)
        #expect(address.baseURL == one.base)
        #expect(address.path == one.left)
    }

    static let operations: [(String, String, Int)] = [
        ("login.localhost", "/\(tenant)/v2.0/.well-known/openid-configuration", 200),
        ("management.localhost", "/\(tenant)/v2.0/.well-known/openid-configuration", 404),
        ("127.0.0.1", "/login/\(tenant)/v2.0/.well-known/openid-configuration", 200),
        ("127.0.0.1", "/management/\(tenant)/v2.0/.well-known/openid-configuration", 404),
        ("127.0.0.1", "/\(tenant)/v2.0/.well-known/openid-configuration", 200),
        ("127.0.0.1", "/0b1f6471-1bf0-4dda-aec3-cb9272f09590/v2.0/.well-known/openid-configuration", 400),
        ("management.localhost", namespaces, 200), ("northeurope.management.localhost", namespaces, 200),
        ("login.localhost", namespaces, 404), ("westeurope.metrics.localhost", namespaces, 404),
        ("127.0.0.1", "/westeurope.management" + namespaces, 200),
        ("127.0.0.1", "/westeurope.metrics" + namespaces, 404),
        ("westeurope.metrics.localhost", "/simulator/estate", 200),
    ]

    static let tenant = SimulatorOptions().tenantID
    static let namespaces = TestAzure.id("kv-shop") + "/providers/microsoft.insights/metricNamespaces"

    @Test("an operation is served at its service and where all services are one", arguments: operations)
    func served(_ host: String, _ path: String, _ status: Int) {
        let azure = TestAzure()
        let answer = azure.azure.answer(
            ServedRequest(
                method: "GET", path: path, query: "api-version=2024-02-01",
                headers: [("Host", host), ("Authorization", "Bearer \(azure.token)")]))
        #expect(answer.status == status)
    }

    @Test func theOpenIDDocumentLeadsBackToWhereItWasFound() {
        let answer = TestAzure.Answer(
            TestAzure().azure.answer(
                ServedRequest(
                    method: "GET", path: "/login/\(Self.tenant)/v2.0/.well-known/openid-configuration",
                    headers: [("Host", "localhost:4711")], scheme: "https")))
        #expect(
            answer.json["token_endpoint"] as? String
                == "https://localhost:4711/login/\(Self.tenant)/oauth2/v2.0/token")
        #expect(answer.json["issuer"] as? String == "https://localhost:4711/login/\(Self.tenant)/v2.0")
    }

    static let audiences: [(String, Audience?)] = [
        ("https://management.azure.com", .resourceManager), ("https://management.azure.com/", .resourceManager),
        ("https://MANAGEMENT.core.windows.net/", .resourceManager), ("https://metrics.monitor.azure.com", .metrics),
        ("https://api.loganalytics.io", .logAnalytics), ("https://localhost:4711", .everything),
        ("https://127.0.0.1:4711/", .everything), ("https://westeurope.management.localhost:4711", .resourceManager),
        ("https://westeurope.metrics.localhost:4711", .metrics), ("https://any.localhost:4711", .everything),
        ("https://localhost:4711/westeurope.management", .resourceManager),
        ("https://localhost:4711/metrics/", .metrics), ("https://simulator:4711", .everything),
        ("https://simulator:4711/management", .resourceManager),
        // Of another scheme, port or host; not a service; deeper than a service.
        ("http://localhost:4711", nil), ("https://localhost:4712", nil), ("https://elsewhere:4711", nil),
        ("https://localhost", nil), ("https://localhost:4711/other", nil), ("https://localhost:4711/login", nil),
        ("https://localhost:4711/management/x", nil), ("https://graph.microsoft.com", nil), ("", nil),
    ]

    @Test("an audience is Azure's own or an address of the simulator", arguments: audiences)
    func audience(_ text: String, _ expected: Audience?) {
        let request = ServedRequest(
            method: "POST", path: "/", headers: [("Host", "simulator:4711")], scheme: "https")
        #expect(Audience(text, calledAs: request) == expected)
    }

    @Test("a token of an audience opens its own service", arguments: Site.Service.allCases)
    func opens(_ service: Site.Service) {
        #expect(Audience.everything.opens(service))
        #expect(Audience.resourceManager.opens(service) == (service == .management))
        #expect(Audience.metrics.opens(service) == (service == .metrics))
        #expect(!Audience.logAnalytics.opens(service))
    }
}
