extension StoreCore {
    func commit(_ change: StateChange) throws(StateStoreError) -> CommitOutcome {
        _ = try connection()
        if change.isEmpty && overlay.isEmpty { return .committed }
        var edit = Edit()
        for (key, bytes) in change.ledgers { edit.set(key, to: bytes) }
        for key in change.deletedLedgers { edit.set(key, to: nil) }
        for (name, bytes) in change.documents { edit.set(name, to: bytes) }
        let counters = add(change.counters, to: &edit)
        let enqueued = now()
        var sequence = contents.nextSequence
        var added: [String: QueueTotals] = [:]
        for row in change.rows {
            let queued = QueuedRow(row: row, enqueued: enqueued)
            edit.add(queued, at: sequence)
            added[row.destination, default: QueueTotals()] += queued.header
            sequence += Schema.sequenceStep
        }
        for name in added.keys where !settings.destinations.contains(name) { throw .unknownDestination(name) }
        let full = added.filter { !hasRoom($0.key, for: $0.value.bytes) }
        guard full.isEmpty else { return .full(destinations: full.keys.sorted()) }

        guard try write(edit) else { return .stateFull }
        contents.nextSequence = sequence
        contents.counters.merge(counters) { $1 }
        for (name, more) in added {
            let old = contents.totals[name] ?? QueueTotals()
            contents.totals[name] = QueueTotals(
                rows: old.rows + more.rows, points: old.points + more.points, bytes: old.bytes + more.bytes)
        }
        return .committed
    }

    /// Who has nothing waiting takes anything, so that a large row does not wait for ever.
    private func hasRoom(_ destination: String, for bytes: Int) -> Bool {
        guard let totals = contents.totals[destination], totals.rows > 0 else { return true }
        return totals.bytes + bytes <= settings.share
    }

    /// Puts the new values of counters into `edit`.
    /// - Returns: The same, for ``contents`` when the edit is written.
    func add(_ increments: [CounterKey: Int64], to edit: inout Edit) -> [CounterKey: Int64] {
        var values: [CounterKey: Int64] = [:]
        for (key, increment) in increments {
            let value = contents.counters[key, default: 0] + increment
            values[key] = value
            edit.set(key, to: value)
        }
        return values
    }
}
