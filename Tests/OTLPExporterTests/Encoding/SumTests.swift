import Foundation
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

/// Rules S1 to S3, as far as bytes go.
@Suite(.timeLimit(.minutes(5))) struct SumTests {
    /// How they are sent, the aggregation, whether declared monotonic, what comes out.
    static let kinds: [(SumForm, Aggregation, Bool, MetricKind)] = [
        (.gauge, .total, true, .gauge), (.gauge, .count, false, .gauge), (.delta, .average, true, .gauge),
        (.cumulative, .maximum, true, .gauge), (.cumulative, .minimum, false, .gauge),
        (.delta, .total, false, .sum(temporality: .delta, isMonotonic: false)),
        (.delta, .total, true, .sum(temporality: .delta, isMonotonic: true)),
        (.delta, .count, false, .sum(temporality: .delta, isMonotonic: true)),
        (.cumulative, .total, false, .sum(temporality: .cumulative, isMonotonic: false)),
        (.cumulative, .total, true, .sum(temporality: .cumulative, isMonotonic: true)),
        (.cumulative, .count, false, .sum(temporality: .cumulative, isMonotonic: true)),
    ]

    @Test("S1: totals and counts alone are sums, monotonic where that is sure", arguments: kinds)
    func kind(form: SumForm, aggregation: Aggregation, isMonotonic: Bool, expected: MetricKind) {
        #expect(form.kind(of: aggregation, isMonotonic: isMonotonic) == expected)
    }

    static let sums: [(MetricKind.Temporality, Bool)] = [
        (.delta, false), (.delta, true), (.cumulative, false), (.cumulative, true),
    ]

    @Test("a sum arrives with its temporality, its start and whether it is monotonic", arguments: sums)
    func sum(temporality: MetricKind.Temporality, isMonotonic: Bool) throws {
        let metric = makeMetric(grain: .fiveMinutes, kind: .sum(temporality: temporality, isMonotonic: isMonotonic))
        let points = (1...3).map { number in
            let bucket = start + .seconds(300 * number)
            return Point(
                series: 0, start: temporality == .delta ? bucket : start, end: bucket + .seconds(300),
                value: Double(number))
        }
        for (pointTime, shift) in [(OTLPMapping.PointTime.end, 0), (.start, 300)] {
            let encoded = try OTLPEncoder(OTLPMapping(pointTime: pointTime)).encode(makeBatch(metric, points: points))
            let decoded = try decode(encoded)
            #expect(decoded.map(\.startTime) == points.map(\.start))
            #expect(decoded.map(\.time) == points.map { $0.end - .seconds(shift) })
            #expect(decoded.map(\.value) == [1, 2, 3])
            #expect(
                decoded.allSatisfy {
                    $0.sum == ReceivedSum(temporality: temporality, isMonotonic: isMonotonic)
                        && $0.metricName == metric.name
                })
        }
    }

    /// Sums and gauges of several resources, with and without dimensions.
    private var mixture: MetricBatch {
        let kinds: [MetricKind] = [.gauge] + Self.sums.map { .sum(temporality: $0.0, isMonotonic: $0.1) }
        return MetricBatch(
            resources: ["r1", "r2"].map { name in
                ResourceMetrics(
                    resource: makeResource(name: name),
                    metrics: kinds.enumerated().map { number, kind in
                        let series = number % 2 == 0 ? [[]] : [[Label("d", "a")], [Label("d", "b")]]
                        return MetricPoints(
                            metric: makeMetric("m\(number)", kind: kind), unit: "Count", series: series,
                            points: series.indices.flatMap { makePoints(3, series: $0) })
                    })
            })
    }

    @Test("limits and halves leave sums what they are", arguments: [1, 2, 5, 1000])
    func divided(limit: Int) throws {
        let whole = try decode(OTLPEncoder(OTLPMapping()).encode(mixture))
        #expect(Set(whole.map(\.sum)).count == 5)
        let rows = try OTLPEncoder(OTLPMapping(maximumPoints: limit)).encode(mixture)
        #expect(try decode(rows) == whole)
        var waiting = Array(rows.reversed())
        var smallest: [EncodedBatch] = []
        while let row = waiting.popLast() {
            guard let halves = RequestSplitter.halves(of: row) else {
                smallest.append(row)
                continue
            }
            waiting += halves.map(\.batch).reversed()
        }
        #expect(smallest.count >= 10)
        #expect(try decode(smallest) == whole)
    }

    @Test("the official messages read the same sums, as bytes and as JSON")
    func official() async throws {
        for batch in try OTLPEncoder(OTLPMapping(isCompressed: false, maximumPoints: 20)).encode(mixture) {
            let printed = try await PythonTool.withTemporaryFolder { folder in
                let (json, bytes) = (folder.appending(path: "json"), folder.appending(path: "bytes"))
                try OTLPJSON.text(of: batch).write(to: json, atomically: true, encoding: .utf8)
                try Data(batch.body).write(to: bytes)
                let (jsonCode, jsonOutput) = try await PythonTool.run("decode_otlp_json.py", [json.path, bytes.path])
                #expect(jsonCode == 0, "\(jsonOutput)")
                let (code, output) = try await PythonTool.run("decode_otlp.py", [bytes.path])
                #expect(code == 0, "\(output)")
                return output.split(separator: "\n").map(String.init)
            }
            let expected = try decode([batch]).map { point in
                let kind = point.sum == nil ? "gauge" : "sum"
                let temporality = point.sum.map { $0.temporality == .delta ? 1 : 2 } ?? 0
                let isMonotonic = point.sum?.isMonotonic == true
                return "\"kind\": \"\(kind)\", \"temporality\": \(temporality), \"monotonic\": \(isMonotonic), "
            }
            #expect(printed.count == expected.count)
            for (line, part) in zip(printed, expected) { #expect(line.contains(part), "no \(part) in \(line)") }
        }
    }
}

private func makeBatch(_ metric: MetricDescriptor, points: [Point]) -> MetricBatch {
    makeBatch(makeResource(), metric, points: points)
}
