import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// What a test can count: calls by operation and application, calls on the bill, and what a batch asked for.
@Suite struct AccountTests {
    @Test("calls are counted by operation and application, answered queries of values are billed")
    func accounts() {
        let azure = TestAzure()
        _ = azure.batch(BatchTests.machines, BatchTests.cpu)
        _ = azure.batch(BatchTests.machines, [("metricnames", "Loaves")])
        _ = azure.metrics(BatchTests.machines[0], [("metricnames", "Percentage CPU")])
        _ = azure.graph("resources | limit 1")
        _ = azure.azure.answer(ServedRequest(method: "GET", path: "/nowhere"))
        let accounts = azure.azure.state.withLock { $0.accounts }
        let client = azure.azure.options.clientID
        #expect(
            accounts.byPrincipal == [
                client: ["metricsBatch": 2, "metrics": 1, "resourceGraph": 1], "none": ["none": 1],
            ])
        #expect(accounts.billed == ["metricsBatch": 1, "metrics": 1] && accounts.billedCalls == 2)

        let journal = TestAzure.Answer(
            azure.azure.answer(ServedRequest(method: "GET", path: "/simulator/journal", query: "calls=0")))
        #expect(journal.json["billedCalls"] as? [String: Int] == accounts.billed)
        #expect(journal.json["callCountsByPrincipal"] as? [String: [String: Int]] == accounts.byPrincipal)
        #expect((journal.json["calls"] as? [Any])?.isEmpty == true)
    }

    @Test("the journal tells how many resources, which metrics and which window a batch asked for")
    func batches() throws {
        let azure = TestAzure()
        _ = azure.batch(BatchTests.machines, [("metricnames", "Percentage CPU, Network In Total")])
        _ = azure.batch([], BatchTests.cpu + [("starttime", "2031-02-04T10:00:00Z")], body: "{}")
        _ = azure.metrics(BatchTests.machines[0], [])
        let entries = azure.azure.state.withLock { $0.journal.elements }
        #expect(entries.map(\.route) == ["metricsBatch", "metricsBatch", "metrics"])
        #expect(entries.map(\.region) == ["westeurope", "westeurope", nil])
        let batch = try #require(entries[0].batch)
        #expect(batch.resourceCount == 3 && batch.metricNames == ["Percentage CPU", "Network In Total"])
        #expect(batch.start == "2031-02-04T10:00:00Z" && batch.end == "2031-02-04T11:00:00Z")
        #expect(entries[1].batch?.resourceCount == nil && entries[1].batch?.end == nil && entries[2].batch == nil)

        let journal = TestAzure.Answer(azure.azure.answer(ServedRequest(method: "GET", path: "/simulator/journal")))
        let calls = journal.json["calls"] as? [[String: Any]] ?? []
        #expect((calls.first?["batch"] as? [String: Any])?["resourceCount"] as? Int == 3)
    }
}
