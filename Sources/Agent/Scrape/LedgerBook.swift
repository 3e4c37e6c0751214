import AzureMonitor
import MetricModel
import Settlement

/// The ledgers of all strips of one schedule, as one or more destinations have them.
struct LedgerBook: Sendable {
    private(set) var ledgers: [BlockLedger]
    /// Strips whose ledger is not stored as it is here.
    private(set) var changed: Set<Int> = []

    /// Ledgers without a pair.
    init(_ table: ScrapeTable) {
        ledgers = table.strips.map { BlockLedger(times: $0.reading.times, isCumulative: $0.form.isCumulative) }
    }

    subscript(_ strip: Int) -> BlockLedger { ledgers[strip] }

    /// Changes a ledger; it is stored with the next step.
    mutating func update(_ strip: Int, _ change: (inout BlockLedger) -> Void) {
        change(&ledgers[strip])
        changed.insert(strip)
    }

    /// Takes over a ledger that is stored with the current step.
    mutating func keep(_ strip: Int, _ ledger: BlockLedger) {
        ledgers[strip] = ledger
        changed.remove(strip)
    }

    /// Ledgers without a pair for the strips that `table` has more.
    mutating func append(_ table: ScrapeTable) {
        for strip in table.strips[ledgers.count...] {
            ledgers.append(BlockLedger(times: strip.reading.times, isCumulative: strip.form.isCumulative))
        }
    }

    /// Forgets the ledgers of some strips; those behind move up.
    mutating func remove(_ strips: Range<Int>) {
        ledgers.removeSubrange(strips)
        changed = Set(
            changed.compactMap { $0 < strips.lowerBound ? $0 : strips.contains($0) ? nil : $0 - strips.count })
    }

    /// What has to be stored of the strips that changed.
    mutating func takeChanges(of table: ScrapeTable) -> [(address: LedgerAddress, bytes: [UInt8])] {
        defer { changed = [] }
        return changed.sorted().map { strip in (table.address(strip), table.bytes(of: ledgers[strip], strip: strip)) }
    }

    /// Puts back what could not be stored.
    mutating func markChanged(_ strips: Set<Int>) { changed.formUnion(strips) }
}

extension ScrapeTable {
    func address(_ strip: Int) -> LedgerAddress {
        LedgerAddress(view: strips[strip].view, block: blocks[strips[strip].block].id, metric: strips[strip].metricID)
    }

    func bytes(of ledger: BlockLedger, strip: Int) -> [UInt8] {
        ledger.bytes(times: strips[strip].reading.times, form: strips[strip].form.signature)
    }
}

/// Taking up what was stored.
extension ScrapeLoop {
    /// Builds the table and loads its ledgers, once.
    func prepare() async throws {
        guard !isPrepared else { return }
        // The estate gives it once; the store may fail before all ledgers are loaded.
        if declaredTable == nil { declaredTable = await estate.takeTable(for: schedule) }
        table = declaredTable ?? ScrapeTable()
        followers = []
        book = LedgerBook(table)
        destinations = await state.destinations
        for strip in table.strips.indices { try await load(strip) }
        try await resumeFollowers()
        await sayCatalogDamage()
        declaredTable = nil
        isPrepared = true
    }

    private func sayCatalogDamage() async {
        let damage = await estate.takeCatalogDamage()
        guard !damage.isEmpty, !table.strips.isEmpty else { return }
        let name = table.name(0, table.strips[0].slots.trailingZeroBitCount)
        let more = damage.count > 3 ? ", and \(damage.count - 3) more" : ""
        pendingNotices.append(
            PairNotice(
                severity: .error, metric: name.metric, resource: name.resource,
                message: """
                    the state's list of metrics and resources is damaged: what was sent of \
                    \(damage.prefix(3).joined(separator: ", "))\(more) is not known any more. What of it is declared begins as \
                    if it were new: what `backfill` reaches over may arrive twice, and what is older is not caught up. All \
                    others go on
                    """, kind: .catalog))
    }

    /// Takes up what was stored of one ledger.
    /// - Returns: false when nothing was.
    @discardableResult
    func load(_ strip: Int) async throws -> Bool {
        guard let bytes = try await state.ledger(table.address(strip)) else { return false }
        resume(strip, bytes)
        return true
    }

    /// Goes on where the ledger ends. A damaged one counts as none.
    private func resume(_ strip: Int, _ bytes: [UInt8]) {
        let form = table.strips[strip].form
        guard let stored = stored(strip, bytes) else { return }
        let times = form.reading(at: stored.grain).times
        if stored.form == form.signature, stored.ledger.isSum == form.isCumulative {
            table.strips[strip].reading = form.reading(at: stored.grain)
            book.keep(strip, stored.ledger)
        } else {
            let reading = table.strips[strip].reading
            book.update(strip) {
                $0 = stored.ledger.reformed(
                    from: times, to: reading.times, isCumulative: form.isCumulative, at: source.now)
            }
        }
    }

