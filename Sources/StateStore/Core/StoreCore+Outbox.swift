import MetricModel

/// The rows that wait for one destination.
extension StoreCore {
    /// The first row behind `sequence`; with `backwards` the last one before it. With `onlyLive` others are passed over.
    func row(
        of destination: String, from sequence: Int64, backwards: Bool = false, onlyLive: Bool = false
    ) throws(StateStoreError) -> Int64? {
        guard let totals = contents.totals[destination], totals.rows > 0 else { return nil }
        let sql =
            "SELECT sequence FROM outbox WHERE destination=? AND " + (onlyLive ? "kind=0 AND " : "")
            + (backwards ? "sequence<? ORDER BY sequence DESC" : "sequence>? ORDER BY sequence")
        var found: Int64?
        try read { (connection) throws(SQLiteError) in
            try connection.statement(sql).rows(.text(destination), .integer(sequence)) { row in
                let place = row.integer(0)
                if overlay.removedRows.contains(place) { return true }
                found = place
                return false
            }
        }
        let waiting = overlay.addedRows.lazy
            .filter { $0.value.row.destination == destination && (backwards ? $0.key < sequence : $0.key > sequence) }
            .filter { !onlyLive || $0.value.row.kind == .live }
            .map(\.key)
        let nearest = backwards ? waiting.max() : waiting.min()
        guard let found, let nearest else { return found ?? nearest }
        return backwards ? max(found, nearest) : min(found, nearest)
    }

    func row(at sequence: Int64) throws(StateStoreError) -> QueuedRow? {
        if let waiting = overlay.addedRows[sequence] { return waiting }
        if overlay.removedRows.contains(sequence) { return nil }
        var found: QueuedRow?
        try read { (connection) throws(SQLiteError) in
            try connection.statement("SELECT \(QueuedRow.columns) FROM outbox WHERE sequence=?").rows(
                .integer(sequence)
            ) { row in
                found = QueuedRow(row)
                return false
            }
        }
        return found
    }

    func header(at sequence: Int64) throws(StateStoreError) -> RowHeader? {
        if let waiting = overlay.addedRows[sequence] { return waiting.header }
        if overlay.removedRows.contains(sequence) { return nil }
        var found: RowHeader?
        try read { (connection) throws(SQLiteError) in
            try connection.statement(
                "SELECT destination, points, bytes, oldest, newest, enqueued FROM outbox WHERE sequence=?"
            ).rows(.integer(sequence)) { row in
                found = RowHeader(
                    destination: row.text(0), points: Int(row.integer(1)), bytes: Int(row.integer(2)),
                    oldest: Timestamp(nanosecondsSince1970: row.integer(3)),
                    newest: Timestamp(nanosecondsSince1970: row.integer(4)),
                    enqueued: Timestamp(nanosecondsSince1970: row.integer(5)))
                return false
            }
        }
        return found
    }

    /// Takes rows away and counts their points. Rows that are not there are left out.
    /// - Parameter counting: What is added to counters, given the points.
    func remove(
        _ sequences: [Int64], counting: (Int) -> [CounterKey: Int64]
    ) throws(StateStoreError) -> [RowHeader] {
        var edit = Edit()
        var headers: [RowHeader] = []
        var done: [(sequence: Int64, points: Int, inMemory: Bool)] = []
        var totals = contents.totals
        for sequence in Set(sequences) {
            guard let header = try header(at: sequence) else { continue }
            edit.remove(sequence)
            headers.append(header)
            done.append((sequence, header.points, overlay.addedRows[sequence] != nil))
            totals[header.destination, default: QueueTotals()] -= header
        }
        guard !headers.isEmpty else { return [] }
        let counters = add(counting(headers.reduce(0) { $0 + $1.points }), to: &edit)
        _ = try write(edit, always: true)
        for row in done { noteDone(row.sequence, points: row.points, inMemory: row.inMemory) }
        contents.totals = totals
        contents.counters.merge(counters) { $1 }
        return headers
    }

