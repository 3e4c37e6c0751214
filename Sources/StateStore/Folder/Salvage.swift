/// Saves rows of a database that cannot be used any more.
struct Salvage {
    private let old: Connection
    private let new: Connection
    /// Version 1 or this one, whatever else the table has.
    private let rows: String

    /// Copies every row of the outbox that can be read into `new`, in their order.
    /// - Returns: How many.
    static func rows(of old: Connection, into new: Connection) throws(SQLiteError) -> Int {
        for rows in ["outbox", "(\(outboxOf1))"] {
            // A table of another form.
            guard (try? old.statement("SELECT \(QueuedRow.columns) FROM \(rows) WHERE sequence=?")) != nil else {
                continue
            }
            return try Salvage(old: old, new: new, rows: rows).copy()
        }
        return 0
    }

    private static let outboxOf1 = """
        SELECT sequence, destination, 0 AS kind, compressed, points, uncompressed, oldest, newest, newest AS enqueued, payload
        FROM outbox
        """

    /// In transactions of a few MiB, so that the log stays small.
    private func copy() throws(SQLiteError) -> Int {
        var rest = sequences[...]
        var count = 0
        while !rest.isEmpty {
            try new.transaction { () throws(SQLiteError) in
                var bytes = 0
                while bytes < 4 << 20, let sequence = rest.popFirst() {
                    guard let row = read(sequence) else { continue }
                    bytes += row.row.payload.count
                    count += 1
                    try row.write(at: Int64(count) * Schema.sequenceStep, to: new)
                }
            }
        }
        return count
    }

    /// From both ends up to what cannot be read.
    private var sequences: [Int64] {
        var front: [Int64] = []
        let isWhole = (try? collect("sequence>? ORDER BY sequence", from: .min, into: &front)) != nil
        if isWhole { return front }
        var back: [Int64] = []
        try? collect("sequence<? ORDER BY sequence DESC", from: .max, into: &back)
        let last = front.last ?? .min
        return front + back.reversed().filter { $0 > last }
    }

    private func collect(_ range: String, from: Int64, into sequences: inout [Int64]) throws(SQLiteError) {
        // Not from an index, which might be whole where the rows are not.
        try old.statement("SELECT sequence FROM outbox NOT INDEXED WHERE \(range)").rows(.integer(from)) { row in
            let sequence = row.integer(0)
            // A damaged tree can lead in a circle.
            if let last = sequences.last, (sequence > last) != (last > from) { return false }
            sequences.append(sequence)
            return true
        }
    }

    private func read(_ sequence: Int64) -> QueuedRow? {
        var row: QueuedRow?
        try? old.statement("SELECT \(QueuedRow.columns) FROM \(rows) WHERE sequence=?").rows(.integer(sequence)) {
            row = QueuedRow($0)
            return false
        }
        return row
    }
}
