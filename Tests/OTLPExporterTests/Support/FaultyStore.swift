import MemoryDelivery
import MetricModel

@testable import OTLPExporter

/// A store on a disk that fails now and then; counts what it was asked.
final class FaultyStore: DeliveryStore {
    enum Operation: Hashable, CaseIterable {
        case first, last, newestLive, after, batch, replace, delivered, dropped, expire
    }

    private let base: MemoryDeliveryStore
    private let asked = Lock<[Operation: Int]>([:])
    private let fails: @Sendable (Operation, _ number: Int) -> Bool

    /// `fails` gets how often this was asked before.
    init(_ base: MemoryDeliveryStore, fails: @escaping @Sendable (Operation, _ number: Int) -> Bool) {
        self.base = base
        self.fails = fails
    }

    var operations: [Operation: Int] { asked.withLock { $0 } }

    private func check(_ operation: Operation) throws(DeliveryStoreError) {
        let number = asked.withLock { asked in
            defer { asked[operation, default: 0] += 1 }
            return asked[operation, default: 0]
        }
        if fails(operation, number) { throw DeliveryStoreError("disk I/O error") }
    }

    func firstRow() throws(DeliveryStoreError) -> RowID? {
        try check(.first)
        return base.firstRow()
    }
    func lastRow() throws(DeliveryStoreError) -> RowID? {
        try check(.last)
        return base.lastRow()
    }
    func newestLiveRow() throws(DeliveryStoreError) -> RowID? {
        try check(.newestLive)
        return base.newestLiveRow()
    }
    func row(after row: RowID) throws(DeliveryStoreError) -> RowID? {
        try check(.after)
        return base.row(after: row)
    }
    func batch(_ row: RowID) throws(DeliveryStoreError) -> EncodedBatch? {
        try check(.batch)
        return base.batch(row)
    }
    func replace(_ row: RowID, with parts: [EncodedBatch]) throws(DeliveryStoreError) -> [RowID] {
        try check(.replace)
        return base.replace(row, with: parts)
    }
    func delivered(_ row: RowID, rejected: Int) throws(DeliveryStoreError) {
        try check(.delivered)
        base.delivered(row, rejected: rejected)
    }
    func dropped(_ rows: [RowID], reason: String) throws(DeliveryStoreError) -> RemovedRows? {
        try check(.dropped)
        return base.dropped(rows, reason: reason)
    }
    func expire(before limit: Timestamp) throws(DeliveryStoreError) -> RemovedRows? {
        try check(.expire)
        return base.expire(before: limit)
    }
    var statistics: DeliveryStoreStatistics { base.statistics }
    func arrivals() -> AsyncStream<Void> { base.arrivals() }
}
