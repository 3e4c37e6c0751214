import MetricModel

/// What is kept in memory of what the file holds: sums and counters, whose size does not depend on the backlog.
struct StoreContents {
    var counters: [CounterKey: Int64] = [:]
    var totals: [String: QueueTotals] = [:]
    /// Above every row that is there, and with the gap before it.
    var nextSequence: Int64
    var isRecovering: Bool
    /// Whether there were any when the store was opened.
    let hasLedgers: Bool

    init(_ connection: Connection) throws(SQLiteError) {
        let last = try connection.number("SELECT max(sequence) FROM outbox")
        nextSequence = (last / Schema.sequenceStep + 1) * Schema.sequenceStep
        let recovery = StateStore.recoveryDocument
        isRecovering = try connection.number("SELECT count(*) FROM document WHERE name='\(recovery)'") > 0
        hasLedgers = try connection.number("SELECT count(*) FROM (SELECT 1 FROM ledger LIMIT 1)") > 0
        var totals: [String: QueueTotals] = [:]
        try connection.statement(
            "SELECT destination, count(*), sum(points), sum(bytes) FROM outbox GROUP BY destination"
        ).rows { row in
            totals[row.text(0)] = QueueTotals(
                rows: Int(row.integer(1)), points: Int(row.integer(2)), bytes: Int(row.integer(3)))
            return true
        }
        var counters: [CounterKey: Int64] = [:]
        try connection.statement("SELECT name, destination, reason, value FROM counter").rows { row in
            // A counter that this version does not know stays in the file as it is.
            guard let name = CounterName(rawValue: row.text(0)) else { return true }
            let (destination, reason) = (row.text(1), row.text(2))
            let key = CounterKey(
                name, destination: destination.isEmpty ? nil : destination, reason: reason.isEmpty ? nil : reason)
            counters[key] = row.integer(3)
            return true
        }
        self.totals = totals
        self.counters = counters
    }

    /// From now on ``StateOpening/isRecovering``.
    static func markRecovering(_ connection: Connection) throws(SQLiteError) {
        try connection.execute("INSERT OR REPLACE INTO document VALUES('\(StateStore.recoveryDocument)', x'')")
    }

    /// The rows of one destination that is no more are deleted and counted (rule D5).
    mutating func remove(destination: String, in connection: Connection) throws(SQLiteError) -> RowRange? {
        var range: RowRange?
        let key = CounterKey(.dropped, destination: destination, reason: "the destination was removed")
        try connection.statement(
            "SELECT count(*), sum(points), min(oldest), max(newest) FROM outbox WHERE destination=?"
        ).rows(.text(destination)) { row in
            range = RowRange(
                rows: Int(row.integer(0)), points: Int(row.integer(1)),
                oldest: Timestamp(nanosecondsSince1970: row.integer(2)),
                newest: Timestamp(nanosecondsSince1970: row.integer(3)))
            return false
        }
        var edit = Edit()
        let count = counters[key, default: 0] + Int64(range?.points ?? 0)
        edit.set(key, to: count)
        try connection.transaction { () throws(SQLiteError) in
            try connection.statement("DELETE FROM outbox WHERE destination=?").run(.text(destination))
            try edit.write(to: connection)
        }
        totals[destination] = nil
        counters[key] = count
        return range
    }
}
