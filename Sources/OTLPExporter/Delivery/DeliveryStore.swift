import MetricModel

/// Names a row of one destination, or a part of one, as long as it waits. Numbers say nothing about the order.
public struct RowID: Hashable, Sendable {
    public let number: Int64

    public init(number: Int64) { self.number = number }
}

/// Why a row was put behind the others. A receiver that refuses old points then never refuses live ones with them.
public enum DeliveryKind: Sendable {
    /// In time.
    case live
    /// Older than a bucket that was enqueued before for its series.
    case late
    /// Read again after the destination fell behind.
    case catchUp
}

/// A store that cannot be read or written now. What it holds is as before.
public struct DeliveryStoreError: Error, Hashable, CustomStringConvertible {
    /// For the log: what happened, and where.
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Rows that left a store without having been delivered.
public struct RemovedRows: Hashable, Sendable {
    public var points: Int
    /// The earliest and the latest of the points' times.
    public var oldest: Timestamp
    public var newest: Timestamp

    public init(points: Int, oldest: Timestamp, newest: Timestamp) {
        self.points = points
        self.oldest = oldest
        self.newest = newest
    }
}

/// Where the rows of one destination wait, in the order in which they go out. One ``OTLPExporter`` empties it; others
/// only add rows at its end.
///
/// After an error nothing has changed; the exporter waits and asks again, with the same arguments. Each change is whole
/// or not at all. None of the questions reads more than a few rows, however many wait.
public protocol DeliveryStore: Sendable {
    func firstRow() throws(DeliveryStoreError) -> RowID?
    func lastRow() throws(DeliveryStoreError) -> RowID?
    /// The last of the rows that are ``DeliveryKind/live``.
    func newestLiveRow() throws(DeliveryStoreError) -> RowID?
    /// The row behind `row`; `nil` for the last.
    func row(after row: RowID) throws(DeliveryStoreError) -> RowID?
    /// Reads one row; `nil` when it is gone.
    func batch(_ row: RowID) throws(DeliveryStoreError) -> EncodedBatch?

    /// Puts `parts` in the place of a row; they are of its kind.
    /// - Returns: Their names, in their order. Empty, and nothing was stored, when the row is gone or there is no room for
    ///   parts in its place.
    func replace(_ row: RowID, with parts: [EncodedBatch]) throws(DeliveryStoreError) -> [RowID]
    /// Removes a row, and counts its points as accepted, all but `rejected`. Nothing when it is gone.
    func delivered(_ row: RowID, rejected: Int) throws(DeliveryStoreError)
    /// Removes rows, and counts their points as dropped.
    /// - Returns: `nil` when all of them were gone.
    func dropped(_ rows: [RowID], reason: String) throws(DeliveryStoreError) -> RemovedRows?
    /// Removes the rows that were enqueued before `limit`, by the store's own clock, and counts their points as dropped.
    /// - Returns: `nil` when there are none.
    func expire(before limit: Timestamp) throws(DeliveryStoreError) -> RemovedRows?

    /// What waits, and what became of the rest. Cheap; the last that is known when the store cannot be read.
    var statistics: DeliveryStoreStatistics { get }

    /// Says something after rows were added; once for any number of times that nobody listened. For one listener at a time:
    /// a new one takes the place of the old one, whose stream ends.
    func arrivals() -> AsyncStream<Void>
}

/// What one destination's store holds, and what became of what it held.
public struct DeliveryStoreStatistics: Hashable, Sendable {
    public var queuedRequests = 0
    public var queuedPoints = 0
    public var queuedBytes = 0
    /// The earliest time of a point that waits.
    public var oldestQueued: Timestamp?
    /// Since the store was made, over all runs if it outlives them.
    public var total = DeliveryCounts()

    public init() {}
}

/// What became of points. Each is counted once, however often it was sent.
public struct DeliveryCounts: Hashable, Sendable {
    public var acceptedPoints = 0
    /// Not taken by a receiver that took the rest of the request.
    public var rejectedPoints = 0
    /// Of requests that are not sent again: refused, or too old.
    public var droppedPoints = 0
    /// Why, and how many; at most 16 reasons, what is beyond counts as `other`.
    public var droppedPointsByReason: [String: Int] = [:]

    /// The reason of points that waited for too long.
    public static let tooOld = "older than state.maxAge"
    private static let maximumReasons = 16

    public init() {}

    public mutating func countDropped(_ points: Int, reason: String) {
        droppedPoints += points
        let isKnown = droppedPointsByReason[reason] != nil
        let key = isKnown || droppedPointsByReason.count < Self.maximumReasons ? reason : "other"
        droppedPointsByReason[key, default: 0] += points
    }
}
