import Foundation
import MetricModel
import Testing

@testable import OTLPExporter

/// The JSON form says exactly what the bytes say, in the spelling that the official package reads.
@Suite(.timeLimit(.minutes(5))) struct OTLPJSONTests {
    @Test(
        "the official messages read the JSON as the very request it was made from",
        arguments: OTLPMapping.Layout.allCases)
    func official(layout: OTLPMapping.Layout) async throws {
        let mapping = OTLPMapping(layout: layout, scopeVersion: "1.2.3", isCompressed: false, maximumPoints: 7)
        let batches = try OTLPEncoder(mapping).encode(OfficialSchemaTests.batch)
        #expect(batches.count == 3)
        for batch in batches {
            try await PythonTool.withTemporaryFolder { folder in
                let (json, bytes) = (folder.appending(path: "json"), folder.appending(path: "bytes"))
                try OTLPJSON.text(of: batch).write(to: json, atomically: true, encoding: .utf8)
                try Data(batch.body).write(to: bytes)
                let (code, output) = try await PythonTool.run("decode_otlp_json.py", [json.path, bytes.path])
                #expect(code == 0, "\(output)")
                #expect(output.split(separator: "\n").count == batch.pointCount)
            }
        }
    }

    @Test("infinity is a word, no value a flag, 64-bit integers are strings, keys are lowerCamelCase")
    func spelling() throws {
        let points = [Double.nan, .infinity, -.infinity, -0.0].enumerated().map {
            makePoint($0.element, at: start + .seconds(60 * $0.offset))
        }
        let batch = MetricBatch(
            resources: [
                ResourceMetrics(
                    resource: makeResource(name: "vm-1"),
                    metrics: [MetricPoints(metric: makeMetric(), unit: "Percent", series: [[]], points: points)])
            ])
        let encoded = try OTLPEncoder(OTLPMapping(isCompressed: false)).encode(batch)
        let text = try OTLPJSON.text(of: try #require(encoded.first))
        for part in [
            #","flags":1}"#, #""asDouble":"Infinity""#, #""asDouble":"-Infinity""#, #""asDouble":-0.0"#,
            #""startTimeUnixNano":"\#(start.nanosecondsSince1970)""#, #""resourceMetrics":[{"resource":"#,
            #""scopeMetrics":[{"scope":{"name":"azimuth"},"metrics":"#, #""gauge":{"dataPoints":[{"#,
        ] {
            #expect(text.contains(part), "no \(part) in \(text)")
        }
        #expect(!text.contains("\n"))
    }

    @Test("compressed or damaged bytes have no text")
    func unreadable() throws {
        let compressed = try #require(try OTLPEncoder(OTLPMapping()).encode(OfficialSchemaTests.batch).first)
        #expect(throws: OTLPJSON.Failure.self) { try OTLPJSON.text(of: compressed) }
        var damaged = compressed
        damaged.isCompressed = false
        #expect(throws: OTLPJSON.Failure.self) { try OTLPJSON.text(of: damaged) }
    }
}
