import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct ListingTests {
    static func list(_ resource: String, _ kind: String, _ query: [(String, String)] = []) -> [[String: Any]] {
        let answer = TestAzure().get(
            TestAzure.id(resource) + "/providers/microsoft.insights/" + kind,
            [("api-version", "2024-02-01")] + query)
        return answer.json["value"] as? [[String: Any]] ?? []
    }

    static let expectedNamespaces: [(String, [String])] = [
        ("kv-shop", ["Platform Microsoft.KeyVault/vaults"]),
        ("stshop/blobServices/default", ["Platform Microsoft.Storage/storageAccounts/blobServices"]),
        (
            "vm-web-1",
            [
                "Custom Azure.VM.Linux.GuestMetrics", "Platform Microsoft.Compute/virtualMachines",
                "Platform Microsoft.Compute/virtualMachines",
            ]
        ),
    ]

    @Test("metric namespaces, with what is confusing about them", arguments: expectedNamespaces)
    func namespaces(_ resource: String, _ expected: [String]) {
        let listed = Self.list(resource, "metricNamespaces").map { item in
            let properties = item["properties"] as? [String: Any]
            #expect((item["name"] as? String)?.contains("/") == false)
            #expect(item["type"] as? String == "Microsoft.Insights/metricNamespaces")
            return "\(item["classification"] ?? "") \(properties?["metricNamespaceName"] ?? "")"
        }
        #expect(listed == expected)
    }

    @Test func definitionsSayWhatCanBeAsked() throws {
        let all = Self.list("stshop", "metricDefinitions")
        #expect(all.count == MetricTables.storageAccount.count)
        let capacity = try #require(all.first { ($0["name"] as? [String: Any])?["value"] as? String == "UsedCapacity" })
        #expect(capacity["unit"] as? String == "Bytes")
        #expect(capacity["primaryAggregationType"] as? String == "Average")
        #expect(capacity["supportedAggregationTypes"] as? [String] == ["None", "Average"])
        #expect(capacity["dimensions"] == nil)
        let grains = capacity["metricAvailabilities"] as? [[String: Any]]
        #expect(grains?.map { $0["timeGrain"] as? String } == ["PT1H"])
        let traffic = try #require(all.first { ($0["name"] as? [String: Any])?["value"] as? String == "Transactions" })
        let dimensions = traffic["dimensions"] as? [[String: Any]]
        #expect(
            dimensions?.compactMap { $0["value"] as? String } == [
                "ResponseType", "GeoType", "ApiName", "Authentication",
            ]
        )
    }

    @Test func definitionsOfACustomNamespaceAreAskedFor() {
        let guest = Self.list("vm-web-1", "metricDefinitions", [("metricnamespace", "azure.vm.linux.guestmetrics")])
        #expect(guest.count == 2)
        #expect(Self.list("vm-web-1", "metricDefinitions").count == MetricTables.virtualMachine.count - 2)
        #expect(Self.list("vm-web-1", "metricDefinitions", [("metricnamespace", "Other")]).isEmpty)
    }
}
