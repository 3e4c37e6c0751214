import Gzip
import HTTPTransport
import MetricModel

@testable import OTLPExporter
@testable import OTLPReceiver

/// OTLP both ways. The first byte chooses: any bytes to the receiver's decoder, any bytes as a receiver's answer, any bytes
/// as gzip, any bytes as a request to divide, or a batch made of the bytes, which must come back from its encoding, whole
/// or divided, point for point.
enum OTLPTarget {
    @Sendable static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        switch reader.number(below: 8) {
        case 0: _ = try? MetricsDecoder.decode(reader.remainder())
        case 1: readAnswer(&reader)
        case 2:
            let limit = 1 << 16
            let bytes = (try? Gzip.decompress(reader.remainder(), limit: limit)) ?? []
            promise(bytes.count <= limit, "nothing inflates beyond its limit")
        case 3:
            let bytes = reader.remainder()
            let row = EncodedBatch(
                body: bytes, isCompressed: false, pointCount: 1, uncompressedBytes: bytes.count,
                oldest: Timestamp(seconds: 0), newest: Timestamp(seconds: 0))
            for half in RequestSplitter.halves(of: row) ?? [] {
                promise(half.smallestParts >= 1, "each half of a request has something")
            }
        default: roundTrip(&reader)
        }
    }

    private static func readAnswer(_ reader: inout InputReader) {
        let status = 200 + reader.number(below: 256) * 2
        let response = HTTPResponse(status: status, body: HTTPBody(reader.remainder()))
        switch OTLPAnswer(response, points: 100, now: Timestamp(seconds: 1_700_000_000)) {
        case .accepted(let rejected, let message):
            promise((0...100).contains(rejected), "no more points are rejected than were sent: \(rejected)")
            promise((message ?? "").utf8.count <= 1100, "a message is cut")
        case .tryAgain(_, let reason), .unfit(let reason), .refused(let reason), .notWelcome(let reason):
            promise(!reason.isEmpty && !reason.contains(where: \.isNewline), "a reason is one line")
        case .acceptedUnreadable: break
        }
    }

    private static func roundTrip(_ reader: inout InputReader) {
        let mapping = OTLPMapping(
            layout: reader.number(below: 2) == 0 ? .resource : .flat,
            pointTime: reader.number(below: 2) == 0 ? .end : .start, isCompressed: reader.number(below: 2) == 0,
            maximumPoints: 1 + reader.number(below: 20), maximumBytes: 200 + reader.number(below: 256) * 10)
        var maker = BatchMaker(reader: reader, pointTime: mapping.pointTime)
        let batch = maker.batch()
        do {
            let encoder = OTLPEncoder(mapping)
            let rows = try encoder.encode(batch)
            promise(rows.allSatisfy { $0.pointCount <= mapping.maximumPoints }, "no request has too many points")
            try expect(maker.wanted, in: rows)
            try expect(maker.wanted, in: rows.flatMap(smallestParts))
        } catch {
            promise(false, "what was encoded can be read: \(error)")
        }
    }

    /// `row` divided until nothing is divided any further.
    private static func smallestParts(of row: EncodedBatch) -> [EncodedBatch] {
        guard let halves = RequestSplitter.halves(of: row) else { return [row] }
        promise(halves.allSatisfy { $0.batch.pointCount < row.pointCount }, "a half is less than the whole")
        return halves.flatMap { smallestParts(of: $0.batch) }
    }

    private static func expect(_ wanted: [BatchMaker.Wanted: Int], in rows: [EncodedBatch]) throws {
        var arrived: [BatchMaker.Wanted: Int] = [:]
        for row in rows {
            let body = row.isCompressed ? try Gzip.decompress(row.body, limit: 64 << 20) : row.body
            promise(body.count == row.uncompressedBytes, "a row knows its size")
            let points = try MetricsDecoder.decode(body).points
            promise(points.count == row.pointCount, "a row knows how many points it has")
            promise(
                points.map(\.time).min() == row.oldest && points.map(\.time).max() == row.newest,
                "a row knows its times")
            for point in points { arrived[BatchMaker.Wanted(point), default: 0] += 1 }
        }
        promise(arrived == wanted, "every point arrives once: \(arrived) instead of \(wanted)")
    }
}
