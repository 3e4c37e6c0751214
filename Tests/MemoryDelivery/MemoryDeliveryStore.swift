import MetricModel
import OTLPExporter

/// Rows in memory: they end with the process. When 16 MiB of them are full, ``enqueue(_:kind:)`` refuses and the caller
/// leaves its marks where they are: Azure is the buffer then.
public final class MemoryDeliveryStore: DeliveryStore {
    /// Where it gets full.
    private static let maximumBytes = 16 << 20

    fileprivate struct Row {
        let id: RowID
        let kind: DeliveryKind
        let enqueued: Timestamp
        let batch: EncodedBatch
    }

    fileprivate struct State {
        var rows: [Row] = []
        var lastNumber: Int64 = 0
        var bytes = 0
        var points = 0
        var total = DeliveryCounts()
        var listener: AsyncStream<Void>.Continuation?
    }

    private let state = Lock(State())
    private let now: @Sendable () -> Timestamp

    /// - Parameter now: Tells when rows begin to wait.
    public init(now: @escaping @Sendable () -> Timestamp = { SystemClock().systemNow }) {
        self.now = now
    }

    /// Puts `rows` behind what waits: all or none. None when they would make more than 16 MiB with what is there; alone,
    /// any number has room.
    /// - Returns: Whether they were taken.
    public func enqueue(_ rows: [EncodedBatch], kind: DeliveryKind = .live) -> Bool {
        let (size, time) = (rows.reduce(0) { $0 + $1.body.count }, now())
        return state.withLock { state in
            guard state.rows.isEmpty || state.bytes + size <= Self.maximumBytes else { return false }
            _ = state.insert(rows, kind: kind, enqueued: time, at: state.rows.count)
            state.listener?.yield()
            return true
        }
    }

    /// False when three quarters of the room are taken: it is then better not to ask Azure for more.
    public var hasRoom: Bool { state.withLock { $0.bytes < Self.maximumBytes / 4 * 3 } }

    public func arrivals() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let old = state.withLock { state in
            defer { state.listener = continuation }
            return state.listener
        }
        old?.finish()
        return stream
    }

    public var statistics: DeliveryStoreStatistics {
        state.withLock { state in
            var statistics = DeliveryStoreStatistics()
            statistics.queuedRequests = state.rows.count
            statistics.queuedPoints = state.points
            statistics.queuedBytes = state.bytes
            statistics.oldestQueued = state.rows.lazy.map(\.batch.oldest).min()
            statistics.total = state.total
            return statistics
        }
    }
}

extension MemoryDeliveryStore {
    public func firstRow() -> RowID? { state.withLock { $0.rows.first?.id } }
    public func lastRow() -> RowID? { state.withLock { $0.rows.last?.id } }
    public func newestLiveRow() -> RowID? { state.withLock { $0.rows.last { $0.kind == .live }?.id } }

    public func row(after row: RowID) -> RowID? {
        state.withLock { state in
            guard let index = state.index(of: row), index + 1 < state.rows.count else { return nil }
            return state.rows[index + 1].id
        }
    }

    public func batch(_ row: RowID) -> EncodedBatch? {
        state.withLock { state in state.index(of: row).map { state.rows[$0].batch } }
    }

    public func replace(_ row: RowID, with parts: [EncodedBatch]) -> [RowID] {
        state.withLock { state in
            guard let index = state.index(of: row) else { return [] }
            let whole = state.remove(at: index)
            return state.insert(parts, kind: whole.kind, enqueued: whole.enqueued, at: index)
        }
    }

    public func delivered(_ row: RowID, rejected: Int) {
        state.withLock { state in
            guard let index = state.index(of: row) else { return }
            state.total.acceptedPoints += state.remove(at: index).batch.pointCount - rejected
            state.total.rejectedPoints += rejected
        }
    }

    public func dropped(_ rows: [RowID], reason: String) -> RemovedRows? {
        state.withLock { state in
            let gone = rows.compactMap { row in state.index(of: row).map { state.remove(at: $0) } }
            return state.count(gone, droppedAs: reason)
        }
    }

    public func expire(before limit: Timestamp) -> RemovedRows? {
        state.withLock { state in
            let gone = state.rows.indices.reversed().filter { state.rows[$0].enqueued < limit }
                .map { state.remove(at: $0) }
            return state.count(gone, droppedAs: DeliveryCounts.tooOld)
        }
    }
}

extension MemoryDeliveryStore.State {
    fileprivate func index(of row: RowID) -> Int? { rows.firstIndex { $0.id == row } }

    fileprivate mutating func insert(
        _ batches: [EncodedBatch], kind: DeliveryKind, enqueued: Timestamp, at index: Int
    ) -> [RowID] {
        let new = batches.map { batch in
            lastNumber += 1
            bytes += batch.body.count
            points += batch.pointCount
            return MemoryDeliveryStore.Row(
                id: RowID(number: lastNumber), kind: kind, enqueued: enqueued, batch: batch)
        }
        rows.insert(contentsOf: new, at: index)
        return new.map(\.id)
    }

    fileprivate mutating func remove(at index: Int) -> MemoryDeliveryStore.Row {
        let row = rows.remove(at: index)
        bytes -= row.batch.body.count
        points -= row.batch.pointCount
        return row
    }

    fileprivate mutating func count(_ gone: [MemoryDeliveryStore.Row], droppedAs reason: String) -> RemovedRows? {
        guard let oldest = gone.map(\.batch.oldest).min(), let newest = gone.map(\.batch.newest).max() else {
            return nil
        }
        let points = gone.reduce(0) { $0 + $1.batch.pointCount }
        total.countDropped(points, reason: reason)
        return RemovedRows(points: points, oldest: oldest, newest: newest)
    }
}
