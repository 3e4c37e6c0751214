import MetricModel
import Settlement

@testable import Agent

/// Keeps what it takes, in memory; can be full.
actor RecordingState: ScrapeState {
    /// Points of each kind in the order in which they were taken.
    private(set) var batches: [(kind: PointKind, batch: MetricBatch)] = []
    private(set) var ledgers: [LedgerAddress: [UInt8]] = [:]
    private(set) var stored: [String: [UInt8]] = [:]
    private(set) var counts = ScrapeCounts()
    private(set) var settledUntil: [String: Timestamp] = [:]
    private var room: Int

    init(room: Int = .max) { self.room = room }

    func setRoom(_ points: Int) { room = points }

    let destinations = ["collector"]

    func withoutRoom(_ destinations: [String]) -> [String] { room > 0 ? [] : destinations }

    func keep(_ step: ScrapeStep) -> StepOutcome {
        guard step.pointCount <= room else { return .full(destinations) }
        room -= step.pointCount
        for kind in PointKind.allCases {
            if let batch = step.batches[kind] { batches.append((kind, batch)) }
        }
        for (address, bytes) in step.ledgers { ledgers[address] = bytes }
        for address in step.deletedLedgers { ledgers[address] = nil }
        for (name, bytes) in step.documents { stored[name] = bytes }
        counts += step.counts
        return .kept
    }

    func ledger(_ address: LedgerAddress) -> [UInt8]? { ledgers[address] }

    func damage(_ address: LedgerAddress) { ledgers[address]?.removeLast() }

    func damageCatalog() { stored["catalog/metrics"] = Array("not a number".utf8) }

    func documents(_ prefix: String) -> [(name: String, bytes: [UInt8])] {
        stored.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Set as after a lost store.
    private var resumption: Timestamp?
    var resumesFrom: Timestamp? { resumption }
    func setResumesFrom(_ time: Timestamp?) { resumption = time }
    func planning(at now: Timestamp) -> Timestamp? { nil }

    func settled(until time: Timestamp?, schedule: String) {
        if let time { settledUntil[schedule] = time }
    }

    var resources: [ResourceMetrics] { batches.flatMap(\.batch.resources) }

    /// `metric@resource` → bucket starts in the order in which they were taken.
    var sent: [String: [Int64]] {
        points.mapValues { points in points.map(\.start.seconds) }
    }

    /// `metric@resource` → points in the order in which they were taken.
    var points: [String: [Point]] {
        var points: [String: [Point]] = [:]
        for resource in resources {
            for metric in resource.metrics {
                points["\(metric.metric.name)@\(resource.resource.id.name)", default: []] += metric.points
            }
        }
        return points
    }
}
