import MetricModel

/// Rows in memory, in the order in which they go out, and what became of those that went. No I/O and no clock.
struct DeliveryQueue {
    /// Where it gets full.
    static let maximumBytes = 16 << 20
    private static let maximumReasons = 16

    private(set) var rows: [EncodedBatch] = []
    private var counters = OTLPExporterStatistics()

    var isEmpty: Bool { rows.isEmpty }
    var hasNext: Bool { rows.count > 1 }

    /// Takes all rows or none: none when they would make more than 16 MiB with what is there. Alone, any number has
    /// room.
    mutating func append(_ new: [EncodedBatch]) -> Bool {
        let size = new.reduce(0) { $0 + $1.body.count }
        guard rows.isEmpty || counters.queuedBytes + size <= Self.maximumBytes else { return false }
        rows += new
        counters.queuedBytes += size
        return true
    }

    func row(_ which: DeliveryRules.Row) -> EncodedBatch? {
        let index = which == .head ? 0 : 1
        return rows.indices.contains(index) ? rows[index] : nil
    }

    mutating func countRequest(bytes: Int) {
        counters.requests += 1
        counters.bytesSent += bytes
    }

    mutating func countFailure(_ reason: String) { counters.lastError = reason }

    mutating func delivered(_ which: DeliveryRules.Row, rejected: Int, at time: Timestamp) -> EncodedBatch? {
        guard let row = remove(which) else { return nil }
        counters.acceptedPoints += row.pointCount - rejected
        counters.rejectedPoints += rejected
        counters.lastDelivered = time
        return row
    }

    mutating func dropped(_ which: DeliveryRules.Row, reason: String) -> EncodedBatch? {
        guard let row = remove(which) else { return nil }
        counters.droppedPoints += row.pointCount
        let isKnown = counters.droppedPointsByReason[reason] != nil
        let key = isKnown || counters.droppedPointsByReason.count < Self.maximumReasons ? reason : "other"
        counters.droppedPointsByReason[key, default: 0] += row.pointCount
        return row
    }

    private mutating func remove(_ which: DeliveryRules.Row) -> EncodedBatch? {
        guard row(which) != nil else { return nil }
        let row = rows.remove(at: which == .head ? 0 : 1)
        counters.queuedBytes -= row.body.count
        return row
    }

    var statistics: OTLPExporterStatistics {
        var statistics = counters
        statistics.queuedRequests = rows.count
        statistics.queuedPoints = rows.reduce(0) { $0 + $1.pointCount }
        statistics.oldestQueued = rows.map(\.oldest).min()
        return statistics
    }
}
