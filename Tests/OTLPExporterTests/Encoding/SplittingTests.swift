import MetricModel
import Testing

@testable import OTLPExporter

@Suite struct SplittingTests {
    @Test(
        "at most 4,000 points go together",
        arguments: [(1, [1]), (3999, [3999]), (4000, [4000]), (4001, [4000, 1]), (8000, [4000, 4000])])
    func points(count: Int, sizes: [Int]) throws {
        let batch = makeBatch(points: makePoints(count))
        let encoded = try OTLPEncoder(OTLPMapping()).encode(batch)
        #expect(encoded.map(\.pointCount) == sizes)
        #expect(try decode(encoded).map(\.value) == (0..<count).map(Double.init))
    }

    @Test("the limit holds across metrics and resources")
    func acrossResources() throws {
        let resources = (0..<5).map { number in
            ResourceMetrics(
                resource: makeResource(name: "r\(number)"),
                metrics: (0..<3).map {
                    MetricPoints(metric: makeMetric("m\($0)"), unit: "Count", series: [[]], points: makePoints(7))
                })
        }
        let batch = MetricBatch(resources: resources)
        for limit in [1, 6, 7, 8, 20, 21, 22, 104, 105, 106] {
            let encoded = try OTLPEncoder(OTLPMapping(maximumPoints: limit)).encode(batch)
            let full = 105 / limit
            #expect(
                encoded.map(\.pointCount) == Array(repeating: limit, count: full)
                    + (105 % limit > 0 ? [105 % limit] : []))
            let whole = try decode(OTLPEncoder(OTLPMapping()).encode(batch))
            #expect(try decode(encoded) == whole, "limit \(limit)")
        }
    }

    @Test(
        "no request passes its bytes, whatever the limit, and none is cut needlessly small",
        arguments: [1000, 5000, 12_000, 1 << 20])
    func bytes(limit: Int) throws {
        let series = (0..<50).map { [Label("dimension", String(repeating: "x", count: $0 * 3))] }
        let points = (0..<50).flatMap { makePoints(4, series: $0) }
        let batch = makeBatch(series: series, points: points)
        let encoded = try OTLPEncoder(OTLPMapping(maximumBytes: limit)).encode(batch)
        #expect(encoded.allSatisfy { $0.uncompressedBytes <= limit })
        #expect(try decode(encoded).map(\.value) == points.map(\.value))
        // The largest point, and the few bytes by which sizes are reckoned too large.
        for (request, next) in zip(encoded, encoded.dropFirst()) {
            #expect(request.uncompressedBytes + 250 > limit, "\(request.uncompressedBytes) before \(next.pointCount)")
        }
    }

    @Test("1 MiB is the default limit")
    func defaultBytes() throws {
        let text = String(repeating: "x", count: 1000)
        let batch = makeBatch(series: [[Label("d", text)]], points: makePoints(2000))
        let encoded = try OTLPEncoder(OTLPMapping()).encode(batch)
        #expect(encoded.count == 2)
        #expect(encoded.allSatisfy { $0.uncompressedBytes <= 1 << 20 })
        #expect(encoded[0].uncompressedBytes > (1 << 20) - 1100)
        #expect(try decode(encoded).count == 2000)
    }

    @Test("a point larger than the limit goes alone and is not lost")
    func oversized() throws {
        let series = [[Label("d", "small")], [Label("d", String(repeating: "x", count: 5000))]]
        let points = [0, 1, 0].enumerated().map {
            makePoint(Double($0.offset), series: $0.element, at: start + .seconds($0.offset * 60))
        }
        let encoded = try OTLPEncoder(OTLPMapping(maximumBytes: 1000)).encode(makeBatch(series: series, points: points))
        #expect(encoded.map(\.pointCount) == [1, 1, 1])
        #expect(try decode(encoded).map(\.value) == [0, 1, 2])
    }
}
