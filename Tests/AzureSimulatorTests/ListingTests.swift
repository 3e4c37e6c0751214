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

    static let foreignNamespaces: [(String, String)] = [
        ("stshop", "Microsoft.Storage/storageAccounts/blobServices"),
        ("stshop/blobServices/default", "Microsoft.Storage/storageAccounts"), ("kv-shop", "Microsoft.Nothing/things"),
    ]

    @Test(
        "a namespace that is not the resource's, a child's or a parent's included, is a 400 that names the right one",
        arguments: foreignNamespaces)
    func foreignNamespace(_ resource: String, _ namespace: String) {
        let id = TestAzure.id(resource)
        for kind in ["metricDefinitions", "metrics"] {
            let answer = TestAzure().get(
                id + "/providers/microsoft.insights/" + kind,
                [("api-version", "2024-02-01"), ("metricnamespace", namespace)])
            #expect(answer.status == 400)
            #expect(answer.code == "BadRequest" && !answer.isWrapped)
            #expect(answer.message.contains("Leave metricnamespace out, or use \(SimulatedResource(id: id).type)"))
        }
    }

    @Test func aChildResourceHasDefinitionsOfItsOwn() {
        let blobs = Self.list("stshop/blobServices/default", "metricDefinitions")
        #expect(blobs.count == MetricTables.blobService.count)
        #expect(Set(blobs.map { $0["namespace"] as? String }) == ["Microsoft.Storage/storageAccounts/blobServices"])
        let names = Set(blobs.compactMap { ($0["name"] as? [String: Any])?["value"] as? String })
        #expect(names.contains("BlobCount"))
        let account = Self.list("stshop", "metricDefinitions")
        #expect(!account.contains { ($0["name"] as? [String: Any])?["value"] as? String == "BlobCount" })
    }

    @Test func aMetricOfAnotherSKUIsNotThere() throws {
        func names(_ resource: String) -> Set<String> {
            Set(
                Self.list(resource, "metricDefinitions").compactMap {
                    ($0["name"] as? [String: Any])?["value"] as? String
                })
        }
        #expect(names("sb-data").subtracting(names("sb-shop")) == ["NamespaceCpuUsage", "NamespaceMemoryUsage"])
        #expect(names("sb-shop").subtracting(names("sb-data")).isEmpty)
        let refused = TestAzure().metrics(TestAzure.id("sb-shop"), [("metricnames", "NamespaceCpuUsage")])
        #expect(refused.status == 400 && refused.message.contains("NamespaceCpuUsage"))
        #expect(
            TestAzure().metrics(TestAzure.id("sb-data"), [("metricnames", "NamespaceCpuUsage")]).status == 200)
    }

    @Test(
        "definitions have a throttle of their own: 400 reads of a subscription in five minutes, then 429 until they end"
    )
    func throttle() {
        let azure = TestAzure(TestAzure.options { $0.readLimits = .none })
        func read(_ resource: String) -> TestAzure.Answer {
            azure.get(
                TestAzure.id(resource) + "/providers/microsoft.insights/metricDefinitions",
                [("api-version", "2024-02-01")])
        }
        #expect((0..<399).allSatisfy { _ in read("kv-shop").status == 200 })
        azure.clock.advance(by: .milliseconds(280_500))
        #expect(read("stshop").status == 200)
        let refused = read("kv-data")
        #expect(refused.status == 429 && refused.isWrapped)
        #expect(refused.code == "ResourceRequestsThrottled")
        #expect(refused.header("Retry-After") == "20")
        for words in ["microsoft.insights/metricDefinitions/read", "'400'", "'00:05:00'", "'20' seconds"] {
            #expect(refused.message.contains(words), "no \(words) in \(refused.message)")
        }
        #expect(azure.metrics(TestAzure.id("kv-shop"), []).status == 200, "metrics are not meant")
        azure.clock.advance(by: .seconds(19))
        #expect(read("kv-shop").header("Retry-After") == "1")
        azure.clock.advance(by: .milliseconds(500))
        #expect(read("kv-shop").status == 200)
    }

    @Test func everySubscriptionHasReadsOfItsOwn() throws {
        var reads = DefinitionReads(limit: 1)
        try reads.read(subscription: "a", at: TestAzure.noon)
        try reads.read(subscription: "b", at: TestAzure.noon)
        #expect(throws: AzureError.self) { try reads.read(subscription: "A", at: TestAzure.noon) }
        try reads.read(subscription: "A", at: TestAzure.noon + DefinitionReads.window)
        var none = DefinitionReads(limit: 0)
        #expect(throws: AzureError.self) { try none.read(subscription: "a", at: TestAzure.noon) }
    }
}
