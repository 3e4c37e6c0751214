/// What the caller sees: the file, and over it what waits for the disk.
extension StoreCore {
    /// The next ledgers of a view behind `key`, at most `limit`, in rising order.
    func ledgers(
        view: Int64, after key: LedgerKey?, limit: Int
    ) throws(StateStoreError) -> [(key: LedgerKey, bytes: [UInt8])] {
        var found: [(key: LedgerKey, bytes: [UInt8])] = []
        let from = key ?? LedgerKey(view: view, block: .min, metric: .min)
        let isFirst = key == nil
        // Of the file as many more as the overlay may have deleted.
        let waiting = overlay.ledgers.filter { $0.key.view == view && (isFirst || from < $0.key) }
        try read { (connection) throws(SQLiteError) in
            try connection.statement(
                """
                SELECT block, metric, bytes FROM ledger WHERE view=?1 AND (block, metric) >= (?2, ?3)
                ORDER BY block, metric LIMIT ?4
                """
            ).rows(
                .integer(view), .integer(from.block), .integer(from.metric), .integer(Int64(limit + 1 + waiting.count))
            ) { row in
                let place = LedgerKey(view: view, block: row.integer(0), metric: row.integer(1))
                if (isFirst || from < place) && waiting[place] == nil { found.append((place, row.bytes(2))) }
                return true
            }
        }
        for case (let key, let bytes?) in waiting { found.append((key, bytes)) }
        if !waiting.isEmpty { found.sort { $0.key < $1.key } }
        return Array(found.prefix(limit))
    }

    func ledger(_ key: LedgerKey) throws(StateStoreError) -> [UInt8]? {
        if let waiting = overlay.ledgers[key] { return waiting }
        var found: [UInt8]?
        try read { (connection) throws(SQLiteError) in
            try connection.statement("SELECT bytes FROM ledger WHERE view=? AND block=? AND metric=?")
                .rows(.integer(key.view), .integer(key.block), .integer(key.metric)) { row in
                    found = row.bytes(0)
                    return false
                }
        }
        return found
    }

    func document(named name: String) throws(StateStoreError) -> [UInt8]? {
        if let waiting = overlay.documents[name] { return waiting }
        var found: [UInt8]?
        try read { (connection) throws(SQLiteError) in
            try connection.statement("SELECT bytes FROM document WHERE name=?").rows(.text(name)) { row in
                found = row.bytes(0)
                return false
            }
        }
        return found
    }

    func documents(prefix: String) throws(StateStoreError) -> [(name: String, bytes: [UInt8])] {
        var found: [String: [UInt8]] = [:]
        try read { (connection) throws(SQLiteError) in
            try connection.statement(
                "SELECT name, bytes FROM document WHERE name>=?1 AND substr(name, 1, length(?1))=?1"
            ).rows(.text(prefix)) { row in
                found[row.text(0)] = row.bytes(1)
                return true
            }
        }
        for (name, bytes) in overlay.documents where name.hasPrefix(prefix) { found[name] = bytes }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: $0.value) }
    }
}