    /// Puts `parts` in the place of a row.
    /// - Returns: Where they are, in their order; none when the row is not there.
    func replace(_ sequence: Int64, with parts: [StoredRow]) throws(StateStoreError) -> [Int64] {
        guard let old = try header(at: sequence) else { return [] }
        let gap = (try next(after: sequence) - sequence - 1) / Int64(max(1, parts.count))
        guard gap > 0 else { throw .indivisible }
        var edit = Edit()
        var totals = contents.totals[old.destination] ?? QueueTotals()
        edit.remove(sequence)
        totals -= old
        var places: [Int64] = []
        for part in parts {
            var row = QueuedRow(row: part, enqueued: old.enqueued)
            row.row.destination = old.destination
            let place = sequence + 1 + Int64(places.count) * gap
            edit.add(row, at: place)
            totals += row.header
            places.append(place)
        }
        _ = try write(edit, always: true)
        contents.totals[old.destination] = totals
        return places
    }

    /// The next row of anybody: up to there the numbers are free.
    private func next(after sequence: Int64) throws(StateStoreError) -> Int64 {
        var next = overlay.addedRows.keys.filter { $0 > sequence }.min() ?? contents.nextSequence
        try read { (connection) throws(SQLiteError) in
            try connection.statement("SELECT sequence FROM outbox WHERE sequence>? LIMIT 1").rows(.integer(sequence)) {
                next = min(next, $0.integer(0))
                return false
            }
        }
        return next
    }

    /// Counts and deletes rows that were enqueued before `limit`, a few hundred at a time.
    func removeOlder(
        than limit: Timestamp, of destination: String, counting: (Int) -> [CounterKey: Int64]
    ) throws(StateStoreError) -> RowRange? {
        var range: RowRange?
        while true {
            var old: [Int64] = []
            var last = Int64.min
            while old.count < 256, let sequence = try row(of: destination, from: last),
                let header = try header(at: sequence), header.enqueued < limit
            {
                old.append(sequence)
                last = sequence
            }
            guard let removed = RowRange(try remove(old, counting: counting)) else { return range }
            range = removed.joined(with: range)
        }
    }

    func statistics(of destination: String) throws(StateStoreError) -> OutboxStatistics {
        var statistics = OutboxStatistics()
        let totals = contents.totals[destination] ?? QueueTotals()
        statistics.rows = totals.rows
        statistics.points = totals.points
        statistics.bytes = totals.bytes
        statistics.share = settings.share
        statistics.oldest = try oldest(of: destination)
        for (key, value) in contents.counters where key.destination == destination {
            switch key.name {
            case .accepted: statistics.acceptedPoints += Int(value)
            case .rejected: statistics.rejectedPoints += Int(value)
            case .dropped:
                statistics.droppedPoints += Int(value)
                if let reason = key.reason { statistics.droppedPointsByReason[reason] = Int(value) }
            default: break
            }
        }
        return statistics
    }

    private func oldest(of destination: String) throws(StateStoreError) -> Timestamp? {
        var oldest = overlay.addedRows.values.filter { $0.row.destination == destination }.map(\.row.oldest).min()
        guard let totals = contents.totals[destination], totals.rows > 0 else { return oldest }
        try read { (connection) throws(SQLiteError) in
            try connection.statement(
                "SELECT sequence, oldest FROM outbox INDEXED BY outbox_oldest WHERE destination=? ORDER BY oldest"
            ).rows(.text(destination)) { row in
                if overlay.removedRows.contains(row.integer(0)) { return true }
                let time = Timestamp(nanosecondsSince1970: row.integer(1))
                oldest = min(oldest ?? time, time)
                return false
            }
        }
        return oldest
    }
}

extension StoreCore {
    private static let maximumReasons = 16

    /// What dropping `points` counts.
    func dropped(_ points: Int, of destination: String, reason: String) -> [CounterKey: Int64] {
        let key = CounterKey(.dropped, destination: destination, reason: reason)
        let known = contents.counters.keys.filter { $0.name == .dropped && $0.destination == destination }
        guard known.contains(key) || known.count < Self.maximumReasons else {
            return [CounterKey(.dropped, destination: destination, reason: "other"): Int64(points)]
        }
        return [key: Int64(points)]
    }
}
