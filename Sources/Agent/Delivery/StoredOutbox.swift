import MetricModel
import OTLPExporter
import StateStore

/// The rows of one destination in the state store, as an exporter wants them.
struct StoredOutbox: DeliveryStore {
    private let outbox: StateOutbox
    private let known = Lock(DeliveryStoreStatistics())

    init(_ outbox: StateOutbox) { self.outbox = outbox }

    func firstRow() throws(DeliveryStoreError) -> RowID? {
        try ask { () throws(StateStoreError) in try outbox.first() }.map(RowID.init(number:))
    }

    func lastRow() throws(DeliveryStoreError) -> RowID? {
        try ask { () throws(StateStoreError) in try outbox.last() }.map(RowID.init(number:))
    }

    func newestLiveRow() throws(DeliveryStoreError) -> RowID? {
        try ask { () throws(StateStoreError) in try outbox.newestLive() }.map(RowID.init(number:))
    }

    func row(after row: RowID) throws(DeliveryStoreError) -> RowID? {
        try ask { () throws(StateStoreError) in try outbox.after(row.number) }.map(RowID.init(number:))
    }

    func batch(_ row: RowID) throws(DeliveryStoreError) -> EncodedBatch? {
        try ask { () throws(StateStoreError) in try outbox.row(row.number) }.map(EncodedBatch.init)
    }

    func replace(_ row: RowID, with parts: [EncodedBatch]) throws(DeliveryStoreError) -> [RowID] {
        try ask { () throws(StateStoreError) -> [Int64] in
            guard let kind = try outbox.row(row.number)?.kind else { return [] }
            let parts = parts.map { StoredRow($0, kind: kind, for: outbox.destination) }
            do throws(StateStoreError) {
                return try outbox.replace(row.number, with: parts)
            } catch .indivisible { return [] }
        }.map(RowID.init(number:))
    }

    func delivered(_ row: RowID, rejected: Int) throws(DeliveryStoreError) {
        _ = try ask { () throws(StateStoreError) in try outbox.delivered(row.number, rejected: rejected) }
    }

    func dropped(_ rows: [RowID], reason: String) throws(DeliveryStoreError) -> RemovedRows? {
        try ask { () throws(StateStoreError) in try outbox.dropped(rows.map(\.number), reason: reason) }
            .map(RemovedRows.init)
    }

    func expire(before limit: Timestamp) throws(DeliveryStoreError) -> RemovedRows? {
        try ask { () throws(StateStoreError) in try outbox.removeOlder(than: limit) }.map(RemovedRows.init)
    }

    func arrivals() -> AsyncStream<Void> { outbox.arrivalStream() }

    var statistics: DeliveryStoreStatistics {
        guard let now = try? outbox.statistics() else { return known.withLock { $0 } }
        let statistics = DeliveryStoreStatistics(now)
        known.withLock { $0 = statistics }
        return statistics
    }

    private func ask<Answer>(_ question: () throws(StateStoreError) -> Answer) throws(DeliveryStoreError) -> Answer {
        do throws(StateStoreError) { return try question() } catch { throw DeliveryStoreError(error.description) }
    }
}

extension StoredRow {
    /// An encoded request that is to wait for `destination`.
    init(_ batch: EncodedBatch, kind: RowKind, for destination: String) {
        self.init(
            destination: destination, kind: kind, payload: batch.body, isCompressed: batch.isCompressed,
            pointCount: batch.pointCount, uncompressedBytes: batch.uncompressedBytes, oldest: batch.oldest,
            newest: batch.newest)
    }
}

extension EncodedBatch {
    fileprivate init(_ row: StoredRow) {
        self.init(
            body: row.payload, isCompressed: row.isCompressed, pointCount: row.pointCount,
            uncompressedBytes: row.uncompressedBytes, oldest: row.oldest, newest: row.newest)
    }
}

extension RemovedRows {
    fileprivate init(_ range: RowRange) {
        self.init(points: range.points, oldest: range.oldest, newest: range.newest)
    }
}

extension DeliveryStoreStatistics {
    fileprivate init(_ outbox: OutboxStatistics) {
        self.init()
        queuedRequests = outbox.rows
        queuedPoints = outbox.points
        queuedBytes = outbox.bytes
        oldestQueued = outbox.oldest
        total.acceptedPoints = outbox.acceptedPoints
        total.rejectedPoints = outbox.rejectedPoints
        total.droppedPoints = outbox.droppedPoints
        total.droppedPointsByReason = outbox.droppedPointsByReason
    }
}
