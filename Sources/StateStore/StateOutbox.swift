import MetricModel

/// The rows of one destination, in the order in which they go out. One row is in memory at a time (rule D2).
public struct StateOutbox: Sendable {
    public let destination: String
    let store: StateStore
    let arrivals: Arrivals

    /// Says something after rows were enqueued: once for any number of times that nobody listened. For one listener at a
    /// time; a new one takes the place of the old one, whose stream ends.
    public func arrivalStream() -> AsyncStream<Void> { arrivals.stream() }

    /// Where the first row is; `nil` when none waits.
    public func first() throws(StateStoreError) -> Int64? { try after(.min) }

    /// Where the last row is; `nil` when none waits.
    public func last() throws(StateStoreError) -> Int64? {
        try store.with { (core) throws(StateStoreError) in try core.row(of: destination, from: .max, backwards: true) }
    }

    /// Where the last row of kind ``RowKind/live`` is; `nil` when none waits.
    public func newestLive() throws(StateStoreError) -> Int64? {
        try store.with { (core) throws(StateStoreError) in
            try core.row(of: destination, from: .max, backwards: true, onlyLive: true)
        }
    }

    /// Where the row behind `sequence` is, which need not be there itself; `nil` behind the last.
    public func after(_ sequence: Int64) throws(StateStoreError) -> Int64? {
        try store.with { (core) throws(StateStoreError) in try core.row(of: destination, from: sequence) }
    }

    /// One row with its payload; `nil` when it is gone.
    public func row(_ sequence: Int64) throws(StateStoreError) -> StoredRow? {
        try store.with { (core) throws(StateStoreError) in try core.row(at: sequence)?.row }
    }

    /// Puts `parts` in the place of a row, in one transaction, whatever the share.
    /// - Returns: Where they are, in their order; none when the row is gone.
    /// - Throws: ``StateStoreError/indivisible`` when there is no number left between the row and the next.
    public func replace(_ sequence: Int64, with parts: [StoredRow]) throws(StateStoreError) -> [Int64] {
        try store.with { (core) throws(StateStoreError) in try core.replace(sequence, with: parts) }
    }

    /// The row was taken; of its points the receiver refused `rejected`. It never goes out again in this run, and in the
    /// next only when the disk refused until the end of this one.
    /// - Returns: What it held; `nil` when it was gone already, which counts nothing.
    @discardableResult
    public func delivered(_ sequence: Int64, rejected: Int) throws(StateStoreError) -> RowRange? {
        try store.with { (core) throws(StateStoreError) in
            RowRange(
                try core.remove([sequence]) { points in
                    let refused = Int64(min(rejected, points))
                    var counted = [CounterKey(.accepted, destination: destination): Int64(points) - refused]
                    if refused > 0 { counted[CounterKey(.rejected, destination: destination)] = refused }
                    return counted
                })
        }
    }

    /// The rows will not be sent, for `reason`. At most 16 reasons are told apart; what is beyond counts as `other`.
    /// - Returns: What they held; `nil` when all were gone already, which counts nothing.
    @discardableResult
    public func dropped(_ sequences: [Int64], reason: String) throws(StateStoreError) -> RowRange? {
        try store.with { (core) throws(StateStoreError) in
            RowRange(try core.remove(sequences) { core.dropped($0, of: destination, reason: reason) })
        }
    }

    /// Deletes rows that were enqueued before `limit`, and counts them as dropped (rule D5). Best called between two
    /// requests, so that no row goes while it is on its way.
    /// - Returns: What they held; `nil` when there was none.
    public func removeOlder(than limit: Timestamp) throws(StateStoreError) -> RowRange? {
        try store.with { (core) throws(StateStoreError) in
            try core.removeOlder(than: limit, of: destination) {
                core.dropped($0, of: destination, reason: "older than state.maxAge")
            }
        }
    }

    /// What waits, and what became of what went.
    public func statistics() throws(StateStoreError) -> OutboxStatistics {
        try store.with { (core) throws(StateStoreError) in try core.statistics(of: destination) }
    }
}

/// Wakes whoever waits for rows.
final class Arrivals: Sendable {
    private let listener = Lock<AsyncStream<Void>.Continuation?>(nil)

    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let old = listener.withLock { listener in
            defer { listener = continuation }
            return listener
        }
        old?.finish()
        return stream
    }

    func tell() { _ = listener.withLock { $0 }?.yield() }
}
