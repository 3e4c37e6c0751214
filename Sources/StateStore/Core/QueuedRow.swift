import MetricModel

/// A row with the time at which it began to wait.
struct QueuedRow {
    var row: StoredRow
    var enqueued: Timestamp

    var header: RowHeader {
        RowHeader(
            destination: row.destination, points: row.pointCount, bytes: row.payload.count, oldest: row.oldest,
            newest: row.newest, enqueued: enqueued)
    }
}

/// What is known of a row without its payload.
struct RowHeader {
    var destination: String
    var points: Int
    var bytes: Int
    var oldest: Timestamp
    var newest: Timestamp
    var enqueued: Timestamp
}

/// What waits for one destination.
struct QueueTotals {
    var rows = 0
    var points = 0
    var bytes = 0

    static func += (left: inout QueueTotals, right: RowHeader) {
        left.rows += 1
        left.points += right.points
        left.bytes += right.bytes
    }

    static func -= (left: inout QueueTotals, right: RowHeader) {
        left.rows -= 1
        left.points -= right.points
        left.bytes -= right.bytes
    }
}

extension RowRange {
    /// Without rows there is no range.
    init?(_ headers: [RowHeader]) {
        guard let oldest = headers.map(\.oldest).min(), let newest = headers.map(\.newest).max() else { return nil }
        self.init(
            rows: headers.count, points: headers.reduce(0) { $0 + $1.points }, oldest: oldest, newest: newest)
    }

    /// Both together.
    func joined(with other: RowRange?) -> RowRange {
        guard let other else { return self }
        return RowRange(
            rows: rows + other.rows, points: points + other.points, oldest: min(oldest, other.oldest),
            newest: max(newest, other.newest))
    }
}
