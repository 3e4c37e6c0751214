import MetricModel

/// Rows in memory, in the order in which they go out, and what became of those that went. No I/O and no clock.
struct DeliveryQueue {
    /// Where it gets full.
    static let maximumBytes = 16 << 20
    private static let maximumReasons = 16

    private struct Row {
        let id: RowID
        let batch: EncodedBatch
    }

    private var rows: [Row] = []
    private var lastNumber = 0
    private var counters = OTLPExporterStatistics()

    var isEmpty: Bool { rows.isEmpty }

    /// Takes all rows or none: none when they would make more than 16 MiB with what is there. Alone, any number has
    /// room.
    mutating func append(_ new: [EncodedBatch]) -> Bool {
        let size = new.reduce(0) { $0 + $1.body.count }
        guard rows.isEmpty || counters.queuedBytes + size <= Self.maximumBytes else { return false }
        rows += new.map { named($0) }
        counters.queuedBytes += size
        return true
    }

    func batch(_ id: RowID) -> EncodedBatch? { index(of: id).map { rows[$0].batch } }

    /// Puts `parts` in the place of a row.
    /// - Returns: Their names, in their order.
    mutating func replace(_ id: RowID, with parts: [EncodedBatch]) -> [RowID] {
        guard let index = index(of: id) else { return [] }
        let new = parts.map { named($0) }
        counters.queuedBytes += parts.reduce(0) { $0 + $1.body.count } - rows[index].batch.body.count
        rows.replaceSubrange(index...index, with: new)
        return new.map(\.id)
    }

    mutating func countRequest(bytes: Int) {
        counters.requests += 1
        counters.bytesSent += bytes
    }

    mutating func countFailure(_ reason: String) { counters.lastError = reason }

    mutating func delivered(_ id: RowID, rejected: Int, at time: Timestamp) -> EncodedBatch? {
        guard let row = remove(id) else { return nil }
        counters.acceptedPoints += row.pointCount - rejected
        counters.rejectedPoints += rejected
        counters.lastDelivered = time
        return row
    }

    mutating func dropped(_ id: RowID, reason: String) -> EncodedBatch? {
        guard let row = remove(id) else { return nil }
        counters.droppedPoints += row.pointCount
        let isKnown = counters.droppedPointsByReason[reason] != nil
        let key = isKnown || counters.droppedPointsByReason.count < Self.maximumReasons ? reason : "other"
        counters.droppedPointsByReason[key, default: 0] += row.pointCount
        return row
    }

    private mutating func named(_ batch: EncodedBatch) -> Row {
        lastNumber += 1
        return Row(id: RowID(number: lastNumber), batch: batch)
    }

    private func index(of id: RowID) -> Int? { rows.firstIndex { $0.id == id } }

    private mutating func remove(_ id: RowID) -> EncodedBatch? {
        guard let index = index(of: id) else { return nil }
        let batch = rows.remove(at: index).batch
        counters.queuedBytes -= batch.body.count
        return batch
    }

    var statistics: OTLPExporterStatistics {
        var statistics = counters
        statistics.queuedRequests = rows.count
        statistics.queuedPoints = rows.reduce(0) { $0 + $1.batch.pointCount }
        statistics.oldestQueued = rows.map(\.batch.oldest).min()
        return statistics
    }
}

extension DeliveryQueue: DeliveryRows {
    var firstRow: RowID? { rows.first?.id }
    var lastRow: RowID? { rows.last?.id }

    func row(after row: RowID) -> RowID? {
        guard let index = index(of: row), index + 1 < rows.count else { return nil }
        return rows[index + 1].id
    }
}
