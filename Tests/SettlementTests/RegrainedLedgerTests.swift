import MetricModel
import Testing

@testable import Settlement

/// L2: another grain begins where the old one has ended, and nothing is sent twice or left out.
@Suite struct RegrainedLedgerTests {
    private static let noon = Timestamp(seconds: 1_927_886_400)
    private static let settings = SettlementSettings(scheduleInterval: .seconds(60))

    private func rules(_ grain: TimeGrain) -> SettlementRules { Self.settings.rules(grain: grain) }

    /// A ledger at `grain` that has read up to `end`, with values where `hasValue`.
    private func ledger(
        _ grain: TimeGrain, bornAt birth: Timestamp, readTo end: Timestamp, hasValue: (Timestamp) -> Bool
    ) -> PairLedger {
        var ledger = PairLedger(firstPlannedAt: birth, rules: rules(grain))
        var buckets: [(start: Timestamp, value: Double?)] = []
        var start = ledger.birth
        while start < end {
            buckets.append((start, hasValue(start) ? 1 : nil))
            start = start + grain.duration
        }
        let answer = ModelAnswer(series: [buckets])
        _ = ledger.settle(answer, window: ledger.birth..<end, now: end + .seconds(600), rules: rules(grain))
        return ledger
    }

    static let changes: [(TimeGrain, TimeGrain, Int64, Int64)] = [
        // From, to, minutes read after noon, where the new form begins in minutes after noon.
        (.oneMinute, .fiveMinutes, 7, 10), (.oneMinute, .fiveMinutes, 10, 10), (.oneMinute, .oneHour, 61, 120),
        (.fiveMinutes, .oneMinute, 35, 35), (.oneHour, .fiveMinutes, 60, 60),
    ]

    @Test("the first bucket that starts at or after the newest end already sent", arguments: changes)
    func afterNewestEnd(from: TimeGrain, to: TimeGrain, read: Int64, begins: Int64) {
        let end = Self.noon + .seconds(60 * read)
        let old = ledger(from, bornAt: Self.noon + .seconds(600), readTo: end) { _ in true }
        let new = old.regrained(from: rules(from), to: rules(to), at: end + .seconds(600))
        #expect(new.birth == Self.noon + .seconds(60 * begins))
        #expect(new.mark == new.birth && new.reach == new.birth + rules(to).overlap + to.duration)
    }

    @Test("buckets that were empty at the end are read again, wider")
    func emptyEnd() {
        let old = ledger(.oneMinute, bornAt: Self.noon, readTo: Self.noon + .seconds(600)) {
            $0 < Self.noon + .seconds(120)
        }
        let new = old.regrained(
            from: rules(.oneMinute), to: rules(.fiveMinutes), at: Self.noon + .seconds(900))
        #expect(new.birth == Self.noon + .seconds(300))
    }

    @Test("what was never read begins no later than it did, nor than if it were new")
    func unread() {
        let old = PairLedger(firstPlannedAt: Self.noon, rules: rules(.oneMinute))
        let hour = rules(.oneHour)
        let fresh = old.regrained(from: rules(.oneMinute), to: hour, at: Self.noon)
        #expect(fresh.birth == PairLedger(firstPlannedAt: Self.noon, rules: hour).birth)
        let late = old.regrained(from: rules(.oneMinute), to: hour, at: Self.noon + .seconds(7200))
        #expect(late.birth == old.birth.floored(to: .oneHour))
    }

    @Test("of a pair that never had a value no bucket is skipped that may still be filled")
    func neverAValue() {
        let end = Self.noon + .seconds(7200)
        let old = ledger(.oneMinute, bornAt: Self.noon, readTo: end) { _ in false }
        let new = old.regrained(from: rules(.oneMinute), to: rules(.fiveMinutes), at: end)
        // All of it was looked at after its overlap but for the last minute.
        #expect(new.birth == end)
        let fresh = PairLedger(firstPlannedAt: Self.noon, rules: rules(.oneMinute))
        var open = fresh
        let answer = ModelAnswer(series: [[(fresh.birth, nil)]])
        let first = fresh.birth..<(fresh.birth + .seconds(60))
        _ = open.settle(answer, window: first, now: Self.noon, rules: rules(.oneMinute))
        #expect(open.mark > open.birth)
        #expect(
            open.regrained(from: rules(.oneMinute), to: rules(.fiveMinutes), at: Self.noon).birth
                == Self.noon - .seconds(300), "its one minute may still fill")
    }

    @Test("the newest marked bucket", arguments: [0, 1, 63, 64, 65, 1000, 32_131_440] as [Int64])
    func newest(bucket: Int64) {
        var buckets = SentBuckets()
        #expect(buckets.newest == nil)
        _ = buckets.insert(bucket)
        #expect(buckets.newest == bucket)
        if bucket > 0 { _ = buckets.insert(bucket - 1) }
        #expect(buckets.newest == bucket)
    }
}
