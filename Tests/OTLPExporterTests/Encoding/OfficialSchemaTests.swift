import Foundation
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

/// What the rest of the world makes of our schema and our bytes.
@Suite(.timeLimit(.minutes(5))) struct OfficialSchemaTests {
    private static var schema: URL { PythonTool.root.appending(path: "Proto") }

    @Test("every field of our schema is the official one")
    func descriptors() async throws {
        let (code, output) = try await PythonTool.run("check_descriptors.py", [Self.schema.path])
        #expect(code == 0, "\(output)")
        #expect(output == "50 fields and values agree\n")
    }

    static let slips = [
        ("fixed64 time_unix_nano = 3", "fixed64 time_unix_nano = 9"),
        ("fixed64 time_unix_nano", "uint64 time_unix_nano"),
        (
            "repeated NumberDataPoint data_points = 1;\n}\n\nmessage Sum",
            "NumberDataPoint data_points = 1;\n}\n\nmessage Sum"
        ),
        ("_DELTA = 1", "_DELTA = 3"), ("bool is_monotonic", "bool is_monotone"),
    ]

    @Test("the comparison sees a slip", arguments: slips)
    func slip(good: String, bad: String) async throws {
        try await PythonTool.withTemporaryFolder { folder in
            let copy = folder.appending(path: "Proto")
            try FileManager.default.copyItem(at: Self.schema, to: copy)
            let file = copy.appending(path: "opentelemetry/proto/metrics/v1/metrics.proto")
            let text = try String(contentsOf: file, encoding: .utf8)
            try #require(text.contains(good))
            let changed = text.replacingOccurrences(of: good, with: bad)
            try changed.write(to: file, atomically: true, encoding: .utf8)
            let (code, output) = try await PythonTool.run("check_descriptors.py", [copy.path])
            #expect(code == 1, "\(output)")
            #expect(output.contains("official"), "\(output)")
        }
    }

    /// One point as decode_otlp.py prints it.
    private struct OfficialPoint: Decodable {
        let resource: [[String]]
        let schema, scope, version, name, description, unit, kind: String
        let attributes: [[String]]
        let start, time, value: String
        let field: String?
        let flags: Int
    }

    @Test(
        "the official messages read our bytes, value for value", arguments: OTLPMapping.Layout.allCases, [true, false])
    func bytes(layout: OTLPMapping.Layout, isCompressed: Bool) async throws {
        let mapping = OTLPMapping(layout: layout, scopeVersion: "1.2.3", isCompressed: isCompressed, maximumPoints: 7)
        let encoded = try OTLPEncoder(mapping).encode(Self.batch)
        let ours = try decode(encoded)
        var official: [OfficialPoint] = []
        for batch in encoded { official += try await Self.officialPoints(batch) }
        #expect(official.count == Self.batch.pointCount)
        #expect(ours.count == official.count)
        for (ours, official) in zip(ours, official) {
            #expect(official.resource == ours.resourceAttributes.map { [$0.name, "string_value", $0.value] })
            #expect(official.attributes == ours.attributes.map { [$0.name, "string_value", $0.value] })
            #expect(official.name == ours.metricName)
            #expect(official.description == ours.description)
            #expect(official.unit == ours.unit)
            #expect(official.scope == "azimuth")
            #expect(official.version == "1.2.3")
            #expect(official.schema == "https://opentelemetry.io/schemas/1.44.0")
            #expect(official.kind == "gauge")
            #expect(official.field == (ours.recordedValue == nil ? nil : "as_double"))
            #expect(official.flags == (ours.recordedValue == nil ? 1 : 0))
            #expect(Double(official.value)?.bitPattern == (ours.recordedValue ?? 0).bitPattern)
            #expect(official.start == String(ours.startTime.nanosecondsSince1970))
            #expect(official.time == String(ours.time.nanosecondsSince1970))
        }
        #expect(official.map { $0.field == nil ? nil : Double($0.value) } == Self.values + Self.values)
    }

    /// Without a value: the series has ended (rule T12).
    static let values: [Double?] = [0, -0.0, 12.5, -1e-300, .greatestFiniteMagnitude, 0.1, 3, nil, 5]

    static var batch: MetricBatch {
        let series = [[Label("Disk", "sda"), Label("ünï", "")], [Label("Disk", "😀 a,b=\"c\"")]]
        let points = values.enumerated().map {
            makePoint($0.element ?? .nan, series: $0.offset % 2, at: start + .seconds($0.offset / 2 * 60))
        }
        return MetricBatch(
            resources: ["vm-1", "vm-2"].map { name in
                let metric = MetricPoints(
                    metric: makeMetric(labels: [Label("team", "a")]), unit: "BytesPerSecond", series: series,
                    points: points)
                return ResourceMetrics(resource: makeResource(name: name), metrics: [metric])
            })
    }

    private static func officialPoints(_ batch: EncodedBatch) async throws -> [OfficialPoint] {
        try await PythonTool.withTemporaryFolder { folder in
            let file = folder.appending(path: "body")
            try Data(batch.body).write(to: file)
            let (code, output) = try await PythonTool.run("decode_otlp.py", [file.path])
            try #require(code == 0, "\(output)")
            return try output.split(separator: "\n").map {
                try JSONDecoder().decode(OfficialPoint.self, from: Data($0.utf8))
            }
        }
    }
}
