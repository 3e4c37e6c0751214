import MetricModel

/// What is to stand in the tables, as end results: writing it twice does no harm, and two edits can be made one.
///
/// While the disk refuses, everything that happens is gathered in one, the overlay.
struct Edit {
    private(set) var ledgers: [LedgerKey: [UInt8]?] = [:]
    private(set) var documents: [String: [UInt8]?] = [:]
    private(set) var counters: [CounterKey: Int64] = [:]
    /// By sequence; these are not in the file.
    private(set) var addedRows: [Int64: QueuedRow] = [:]
    /// These are in the file and count no longer.
    private(set) var removedRows: Set<Int64> = []
    /// About what it costs to keep.
    private(set) var byteCount = 0

    var isEmpty: Bool {
        ledgers.isEmpty && documents.isEmpty && counters.isEmpty && addedRows.isEmpty && removedRows.isEmpty
    }

    /// Of an entry besides its bytes.
    private static let entryCost = 64

    mutating func set(_ key: LedgerKey, to bytes: [UInt8]?) {
        byteCount += cost(of: bytes) - cost(ofOld: ledgers.updateValue(bytes, forKey: key))
    }

    mutating func set(_ name: String, to bytes: [UInt8]?) {
        byteCount += cost(of: bytes) - cost(ofOld: documents.updateValue(bytes, forKey: name))
    }

    mutating func set(_ key: CounterKey, to value: Int64) {
        if counters.updateValue(value, forKey: key) == nil { byteCount += Self.entryCost }
    }

    mutating func add(_ row: QueuedRow, at sequence: Int64) {
        byteCount += cost(of: row.row.payload) - cost(ofOld: addedRows.updateValue(row, forKey: sequence)?.row.payload)
    }

    mutating func remove(_ sequence: Int64) {
        if let row = addedRows.removeValue(forKey: sequence) {
            byteCount -= cost(of: row.row.payload)
        } else if removedRows.insert(sequence).inserted {
            byteCount += Self.entryCost
        }
    }

    /// Does `later` after this.
    mutating func merge(_ later: Edit) {
        for (key, bytes) in later.ledgers { set(key, to: bytes) }
        for (name, bytes) in later.documents { set(name, to: bytes) }
        for (key, value) in later.counters { set(key, to: value) }
        // First these: a part may take the number of a row that went.
        for sequence in later.removedRows { remove(sequence) }
        for (sequence, row) in later.addedRows { add(row, at: sequence) }
    }

    /// The part of it that may be written without the rest: rows of the file that are done with, and what was counted of
    /// them. A row that was divided stays until its parts are in the file.
    var deletions: Edit {
        let divided = Set(addedRows.keys.filter { $0 % Schema.sequenceStep != 0 }.map { $0 / Schema.sequenceStep })
        var part = Edit()
        for sequence in removedRows where !divided.contains(sequence / Schema.sequenceStep) { part.remove(sequence) }
        for (key, value) in counters where [.accepted, .rejected, .dropped].contains(key.name) {
            part.set(key, to: value)
        }
        return part
    }

    private func cost(of bytes: [UInt8]?) -> Int { Self.entryCost + (bytes?.count ?? 0) }
    /// Nothing when there was no entry.
    private func cost(ofOld bytes: [UInt8]??) -> Int { bytes.map { cost(of: $0) } ?? 0 }
}

extension Edit {
    /// Writes it, inside a transaction.
    func write(to connection: Connection) throws(SQLiteError) {
        // In the order in which they lie in the file, so that each page is touched once.
        for (key, bytes) in ledgers.sorted(by: { $0.key < $1.key }) { try write(key, bytes, to: connection) }
        for (name, bytes) in documents {
            if let bytes {
                try connection.statement("INSERT OR REPLACE INTO document VALUES(?,?)").run(.text(name), .blob(bytes))
            } else {
                try connection.statement("DELETE FROM document WHERE name=?").run(.text(name))
            }
        }
        for (key, value) in counters {
            try connection.statement("INSERT OR REPLACE INTO counter VALUES(?,?,?,?)").run(
                .text(key.name.rawValue), .text(key.destination ?? ""), .text(key.reason ?? ""), .integer(value))
        }
        for sequence in removedRows {
            try connection.statement("DELETE FROM outbox WHERE sequence=?").run(.integer(sequence))
        }
        for (sequence, row) in addedRows.sorted(by: { $0.key < $1.key }) {
            try row.write(at: sequence, to: connection)
        }
    }

    private func write(_ key: LedgerKey, _ bytes: [UInt8]?, to connection: Connection) throws(SQLiteError) {
        let place = (SQLiteValue.integer(key.view), SQLiteValue.integer(key.block), SQLiteValue.integer(key.metric))
        if let bytes {
            try connection.statement("INSERT OR REPLACE INTO ledger VALUES(?,?,?,?)").run(
                place.0, place.1, place.2, .blob(bytes))
        } else {
            try connection.statement("DELETE FROM ledger WHERE view=? AND block=? AND metric=?").run(
                place.0, place.1, place.2)
        }
    }
}

extension QueuedRow {
    /// Writes it, inside a transaction.
    func write(at sequence: Int64, to connection: Connection) throws(SQLiteError) {
        try connection.statement("INSERT OR REPLACE INTO outbox VALUES(?,?,?,?,?,?,?,?,?,?,?)").run(
            .integer(sequence), .text(row.destination), .integer(Int64(row.kind.rawValue)),
            .integer(row.isCompressed ? 1 : 0), .integer(Int64(row.pointCount)), .integer(Int64(row.uncompressedBytes)),
            .integer(row.oldest.nanosecondsSince1970), .integer(row.newest.nanosecondsSince1970),
            .integer(enqueued.nanosecondsSince1970), .integer(Int64(row.payload.count)), .blob(row.payload))
    }

    /// The columns that ``init(_:)`` reads.
    static let columns = "destination, kind, compressed, points, uncompressed, oldest, newest, enqueued, payload"

    /// The row that `statement` stands on; `nil` when what it says makes no sense.
    init?(_ statement: Statement) {
        guard let kind = RowKind(rawValue: Int(statement.integer(1))) else { return nil }
        row = StoredRow(
            destination: statement.text(0), kind: kind, payload: statement.bytes(8),
            isCompressed: statement.integer(2) != 0, pointCount: Int(statement.integer(3)),
            uncompressedBytes: Int(statement.integer(4)),
            oldest: Timestamp(nanosecondsSince1970: statement.integer(5)),
            newest: Timestamp(nanosecondsSince1970: statement.integer(6)))
        enqueued = Timestamp(nanosecondsSince1970: statement.integer(7))
    }
}
