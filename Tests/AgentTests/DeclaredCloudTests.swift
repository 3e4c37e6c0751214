import AzureMonitor
import Declaration
import Testing

@testable import Agent

@Suite struct DeclaredCloudTests {
    static let clouds: [(DeclaredCloud, AzureEnvironment, String)] = [
        (.global, .publicCloud, "Global"), (.china, .china, "China"), (.usGov, .usGovernment, "UsGov"),
    ]

    @Test("each declared cloud is its row of the table", arguments: clouds)
    func known(cloud: DeclaredCloud, expected: AzureEnvironment, name: String) throws {
        #expect(try AzureEnvironment(cloud) == expected)
        #expect(cloud.name == name)
    }

    private func custom(client: String = "https://metrics.example", logs: String?) -> DeclaredCloud {
        .custom(
            CloudEndpoints(
                authenticationEndpoint: "https://login.example", resourceManagerEndpoint: "https://arm.example",
                managementEndpoint: "https://management.example", graphEndpoint: "https://graph.example",
                storageEndpointSuffix: "core.example", keyVaultSuffix: "vault.example",
                metricsQueryAudience: "https://query.example", metricsClientAudience: client,
                logAnalyticsEndpoint: logs))
    }

    @Test("each endpoint of a custom cloud is used for what it is meant; that of Log Analytics may be missing")
    func endpoints() throws {
        let environment = try AzureEnvironment(custom(logs: "https://logs.example"))
        #expect(environment.authority == "https://login.example")
        #expect(environment.resourceManager == "https://query.example")
        #expect(environment.audience == "https://query.example")
        #expect(environment.batchMetricsAudience == "https://metrics.example")
        #expect(environment.resourceGraph.url == "https://arm.example")
        #expect(environment.resourceGraph.audience == "https://management.example")
        #expect(environment.logAnalytics?.url == "https://logs.example")
        #expect(environment.storageSuffix == "core.example")
        let without = try AzureEnvironment(custom(logs: nil))
        #expect(without.logAnalytics == nil && without.resourceManager == "https://query.example")
    }

    @Test("an endpoint that cannot be used is named")
    func unusable() {
        #expect { try AzureEnvironment(custom(client: "http://metrics.example", logs: nil)) } throws: { error in
            "\(error)".contains("metricsClientAudience 'http://metrics.example' would send tokens unencrypted")
        }
    }
}