    private func stored(
        _ strip: Int, _ bytes: [UInt8]
    ) -> (ledger: BlockLedger, grain: TimeGrain, form: UInt64)? {
        let form = table.strips[strip].form
        do {
            let anyTimes = table.strips[strip].reading.times
            let grain = try BlockLedger.read(bytes, times: anyTimes).grain
            return try BlockLedger.read(bytes, times: form.reading(at: grain).times)
        } catch {
            damagedStrips.insert(strip)
            let slot = table.strips[strip].slots.trailingZeroBitCount
            pendingNotices.append(
                PairNotice(
                    severity: .error, metric: form.declared.name, resource: table.name(strip, slot).resource,
                    message: """
                        what was sent of it and of up to 49 others is not known any more (\(error)): they begin as if they \
                        were new
                        """, kind: .ledger))
            return nil
        }
    }

    /// From now on the buckets of a strip are `grain` wide (rule L2).
    func read(_ strip: Int, at grain: TimeGrain, now: Timestamp) {
        let (form, old) = (table.strips[strip].form, table.strips[strip].reading)
        guard grain != old.descriptor.grain else { return }
        let reading = form.reading(at: grain)
        table.strips[strip].reading = reading
        book.update(strip) {
            $0 = $0.reformed(from: old.times, to: reading.times, isCumulative: form.isCumulative, at: now)
        }
        // What was refused was asked at the other grain.
        for slot in table.strips[strip].slots.bitPositions { troubles.forget(strip, slot) }
    }

    /// Begins the pairs of `members` that have not, and gives up what is older than `catchUp`.
    func beginPairs(of members: SlotMap, at now: Timestamp, report: inout CycleReport) async {
        let born = await state.planning(at: now)
        let resumesFrom = await state.resumesFrom
        takeBackFuture(of: members, at: now, report: &report)
        for strip in table.strips.indices {
            let reading = table.strips[strip].reading
            let times = reading.times
            // A sum that begins anew waits for the bucket that begins next: only what lies beyond it is an error.
            let next = now + reading.rules.settle + reading.descriptor.grain.duration
            for slot in book[strip].unbegun(members[strip], at: next, times: times).bitPositions {
                begin(strip, slot, at: now, resumesFrom: resumesFrom, born: born, report: &report)
            }
            for slot in book[strip].olderThanCatchUp(members[strip], at: now, times: times).bitPositions {
                book.update(strip) { ledger in
                    guard let range = ledger.skipOlderThanCatchUp(slot, at: now, times: times) else { return }
                    report.skipped.append(UnsentRange(table.name(strip, slot), range))
                    pendingCounts.skipped += Int(
                        (range.upperBound.seconds - range.lowerBound.seconds) / reading.descriptor.grain.seconds)
                }
            }
        }
    }

    /// Takes back marks in the future, which a clock set that was ahead: nothing would be asked until then. Only while the
    /// clocks agree: else it may be this moment that is wrong.
    private func takeBackFuture(of members: SlotMap, at now: Timestamp, report: inout CycleReport) {
        let latest = source.latest
        guard latest - now <= AzureTime.tolerableSkew else { return }
        for strip in table.strips.indices {
            let times = table.strips[strip].reading.times
            var taken: (slot: Int, mark: Timestamp, count: Int)?
            for slot in members[strip].bitPositions {
                guard let mark = book[strip].mark(slot), mark > latest else { continue }
                var ledger = book[strip]
                guard ledger.takeBackFuture(slot, at: latest, times: times) else { continue }
                book.update(strip) { $0 = ledger }
                taken = (taken?.slot ?? slot, max(mark, taken?.mark ?? mark), (taken?.count ?? 0) + 1)
            }
            guard let taken, table.strips[strip].view == 0 else { continue }
            let name = table.name(strip, taken.slot)
            report.notices.append(
                PairNotice(
                    severity: .error, metric: name.metric, resource: name.resource,
                    message: """
                        a clock was ahead: this and \(taken.count - 1) other resources counted as read up to \
                        \(taken.mark), which is yet to come. They go on from now; values of the time in which the clock \
                        was wrong may be missing. Check the time service of this machine, and any proxy in front of Azure
                        """, kind: .future))
        }
    }

    /// A new pair begins by rule T3, one whose ledger was lost with the store where it was, and no sooner than the first
    /// pair of that store (rule L5).
    private func begin(
        _ strip: Int, _ slot: Int, at now: Timestamp, resumesFrom: Timestamp?, born: Timestamp?,
        report: inout CycleReport
    ) {
        let (rules, times) = (table.strips[strip].reading.rules, table.strips[strip].reading.times)
        let isLost = resumesFrom != nil || damagedStrips.contains(strip)
        guard isLost, table.strips[strip].form.isCumulative else {
            return book.update(strip) { ledger in
                if let resumesFrom {
                    ledger.begin(slot, from: resumesFrom - rules.overlap, at: now, times: times, born: born)
                } else {
                    ledger.begin(slot, at: now, times: times)
                }
            }
        }
        book.update(strip) { ledger in
            if let gap = ledger.beginSum(slot, lostSince: resumesFrom, at: now, times: times, born: born) {
                report.gaps.append(UnsentRange(table.name(strip, slot), gap))
                pendingCounts.gap += Int((gap.upperBound - gap.lowerBound) / rules.grain.duration)
            }
        }
    }
}
