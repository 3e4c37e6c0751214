import AzureSimulator
import Foundation
import HTTPServer
import MetricModel
import Testing

/// `azimuth definitions`, and what the agent does with definitions.
@Suite(.timeLimit(.minutes(5))) struct DefinitionsCommandTests {
    @Test("definitions of a declared metric's resources: one table for all that offer the same")
    func definitionsTable() async throws {
        let ended = try await OnlineStage().folder.azimuth(["definitions", "vm_cpu"])
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.prefix(2).map { $0.split(separator: "/").last } == ["vm-web-1", "vm-web-2"])
        #expect(
            ended.output.contains(
                "Percentage CPU            Percent         Average* Minimum Maximum        PT1M…P1D   -"), "\(ended)")
        #expect(ended.output.contains { $0.hasPrefix("Data Disk Read Bytes/sec") && $0.hasSuffix("  LUN") })
        #expect(ended.output.filter { $0.hasPrefix("METRIC") }.count == 1)
        #expect(ended.output.last?.hasSuffix("--namespace: Azure.VM.Linux.GuestMetrics (Custom)") == true)
    }

    private struct Listing: Decodable {
        struct Metric: Decodable {
            var name, unit: String
            var primaryAggregation: String?
            var aggregations, intervals, dimensions: [String]
        }
        struct Namespace: Decodable { var name, classification: String }
        var resource, namespace: String
        var namespaces: [Namespace]
        var metrics: [Metric]
    }

    @Test("definitions of an id and a namespace, as JSON")
    func definitionsJSON() async throws {
        let ended = try await OnlineStage().folder.azimuth(
            ["definitions", OnlineStage.machine, "--namespace", "azure.vm.linux.guestmetrics", "--format", "json"])
        #expect(ended.status == 0 && ended.output.count == 1, "\(ended)")
        let listing = try JSONDecoder().decode(Listing.self, from: Data(ended.output[0].utf8))
        #expect(
            listing.resource == OnlineStage.machine && listing.metrics.map(\.name).contains("mem/available_percent"))
        #expect(listing.namespaces.map(\.classification) == ["Platform", "Custom"])
        let metric = try #require(listing.metrics.first)
        #expect(metric.primaryAggregation == "Average" && metric.intervals.first == "PT1M")
        #expect(metric.aggregations.count == 5)
    }

    static let faults: [@Sendable () -> ServedResponse] = [
        { .json(#"{"error":{"code":"AuthorizationFailed","message":"no role"}}"#, status: 403) },
        { .json(#"{"value":[{"name":"#) }, { .page(200, title: "Sign in") }, { .text(500, "") },
    ]

    @Test("definitions that cannot be read stop nobody from running, and are said once a type", arguments: 0..<4)
    func definitionsFail(fault: Int) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure { request in
            request.path.hasSuffix("/metricDefinitions") ? Self.faults[fault]() : nil
        }
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && recorder.received == AgentFolder.everything, "\(ended)")
        let warnings = ended.errors.filter { $0.contains(" warning ") }
        #expect(warnings.count == 2, "\(ended)")
        #expect(warnings.allSatisfy { $0.contains("could not be read, so intervals are used as declared") })
    }

    @Test("run uses the interval that a metric offers and says so once")
    func runInterval() async throws {
        let recorder = try Recorder()
        let azure = try AzureSimulator(clock: SystemClock())
        let folder = try AgentFolder(azure: azure, collector: recorder)
        try folder.edit("metrics-declaration.yaml", "resourceType: RedisCache", "resourceType: StorageAccount")
        try folder.edit(
            "metrics-declaration.yaml", "connectedclients, aggregation: {type: Maximum}",
            "usedcapacity, aggregation: {type: Average}")
        try folder.edit(
            "metrics-declaration.yaml", "cacheName: redis-shop",
            "{accountName: stshop, resourceGroupName: rg-shop-data}")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && recorder.received == AgentFolder.everything, "\(ended)")
        let warnings = ended.errors.filter { $0.contains(" warning ") }
        #expect(
            warnings.count == 1 && warnings[0].contains("does not offer PT1M: its nearest interval, PT1H"), "\(ended)")
        let asked = azure.journal.filter { $0.route == "metricDefinitions" }
        #expect(asked.count == 2, "\(asked)\n\(ended)")
        #expect(azure.journal.contains { $0.query.contains("interval=PT1H&metricnames=usedcapacity") })
    }
}
