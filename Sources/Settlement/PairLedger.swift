import MetricModel

/// What was sent of one pair (declared metric, resource): rules T3 to T7 and T10, without I/O and without a clock.
///
/// `now` is always Azure's now (rule T1), and for an answer at most the answer's own `Date`.
public struct PairLedger: Sendable {
    /// Nothing before it is asked for.
    public private(set) var birth: Timestamp
    /// End of what is read: every settled bucket before it is decided or empty.
    public private(set) var mark: Timestamp
    /// The time of the last look back.
    public private(set) var reach: Timestamp
    private var sent: [[Label]: SentBuckets] = [:]

    /// The ledger of a pair that is planned for the first time at `now` (rule T3).
    public init(firstPlannedAt now: Timestamp, rules: SettlementRules) {
        self.init(
            birth: (rules.settledEnd(at: now) - max(rules.backfill, rules.grain.duration)).floored(to: rules.grain),
            rules: rules)
    }

    private init(birth: Timestamp, rules: SettlementRules) {
        self.birth = birth
        mark = birth
        reach = birth + rules.overlap + rules.grain.duration
    }

    /// The ledger of the pair from now on, read at another grain (rule L2).
    ///
    /// It begins at the first bucket of the new grain that starts at or after the newest end already sent. What has never
    /// had a value begins no later than it did; what was never read, nor than if it were planned first at `now`.
    public func regrained(from old: SettlementRules, to new: SettlementRules, at now: Timestamp) -> PairLedger {
        if mark == birth {
            let fresh = PairLedger(firstPlannedAt: now, rules: new)
            return PairLedger(birth: min(birth.floored(to: new.grain), fresh.birth), rules: new)
        }
        if let newest = sent.values.compactMap(\.newest).max() {
            return PairLedger(
                birth: Timestamp(seconds: (newest + 1) * old.grain.seconds).raised(to: new.grain), rules: new)
        }
        let known = knownFrom(old)
        // What lies before is decided: sent and forgotten, or empty for good.
        return PairLedger(
            birth: known <= birth ? birth.floored(to: new.grain) : known.raised(to: new.grain), rules: new)
    }

    /// True when it was planned by a clock that was ahead: what it waits for has not begun yet. Such a ledger has read
    /// nothing, so it may be begun again by the right time.
    public func beginsInFuture(at now: Timestamp, rules: SettlementRules) -> Bool {
        mark == birth && birth > rules.settledEnd(at: now)
    }

    /// What a call at `now` has to cover for this pair; `nil` when there is nothing to ask (rules T6, T7).
    public func window(at now: Timestamp, rules: SettlementRules) -> Range<Timestamp>? {
        let end = rules.settledEnd(at: now)
        var start = mark
        let isLookBackDue = now - reach >= rules.reachBackInterval
        if isLookBackDue { start = min(start, knownFrom(rules)) }
        if rules.grain == .oneMinute { start = min(start, end - rules.grain.duration * 3) }
        start = max(start, birth)
        return start < end ? start..<end : nil
    }

    /// Gives up what is older than `catchUp` (rule T10).
    /// - Returns: The range of buckets that is skipped, unread and still empty ones alike; `nil` when there is none.
    public mutating func skipOlderThanCatchUp(at now: Timestamp, rules: SettlementRules) -> Range<Timestamp>? {
        let horizon = (now - rules.catchUp).floored(to: rules.grain)
        guard mark < horizon else { return nil }
        let from = max(birth, min(mark, knownFrom(rules)))
        mark = horizon
        reach = max(reach, horizon + rules.overlap + rules.grain.duration)
        forget(rules)
        return from..<horizon
    }

    /// Decides what a complete answer for `window` says (rules T4 to T7).
    ///
    /// - Parameters:
    ///   - answer: Everything Azure has in `window`; buckets outside are ignored.
    ///   - window: What was asked, grain-aligned. It must not begin after ``mark``: that would leave a hole, and nothing
    ///     is decided then.
    ///   - now: Azure's now when the answer was made. A bucket that was not settled then stays unread.
    /// - Returns: The points to send. They count as sent as soon as this ledger is kept.
    public mutating func settle(
        _ answer: some PairAnswer, window: Range<Timestamp>, now: Timestamp, rules: SettlementRules
    ) -> Settled {
        var settled = Settled()
        guard window.lowerBound <= mark else { return settled }
        let known = knownFrom(rules)
        let lower = max(window.lowerBound, birth, known)
        let end = min(window.upperBound, rules.settledEnd(at: now))
        for series in 0..<answer.seriesCount {
            take(series, of: answer, from: lower, to: end, now: now, rules: rules, into: &settled)
        }
        mark = max(mark, end)
        if window.lowerBound <= known {
            reach = max(reach, min(now, end + rules.overlap))
        }
        forget(rules)
        return settled
    }

    private mutating func take(
        _ series: Int, of answer: some PairAnswer, from lower: Timestamp, to end: Timestamp, now: Timestamp,
        rules: SettlementRules, into settled: inout Settled
    ) {
        let key = answer.dimensions(ofSeries: series).sorted { $0.name < $1.name }
        let grain = rules.grain
        var buckets = sent[key] ?? SentBuckets()
        let first = settled.points.count
        for index in 0..<answer.bucketCount(ofSeries: series) {
            let bucket = answer.bucket(index, ofSeries: series)
            guard bucket.start >= lower, bucket.start < end, let value = bucket.value else { continue }
            guard bucket.start.floored(to: grain) == bucket.start else {
                settled.misalignedCount += 1
                continue
            }
            guard buckets.insert(bucket.start.seconds / grain.seconds) else { continue }
            if bucket.start < mark, now > bucket.start + grain.duration + rules.overlap { settled.lateCount += 1 }
            settled.points.append(Point(series: settled.series.count, bucketStart: bucket.start, value: value))
        }
        guard settled.points.count > first else { return }
        sent[key] = buckets
        settled.series.append(key)
        settled.points[first...].sort { $0.bucketStart < $1.bucketStart }
    }

    /// Buckets before it are never sent again: the ledger of sent ones reaches back to here.
    private func knownFrom(_ rules: SettlementRules) -> Timestamp {
        (reach - rules.overlap - rules.grain.duration).floored(to: rules.grain)
    }

    private mutating func forget(_ rules: SettlementRules) {
        let bucket = knownFrom(rules).seconds / rules.grain.seconds
        var index = sent.values.startIndex
        while index != sent.values.endIndex {
            sent.values[index].forget(before: bucket)
            sent.values.formIndex(after: &index)
        }
        if sent.values.contains(where: \.isEmpty) { sent = sent.filter { !$0.value.isEmpty } }
    }

    /// The most 64-bucket words that any series holds.
    var widestSeries: Int { sent.values.map(\.wordCount).max() ?? 0 }
}

extension Timestamp {
    /// The first start of a grain that is not earlier.
    fileprivate func raised(to grain: TimeGrain) -> Timestamp {
        let start = floored(to: grain)
        return start < self ? start + grain.duration : start
    }
}
