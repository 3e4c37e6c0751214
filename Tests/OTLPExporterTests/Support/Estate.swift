import Gzip
import HTTPTransport
import MetricModel

@testable import OTLPExporter
@testable import OTLPReceiver

/// A metric of a resource: the smallest part of a request.
struct Cell: Hashable, Comparable, CustomStringConvertible {
    var resource: Int
    var metric: Int

    var description: String { "r\(resource)/m\(metric)" }
    static func < (left: Cell, right: Cell) -> Bool {
        (left.resource, left.metric) < (right.resource, right.metric)
    }

    /// The cell of a point that a receiver got.
    init?(_ point: ReceivedPoint) {
        guard let name = point.resourceAttribute("service.instance.id")?.split(separator: "/").last,
            let resource = Int(name.dropFirst()), let metric = Int(point.metricName.dropFirst())
        else { return nil }
        self.init(resource: resource, metric: metric)
    }

    init(resource: Int, metric: Int) {
        self.resource = resource
        self.metric = metric
    }
}

/// Rows of resources that all have the same metrics, `points` points each.
func makeRows(resources: Range<Int>, metrics: Int, points: Int = 1, isCompressed: Bool = true) throws -> [EncodedBatch]
{
    let batch = MetricBatch(
        resources: resources.map { resource in
            ResourceMetrics(
                resource: makeResource(name: "r\(resource)"),
                metrics: (0..<metrics).map {
                    MetricPoints(metric: makeMetric("m\($0)"), unit: "Count", series: [[]], points: makePoints(points))
                })
        })
    return try OTLPEncoder(OTLPMapping(isCompressed: isCompressed, maximumPoints: 1 << 20, maximumBytes: 64 << 20))
        .encode(batch)
}

/// A receiver that refuses every request with a point of a poisoned cell, and keeps what it takes.
final class PickyReceiver: Sendable {
    struct Record {
        /// In the order in which they came.
        var taken: [ReceivedPoint] = []
        /// Cells of each request, and whether it was taken.
        var requests: [(cells: Set<Cell>, isTaken: Bool)] = []
        var refusedBodies: [[UInt8]] = []
    }

    private let record = Lock(Record())
    let poison: Set<Cell>
    let status: Int

    init(poison: Set<Cell>, status: Int = 400) {
        self.poison = poison
        self.status = status
    }

    var soFar: Record { record.withLock { $0 } }
    /// Cells of the points taken, in their order.
    var takenCells: [Cell] { soFar.taken.compactMap(Cell.init) }

    func answer(_ request: HTTPRequest) -> Result<HTTPResponse, HTTPError> {
        let isCompressed = request.headers.contains { $0.name == "Content-Encoding" }
        guard let body = try? isCompressed ? Gzip.decompress(request.body, limit: 64 << 20) : request.body,
            let points = try? MetricsDecoder.decode(body).points
        else { return .success(HTTPResponse(status: 418)) }
        let cells = Set(points.compactMap(Cell.init))
        let isTaken = cells.isDisjoint(with: poison)
        record.withLock { record in
            record.requests.append((cells, isTaken))
            if isTaken { record.taken += points } else { record.refusedBodies.append(request.body) }
        }
        return .success(HTTPResponse(status: isTaken ? 200 : status))
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
