import Gzip
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

@Suite struct RequestSplitterTests {
    /// Resources, metrics of each, metrics in the halves.
    static let shapes: [(Int, Int, [Int])] = [
        (2, 1, [1, 1]), (3, 1, [1, 2]), (4, 5, [10, 10]), (5, 3, [6, 9]), (1, 2, [1, 1]), (1, 7, [3, 4]),
    ]

    @Test("halves say together what the whole said, in its order", arguments: shapes, [true, false])
    func halves(shape: (Int, Int, [Int]), isCompressed: Bool) throws {
        let row = try makeRows(resources: 0..<shape.0, metrics: shape.1, points: 3, isCompressed: isCompressed)[0]
        let halves = try #require(RequestSplitter.halves(of: row))
        #expect(halves.map(\.smallestParts) == shape.2)
        #expect(halves.allSatisfy { $0.batch.isCompressed == isCompressed })
        #expect(try decode(halves.map(\.batch)) == decode([row]))
    }

    @Test("halves of halves, down to one metric of one resource, which is not divided")
    func allTheWay() throws {
        let row = try makeRows(resources: 0..<7, metrics: 5, points: 2)[0]
        var smallest: [EncodedBatch] = []
        var waiting = [RequestPart(batch: row, smallestParts: 35)]
        while let part = waiting.popLast() {
            guard let halves = RequestSplitter.halves(of: part.batch) else {
                #expect(part.smallestParts == 1)
                smallest.append(part.batch)
                continue
            }
            #expect(halves.map(\.smallestParts).reduce(0, +) == part.smallestParts)
            waiting += halves.reversed()
        }
        #expect(smallest.count == 35)
        #expect(try decode(smallest) == decode([row]))
    }

    @Test("times of the halves are those of their points")
    func times() throws {
        let metrics = [0, 10].map { minutes in
            MetricPoints(
                metric: makeMetric("m\(minutes)"), unit: "Count", series: [[]],
                points: makePoints(2, from: start + .seconds(minutes * 60)))
        }
        let batch = MetricBatch(resources: [ResourceMetrics(resource: makeResource(), metrics: metrics)])
        let row = try OTLPEncoder(OTLPMapping()).encode(batch)[0]
        let halves = try #require(RequestSplitter.halves(of: row))
        #expect(halves.map(\.batch.oldest) == [1, 11].map { start + .seconds($0 * 60) })
        #expect(halves.map(\.batch.newest) == [2, 12].map { start + .seconds($0 * 60) })
    }

    /// Written by hand after opentelemetry-proto: two scopes, fields that this program does not know, a sum and a histogram.
    @Test("what is not known is copied, and every kind of metric counts")
    func foreign() throws {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        func time(_ seconds: UInt8) -> [UInt8] {
            let nanoseconds = UInt64(seconds) * 1_000_000_000
            return [3 << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: nanoseconds >> ($0 * 8)) }
        }
        let unknown: [UInt8] = [15 << 3, 0x96, 0x01]
        let sum = field(1, Array("s".utf8)) + field(7, field(1, time(5)) + field(1, time(6)) + [2 << 3, 2])
        let histogram = field(1, Array("h".utf8)) + field(9, field(1, time(9)))
        let scopes =
            field(2, field(1, field(1, Array("a".utf8))) + field(2, sum) + unknown)
            + field(2, field(1, field(1, Array("b".utf8))) + field(2, histogram))
        let resource = field(1, []) + scopes + field(3, Array("url".utf8)) + unknown
        let body = field(1, resource)
        let row = EncodedBatch(
            body: body, isCompressed: false, pointCount: 3, uncompressedBytes: body.count, oldest: start, newest: start)
        let halves = try #require(RequestSplitter.halves(of: row))
        #expect(halves.map(\.batch.pointCount) == [2, 1])
        #expect(halves.map(\.batch.oldest) == [5, 9].map { Timestamp(seconds: $0) })
        #expect(halves.map(\.batch.newest) == [6, 9].map { Timestamp(seconds: $0) })
        let tail = field(3, Array("url".utf8)) + unknown
        let first = field(2, field(1, field(1, Array("a".utf8))) + field(2, sum) + unknown)
        let second = field(2, field(1, field(1, Array("b".utf8))) + field(2, histogram))
        #expect(halves.map(\.batch.body) == [first, second].map { field(1, field(1, []) + $0 + tail) })
    }

    @Test("what cannot be read is not divided, wherever it is cut off")
    func damaged() throws {
        let row = try makeRows(resources: 0..<2, metrics: 2, isCompressed: false)[0]
        var cut = row
        for length in stride(from: 0, to: row.body.count, by: 3) {
            cut.body = Array(row.body[..<length])
            // A cut between the two resources leaves a whole message of one of them.
            if let halves = RequestSplitter.halves(of: cut) {
                #expect(halves.map(\.smallestParts).reduce(0, +) == 2, "at \(length)")
            }
        }
        var odd = row
        odd.body = [0x0b] + row.body
        #expect(RequestSplitter.halves(of: odd) == nil)
        odd.body = try Gzip.compress(row.body)
        odd.isCompressed = true
        odd.uncompressedBytes = row.body.count - 1
        #expect(RequestSplitter.halves(of: odd) == nil, "more comes out than was put in")
    }
}
