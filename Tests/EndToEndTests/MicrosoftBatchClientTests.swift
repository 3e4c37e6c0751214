import Foundation
import HTTPServer
import MetricModel
import TestServers
import Testing

@testable import AzureSimulator

/// Microsoft's Python clients for many resources at once read the simulator over HTTPS and find the truth.
@Suite(.certificates, .timeLimit(.minutes(5))) struct MicrosoftBatchClientTests {
    /// One line of `read_azure_batch.py`.
    struct Line: Decodable {
        var kind: String
        var id: String?
        var type: String?
        var region: String?
        var total: Int?
        var metric: String?
        var dimensions: [String: String]?
        var aggregation: String?
        var time: Int64?
        var value: Double?
        var of: String?
        var status: Int?
        var text: String?
    }

    static let noon = Timestamp(seconds: 1_927_972_800)  // 2031-02-04T12:00:00Z
    static let type = "Microsoft.ServiceBus/namespaces"

    /// Three namespaces in one region and one in another.
    static let estate: Estate = {
        let group = "/subscriptions/\(Estate.standardSubscription)/resourceGroups/rg/providers/\(type)/"
        return Estate(
            resources: [("sb-a", "northeurope"), ("sb-b", "eastus"), ("sb-c", "northeurope"), ("sb-d", "northeurope")]
                .map { SimulatedResource(id: group + $0, location: $1) })
    }()

    private func lines(from simulator: AzureSimulator, options: SimulatorOptions) async throws -> [Line] {
        try await MicrosoftPython.lines(
            "read_azure_batch.py",
            [
                "https://localhost:\(simulator.port)", "northeurope", Self.type, "2031-02-04T10:00:00+00:00",
                "2031-02-04T11:00:00+00:00",
            ], options)
    }

    @Test("azure-mgmt-resourcegraph and azure-monitor-querymetrics find resources, the true values and Azure's errors")
    func pythonClients() async throws {
        var options = SimulatorOptions(estate: Self.estate)
        options.start = Self.noon - .seconds(30 * 86_400)
        let simulator = try AzureSimulator(
            options: options, clock: SteppedClock(start: Self.noon), tls: Certificates.current.server("good"))
        defer { simulator.stop() }

        let lines = try await lines(from: simulator, options: options)
        let rows = lines.filter { $0.kind == "row" }
        #expect(rows.map(\.id) == Self.estate.resources.map(\.id))
        #expect(rows.allSatisfy { $0.type == Self.type.lowercased() && $0.total == 4 })
        #expect(rows.map(\.region) == Self.estate.resources.map(\.location))
        try compareValues(lines.filter { $0.kind == "value" }, with: simulator)

        let expected: [String: (status: Int, text: String)] = [
            "metric": (400, "(BadRequest) Failed to find metric configuration"),
            "host": (400, "is in the region northeurope, not in eastus"),
            "token": (401, "wrong audience"), "query": (400, "ParserFailure"),
        ]
        let errors = lines.filter { $0.kind == "error" }
        #expect(Set(errors.compactMap(\.of)) == Set(expected.keys))
        for line in errors {
            let wanted = try #require(expected[line.of ?? ""])
            #expect(line.status == wanted.status && line.text?.contains(wanted.text) == true, "\(line)")
        }
        #expect(simulator.callCounts == ["openIDConfiguration": 1, "token": 2, "resourceGraph": 3, "metricsBatch": 5])
        #expect(simulator.callAccounts.billed == ["metricsBatch": 2])
    }

    private func compareValues(_ lines: [Line], with simulator: AzureSimulator) throws {
        var found: [String: Double] = [:]
        for line in lines {
            #expect(line.region == "northeurope")
            let key =
                "\(line.id ?? "") \(line.metric ?? "") \(line.dimensions ?? [:]) \(line.aggregation ?? "") \(line.time ?? 0)"
            #expect(found.updateValue(try #require(line.value), forKey: key) == nil, "twice: \(key)")
        }
        var truth: [String: Double] = [:]
        let questions = [
            ("IncomingMessages", "total", false), ("ActiveMessages", "average", false), ("Size", "average", true),
        ]
        for resource in Self.estate.resources where resource.location == "northeurope" {
            for (metric, aggregation, isSplit) in questions {
                let all = simulator.seriesOf(
                    resource: resource.id, metric: metric, splitBy: isSplit ? ["EntityName"] : [])
                for dimensions in all {
                    let named = Dictionary(uniqueKeysWithValues: dimensions.map { ($0.key.lowercased(), $0.value) })
                    for bucket in 0..<12 {
                        let start = Self.noon - .seconds(7200 - bucket * 300)
                        let key = "\(resource.id.lowercased()) \(metric) \(named) \(aggregation) \(start.seconds)"
                        truth[key] = simulator.truth(
                            resource: resource.id, metric: metric, dimensions: dimensions, aggregation: aggregation,
                            grain: .fiveMinutes, bucketStart: start)
                    }
                }
            }
        }
        #expect(found == truth)
        #expect(truth.count > 100, "\(truth.count)")
    }
}
