import MetricModel

/// Rows are of one kind each, so that a receiver that refuses old points never refuses new ones with them (rule D3).
public enum RowKind: Int, Hashable, Sendable, CaseIterable {
    case live = 0
    /// Older than something that was enqueued before for the same series.
    case late = 1
    case catchUp = 2
}

/// One request that waits for its destination.
public struct StoredRow: Hashable, Sendable {
    /// Who gets it: the name of a section of the configuration.
    public var destination: String
    public var kind: RowKind
    /// The body, byte for byte as it is sent.
    public var payload: [UInt8]
    /// Whether `payload` is gzip.
    public var isCompressed: Bool
    public var pointCount: Int
    /// The size before compression.
    public var uncompressedBytes: Int
    /// The earliest and the latest of the points' times.
    public var oldest: Timestamp
    public var newest: Timestamp

    public init(
        destination: String, kind: RowKind, payload: [UInt8], isCompressed: Bool, pointCount: Int,
        uncompressedBytes: Int, oldest: Timestamp, newest: Timestamp
    ) {
        self.destination = destination
        self.kind = kind
        self.payload = payload
        self.isCompressed = isCompressed
        self.pointCount = pointCount
        self.uncompressedBytes = uncompressedBytes
        self.oldest = oldest
        self.newest = newest
    }
}

/// Rows that went, or are to go, together.
public struct RowRange: Hashable, Sendable {
    public var rows: Int
    public var points: Int
    /// The earliest and the latest of the points' times.
    public var oldest: Timestamp
    public var newest: Timestamp

    public init(rows: Int, points: Int, oldest: Timestamp, newest: Timestamp) {
        self.rows = rows
        self.points = points
        self.oldest = oldest
        self.newest = newest
    }
}

/// What waits for one destination, and what became of what went.
public struct OutboxStatistics: Hashable, Sendable {
    public var rows = 0
    public var points = 0
    /// Bytes of payload.
    public var bytes = 0
    /// The most bytes of payload that are taken.
    public var share = 0
    /// The earliest time of a point that waits.
    public var oldest: Timestamp?
    /// Since the store was made, in points.
    public var acceptedPoints = 0
    public var rejectedPoints = 0
    public var droppedPoints = 0
    /// Why, and how many; at most 16 reasons, what is beyond counts as `other`.
    public var droppedPointsByReason: [String: Int] = [:]

    public init() {}
}
