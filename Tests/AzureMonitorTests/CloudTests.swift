import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

/// Where each cloud is, as data and as what goes out.
@Suite(.timeLimit(.minutes(5))) struct CloudTests {
    struct Cloud: Sendable, CustomTestStringConvertible {
        var name: String
        var environment: AzureEnvironment
        var login: String
        var resourceManager: String
        var batchMetrics: String
        var logAnalytics: String
        var storage: String

        var testDescription: String { name }
    }

    static let clouds = [
        Cloud(
            name: "Global", environment: .publicCloud, login: "login.microsoftonline.com",
            resourceManager: "management.azure.com", batchMetrics: "metrics.monitor.azure.com",
            logAnalytics: "api.loganalytics.io", storage: "core.windows.net"),
        Cloud(
            name: "China", environment: .china, login: "login.chinacloudapi.cn",
            resourceManager: "management.chinacloudapi.cn", batchMetrics: "metrics.monitor.azure.cn",
            logAnalytics: "api.loganalytics.azure.cn", storage: "core.chinacloudapi.cn"),
        Cloud(
            name: "UsGov", environment: .usGovernment, login: "login.microsoftonline.us",
            resourceManager: "management.usgovcloudapi.net", batchMetrics: "metrics.monitor.azure.us",
            logAnalytics: "api.loganalytics.us", storage: "core.usgovcloudapi.net"),
    ]

    @Test("all that a cloud of Microsoft defines", arguments: clouds)
    func known(cloud: Cloud) throws {
        let environment = cloud.environment
        let manager = "https://" + cloud.resourceManager
        let logs = "https://" + cloud.logAnalytics
        #expect(environment.authority == "https://" + cloud.login)
        #expect(environment.resourceManager == manager && environment.audience == manager)
        #expect(environment.resourceGraph == AzureEnvironment.Service(url: manager, audience: manager))
        #expect(environment.logAnalytics == AzureEnvironment.Service(url: logs, audience: logs))
        #expect(environment.batchMetricsAudience == "https://" + cloud.batchMetrics)
        #expect(try environment.batchMetrics(region: "West Europe") == "https://westeurope." + cloud.batchMetrics)
        #expect(environment.storageSuffix == cloud.storage)
    }

    @Test("the token comes from the cloud's authority for its resource manager, which is then asked", arguments: clouds)
    func asked(cloud: Cloud) async throws {
        let harness = Harness.metrics(environment: cloud.environment) { _ in .json(Fixtures.answer) }
        let answer = try await harness.client.table(Fixtures.query())
        #expect(answer.host == cloud.resourceManager)
        #expect(harness.http.requests.count == 2)
        let token = try #require(harness.http.tokenRequests.first)
        #expect(token.url == "https://\(cloud.login)/tenant-1/oauth2/v2.0/token")
        let body = String(decoding: token.body, as: UTF8.self)
        #expect(body.hasSuffix("&scope=https%3A%2F%2F\(cloud.resourceManager)%2F.default"), "\(body.suffix(80))")
        let metrics = try #require(harness.http.metricRequests.first)
        #expect(metrics.url == Fixtures.query().url(base: "https://" + cloud.resourceManager))
        #expect(metrics.header("Authorization") == "Bearer token-0")
    }

    @Test("a custom cloud's endpoints go where Promitor's names say; slashes at the end stay in audiences alone")
    func custom() async throws {
        let environment = try AzureEnvironment(
            authenticationEndpoint: "https://login.example/", metricsQueryAudience: "https://query.example/",
            metricsClientAudience: "https://metrics.example/", resourceManagerEndpoint: "https://arm.example/",
            managementEndpoint: "https://management.example/", logAnalyticsEndpoint: "https://logs.example/",
            storageEndpointSuffix: "core.example")
        #expect(
            environment.resourceGraph
                == AzureEnvironment.Service(url: "https://arm.example", audience: "https://management.example/"))
        #expect(
            environment.logAnalytics
                == AzureEnvironment.Service(url: "https://logs.example", audience: "https://logs.example/"))
        #expect(environment.batchMetricsAudience == "https://metrics.example/")
        #expect(try environment.batchMetrics(region: "global") == "https://global.metrics.example")
        #expect(environment.storageSuffix == "core.example")

        let harness = Harness.metrics(environment: environment) { _ in .json(Fixtures.answer) }
        #expect(try await harness.client.table(Fixtures.query()).host == "query.example")
        let token = try #require(harness.http.tokenRequests.first)
        #expect(token.url == "https://login.example/tenant-1/oauth2/v2.0/token")
        #expect(
            String(decoding: token.body, as: UTF8.self).hasSuffix("scope=https%3A%2F%2Fquery.example%2F%2F.default"))
        #expect(harness.http.metricRequests.first?.url == Fixtures.query().url(base: "https://query.example"))
    }

    @Test("one address is enough for a custom cloud, and nothing leads out of it")
    func oneAddress() throws {
        let address = "http://localhost:8080"
        let environment = try AzureEnvironment(authenticationEndpoint: address, metricsQueryAudience: address)
        #expect(environment.batchMetricsAudience == address)
        #expect(environment.resourceGraph == AzureEnvironment.Service(url: address, audience: address))
        #expect(environment.logAnalytics == nil && environment.storageSuffix == nil)
    }

    static let regions: [(audience: String, region: String, expected: String?)] = [
        ("https://metrics.monitor.azure.com", "westeurope", "https://westeurope.metrics.monitor.azure.com"),
        ("https://metrics.monitor.azure.com/", "East US 2", "https://eastus2.metrics.monitor.azure.com"),
        ("https://metrics.monitor.azure.com", "global", "https://global.metrics.monitor.azure.com"),
        ("http://metrics.localhost:8090", "westeurope", "http://westeurope.metrics.localhost:8090"),
        // The first of several, wherever it stands.
        ("https://my-metrics.example/metrics", "local-1", "https://my-local-1.metrics.example/metrics"),
        ("https://proxy.example/metrics", "westeurope", "https://proxy.example/westeurope.metrics"),
        ("http://127.0.0.1:8090", "westeurope", "http://127.0.0.1:8090"),
        ("https://metrics.example", "", nil), ("https://metrics.example", "a.evil", nil),
        ("https://metrics.example", "evil.example/", nil), ("https://metrics.example", "user@", nil),
        ("https://metrics.example", "-a", nil), ("https://metrics.example", "a-", nil),
        ("https://metrics.example", "a\nb", nil), ("https://metrics.example", "méxico", nil),
        ("https://metrics.example", String(repeating: "a", count: 64), nil),
        ("http://127.0.0.1:8090", "a/b", nil),
    ]

    @Test("a region goes before the first `metrics`, and only if it can be part of a host", arguments: regions)
    func region(audience: String, region: String, expected: String?) throws {
        let environment = try AzureEnvironment(
            authenticationEndpoint: "https://a.example", metricsQueryAudience: "https://a.example",
            metricsClientAudience: audience)
        guard let expected else {
            #expect { try environment.batchMetrics(region: region) } throws: { error in
                (error as? AzureError)?.code == .badRequest && "\(error)".contains("is not a region of Azure")
            }
            return
        }
        #expect(try environment.batchMetrics(region: region) == expected)
    }
}
