import Foundation
import HTTPServer
import MetricModel
import TestServers
import Testing

@testable import AzureSimulator

/// Microsoft's own Python clients read the simulator over HTTPS, each service under its own path, and find the truth.
@Suite(.certificates, .timeLimit(.minutes(5))) struct MicrosoftClientTests {
    /// One line of `read_azure.py`.
    struct Line: Decodable {
        var kind: String
        var name: String?
        var classification: String?
        var namespace: String?
        var unit: String?
        var primary: String?
        var aggregations: [String]?
        var seconds: [Int64]?
        var metric: String?
        var dimensions: Dimensions?
        var aggregation: String?
        var time: Int64?
        var value: Double?
        var of: String?
        var status: Int?
        var text: String?

        /// Names with their values, or names alone.
        enum Dimensions: Decodable {
            case values([String: String])
            case names([String])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let values = try? container.decode([String: String].self) {
                    self = .values(values)
                } else {
                    self = .names(try container.decode([String].self))
                }
            }
        }
    }

    static let noon = Timestamp(seconds: 1_927_972_800)  // 2031-02-04T12:00:00Z
    static let resource = Estate.standard.resources.first { $0.id.hasSuffix("/sb-data") }

    /// What `read_azure.py` prints about the premium namespace of the standard estate, an hour that is two hours old.
    private func lines(from simulator: AzureSimulator, options: SimulatorOptions) async throws -> [Line] {
        let base = "https://localhost:\(simulator.port)"
        return try await MicrosoftPython.lines(
            "read_azure.py",
            [
                base + "/login", base + "/northeurope.management", try #require(Self.resource).id,
                "2031-02-04T10:00:00Z/2031-02-04T11:00:00Z",
            ], options)
    }

    @Test("azure-identity and azure-mgmt-monitor find namespaces, definitions, the true values and Azure's errors")
    func pythonClients() async throws {
        var options = SimulatorOptions()
        options.start = Self.noon - .seconds(30 * 86_400)
        let simulator = try AzureSimulator(
            options: options, clock: SteppedClock(start: Self.noon), tls: Certificates.current.server("good"))
        defer { simulator.stop() }
        let lines = try await lines(from: simulator, options: options)
        let resource = try #require(Self.resource)

        let namespaces = lines.filter { $0.kind == "namespace" }
        #expect(namespaces.map(\.name) == ["Microsoft.ServiceBus/namespaces"])
        #expect(namespaces.map(\.classification) == ["Platform"])
        try compareDefinitions(lines.filter { $0.kind == "definition" }, with: resource)
        try compareValues(lines.filter { $0.kind == "value" }, with: simulator, resource)
        compareErrors(lines.filter { $0.kind == "error" })

        // Every call came to the service that it was meant for, and one token was enough for all that were allowed.
        #expect(Set(simulator.callCounts.keys) == Route.names.subtracting(["metricsBatch", "resourceGraph"]))
        #expect(simulator.callCounts["token"] == 2)
        let regions = Set(simulator.journal.filter { $0.route.hasPrefix("metric") }.map(\.region))
        #expect(regions == ["northeurope"])
    }

    private func compareDefinitions(_ lines: [Line], with resource: SimulatedResource) throws {
        #expect(lines.map(\.name) == resource.metrics.map(\.name))
        #expect(lines.contains { $0.name == "NamespaceCpuUsage" }, "what only the SKU Premium has")
        for (line, metric) in zip(lines, resource.metrics) {
            #expect(line.namespace == resource.type)
            #expect(line.unit == metric.unit)
            #expect(line.primary == metric.primary.definitionName)
            #expect(line.aggregations == ["None"] + metric.advertised.map(\.definitionName))
            #expect(line.seconds == metric.grains.map(\.seconds))
            guard case .names(let names)? = line.dimensions else {
                Issue.record("\(metric.name) without dimensions")
                continue
            }
            #expect(names == metric.dimensions.map(\.name))
        }
    }

    /// What the questions of `read_azure.py` are about: metric, aggregations, whether split by entity.
    private static let questions: [(String, [String], Bool)] = [
        ("IncomingMessages", ["total"], false), ("ActiveMessages", ["average", "minimum", "maximum"], false),
        ("Size", ["average", "minimum", "maximum"], false),
        ("ActiveMessages", ["average", "minimum", "maximum"], true),
        ("DeadletteredMessages", ["average", "minimum", "maximum"], true), ("IncomingMessages", ["total"], true),
    ]

    private func compareValues(
        _ lines: [Line], with simulator: AzureSimulator, _ resource: SimulatedResource
    ) throws {
        var found: [String: Double] = [:]
        for line in lines {
            guard case .values(let dimensions)? = line.dimensions else { continue }
            let key = "\(line.metric ?? "") \(dimensions) \(line.aggregation ?? "") \(line.time ?? 0)"
            #expect(found.updateValue(try #require(line.value), forKey: key) == nil, "twice: \(key)")
        }
        var truth: [String: Double] = [:]
        for (metric, aggregations, isSplit) in Self.questions {
            for dimensions in isSplit ? [["entityname": "exports"], ["entityname": "imports"]] : [[:]] {
                for aggregation in aggregations {
                    for bucket in 0..<12 {
                        let start = Self.noon - .seconds(7200 - bucket * 300)
                        truth["\(metric) \(dimensions) \(aggregation) \(start.seconds)"] = simulator.truth(
                            resource: resource.id, metric: metric, dimensions: dimensions, aggregation: aggregation,
                            grain: .fiveMinutes, bucketStart: start)
                    }
                }
            }
        }
        #expect(found == truth)
        #expect(truth.count > 200, "\(truth.count)")
    }

    private func compareErrors(_ lines: [Line]) {
        let expected: [String: (status: Int, text: String)] = [
            "metric": (400, "(BadRequest) Failed to find metric configuration"),
            "namespace": (400, "(BadRequest) The metric namespace"),
            "resource": (404, "(ResourceNotFound) The Resource"),
            "secret": (0, "Authentication failed: AADSTS7000215: Invalid client secret"),
        ]
        #expect(Set(lines.compactMap(\.of)) == Set(expected.keys))
        for line in lines {
            guard let wanted = expected[line.of ?? ""] else { continue }
            #expect(line.status == wanted.status)
            #expect(line.text?.hasPrefix(wanted.text) == true, "\(line.text ?? "")")
        }
    }
}
