import Declaration
import MetricModel
import Planning
import Settlement

/// A month of one schedule in which every pair is up to date and every call is answered at once.
struct SteadyMonth {
    private let schedule: CronSchedule
    private let table: ScrapeTable
    private let batching: MetricsBatching

    init(_ schedule: CronSchedule, table: ScrapeTable, batching: MetricsBatching) {
        self.schedule = schedule
        self.table = table
        self.batching = batching
    }

    /// Two cycles in a row.
    private struct Moment {
        var before: Timestamp
        var now: Timestamp
    }

    /// Its cycles, those that have the same buckets to read together.
    func planned(from start: Timestamp) -> PlannedSchedule {
        // What is settled when depends on nothing but this.
        var rules: [SettlementRules] = []
        for strip in table.strips where !rules.contains(strip.reading.rules) { rules.append(strip.reading.rules) }
        var kinds: [[Int64]: (moment: Moment, count: Int)] = [:]
        var order: [[Int64]] = []
        let end = start + .seconds(3600 * PlanReport.hoursPerMonth)
        let gap = schedule.gaps(around: start, in: .process).longest
        var before = schedule.next(after: start - gap - .seconds(1), in: .process)
        // The cycle before the month's first is only what that one follows.
        while let last = before, let next = schedule.next(after: last, in: .process), next <= end {
            before = next
            guard next > start else { continue }
            let news = rules.map { $0.newBuckets(at: next, since: last) }
            if kinds[news] == nil { order.append(news) }
            kinds[news, default: (Moment(before: last, now: next), 0)].count += 1
        }
        let strips = table.strips.map { strip in
            PlannedSchedule.Strip(
                metric: strip.form.declared.name, isAlone: strip.company == .none, supported: strip.supported)
        }
        return PlannedSchedule(
            text: schedule.text, strips: strips, pairCount: table.everything.count,
            cycles: order.compactMap { kinds[$0] }.map { kind in
                PlannedSchedule.Cycle(calls: calls(kind.moment), countPerMonth: kind.count)
            })
    }

    /// The calls of a cycle that follows one in which everything was read.
    private func calls(_ moment: Moment) -> [MetricsCall] {
        var book = LedgerBook(table)
        for strip in table.strips.indices {
            let reading = table.strips[strip].reading
            let birth = reading.rules.settledEnd(at: moment.before) - reading.descriptor.grain.duration
            for slot in table.strips[strip].slots.bitPositions {
                book.update(strip) { $0.begin(slot, from: birth, at: moment.before, times: reading.times) }
            }
        }
        _ = read(&book, at: moment.before)
        return read(&book, at: moment.now)
    }

    /// Asks until everything is read; a long gap takes more than one window.
    private func read(_ book: inout LedgerBook, at now: Timestamp) -> [MetricsCall] {
        var made: [MetricsCall] = []
        var open = table.everything
        while !open.isEmpty {
            let calls = CallPlanner(batchSize: batching.maximumResources)
                .calls(for: builder(book).requests(of: open, at: now))
            for call in calls { answer(call, in: &book, at: now) }
            made += calls
            open = builder(book).behind(open, at: now)
        }
        return made
    }

    private func builder(_ book: LedgerBook) -> RequestBuilder {
        RequestBuilder(
            table: table, book: book, batching: batching, batchRights: BatchRights(), troubles: PairTroubles(),
            commonStrips: table.strips.indices, monotonicNow: .zero)
    }

    private func answer(_ call: MetricsCall, in book: inout LedgerBook, at now: Timestamp) {
        var settled = Settled()
        for part in call.parts {
            book.update(part.strip) { ledger in
                for slot in part.slots.bitPositions {
                    ledger.settle(
                        slot, Emptiness(), window: call.window, now: now,
                        times: table.strips[part.strip].reading.times, into: &settled)
                }
            }
        }
    }
}

extension SettlementRules {
    /// How many buckets were settled between two cycles.
    fileprivate func newBuckets(at now: Timestamp, since before: Timestamp) -> Int64 {
        (settledEnd(at: now).seconds - settledEnd(at: before).seconds) / grain.seconds
    }
}

/// An answer without a series: what is asked next does not depend on values.
private struct Emptiness: PairAnswer {
    var seriesCount: Int { 0 }

    func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn) {
        let columns = MetricColumns(aggregations: [], times: [], values: [], present: [])
        return (.only, BucketColumn(columns, rows: 0..<0, of: .average))
    }
}
