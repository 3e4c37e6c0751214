import MetricModel
import Testing

@testable import Settlement

/// L2: another grain begins where the old one has ended, and nothing is sent twice or left out.
@Suite struct ReformedLedgerTests {
    private static let noon = Timestamp(seconds: 1_927_886_400)
    private static let settings = SettlementSettings(scheduleInterval: .seconds(60))

    private func rules(_ grain: TimeGrain) -> SettlementRules { Self.settings.rules(grain: grain) }

    /// A ledger at `grain` that has read up to `end`, with values where `hasValue`.
    private func ledger(
        _ grain: TimeGrain, bornAt birth: Timestamp, readTo end: Timestamp, at now: Timestamp? = nil,
        hasValue: (Timestamp) -> Bool
    ) -> OnePair {
        var ledger = OnePair(firstPlannedAt: birth, rules: rules(grain))
        var buckets: [(start: Timestamp, value: Double?)] = []
        var start = ledger.birth
        while start < end {
            buckets.append((start, hasValue(start) ? 1 : nil))
            start = start + grain.duration
        }
        let answer = ModelAnswer(series: [buckets])
        _ = ledger.settle(answer, window: ledger.birth..<end, now: now ?? end + rules(grain).settle)
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
        let new = old.reformed(to: rules(to), at: end + .seconds(600))
        #expect(new.birth == Self.noon + .seconds(60 * begins))
        #expect(new.mark == new.birth && new.reach == new.birth + rules(to).overlap + to.duration)
    }

    @Test("buckets that were empty at the end are read again, wider")
    func emptyEnd() {
        let old = ledger(.oneMinute, bornAt: Self.noon, readTo: Self.noon + .seconds(420)) {
            $0 < Self.noon + .seconds(120)
        }
        let new = old.reformed(
            to: rules(.fiveMinutes), at: Self.noon + .seconds(900))
        #expect(new.birth == Self.noon + .seconds(300))
    }

    @Test("what was never read begins no later than it did, nor than if it were new")
    func unread() {
        let old = OnePair(firstPlannedAt: Self.noon, rules: rules(.oneMinute))
        let hour = rules(.oneHour)
        let fresh = old.reformed(to: hour, at: Self.noon)
        #expect(fresh.birth == OnePair(firstPlannedAt: Self.noon, rules: hour).birth)
        let late = old.reformed(to: hour, at: Self.noon + .seconds(7200))
        #expect(late.birth == old.birth.floored(to: .oneHour))
    }

    @Test("of a pair that never had a value no bucket is skipped that may still be filled")
    func neverAValue() {
        let end = Self.noon + .seconds(7200)
        let old = ledger(.oneMinute, bornAt: Self.noon, readTo: end, at: end + .seconds(600)) { _ in false }
        let new = old.reformed(to: rules(.fiveMinutes), at: end)
        // All of it was looked at after its overlap but for the last minute.
        #expect(new.birth == end)
        let fresh = OnePair(firstPlannedAt: Self.noon, rules: rules(.oneMinute))
        var open = fresh
        let answer = ModelAnswer(series: [[(fresh.birth, nil)]])
        let first = fresh.birth..<(fresh.birth + .seconds(60))
        _ = open.settle(answer, window: first, now: Self.noon)
        #expect(open.mark > open.birth)
        #expect(
            open.reformed(to: rules(.fiveMinutes), at: Self.noon).birth
                == Self.noon - .seconds(300), "its one minute may still fill")
    }

    /// In seconds.
    static let detours: [[Int64]] = [[300, 60], [3600, 60], [86_400, 60], [60, 60], [300, 3600, 86_400, 60]]

    @Test(
        "a change that is taken back before anything was sent leaves out nothing and repeats nothing",
        arguments: detours)
    func takenBack(grains: [Int64]) throws {
        let end = Self.noon + .seconds(7 * 60)
        var pair = ledger(.oneMinute, bornAt: Self.noon - .seconds(3600), readTo: end) { _ in true }
        let settings = SettlementSettings(backfill: .seconds(7200), scheduleInterval: .seconds(60))
        for grain in grains {
            let grain = try #require(TimeGrain(seconds: grain))
            pair = pair.reformed(to: settings.rules(grain: grain), at: end + .seconds(240))
            try pair.restart()
        }
        #expect(pair.birth == end && pair.mark == end)
    }

    @Test("what was skipped, or empty for good, is not read again by a later form")
    func decided() {
        var pair = OnePair(firstPlannedAt: Self.noon, rules: rules(.oneMinute))
        let later = Self.noon + .seconds(3 * 86_400)
        let skipped = pair.skipOlderThanCatchUp(at: later)
        for grain in [TimeGrain.fiveMinutes, .oneMinute] { pair = pair.reformed(to: rules(grain), at: later) }
        #expect(pair.birth == skipped?.upperBound)
    }

    @Test("a pair whose clock was ahead begins again after what it sent")
    func beginsAgain() {
        let end = Self.noon + .seconds(420)
        let settings = SettlementSettings(backfill: .seconds(7200), scheduleInterval: .seconds(60))
        var pair = ledger(.oneMinute, bornAt: Self.noon, readTo: end) { _ in true }
        pair = pair.reformed(to: settings.rules(grain: .fiveMinutes), at: end)
        pair.ledger.begin(7, at: end + .seconds(300), times: pair.times)
        #expect(pair.birth == Self.noon + .seconds(600))
        // What lies ahead of all time is none that was sent.
        pair.ledger.begin(7, at: Self.noon, times: pair.times)
        #expect(pair.birth < Self.noon)
    }

    @Test("a ledger of the first version is read, and what it knows counts as decided")
    func firstVersion() throws {
        let pair = ledger(.oneMinute, bornAt: Self.noon, readTo: Self.noon + .seconds(420)) { _ in false }
        var bytes = pair.ledger.bytes(times: pair.times, form: 1)
        // Version, flags, grain, form, slots, and three columns of one value; then that of the floors, of one value.
        bytes[0] = 1
        bytes.removeSubrange(37..<42)
        let read = try BlockLedger.read(bytes, times: pair.times).ledger
        #expect(read.pairs[7].floor == read.pairs[7].known)
        #expect(read.mark(7) == pair.mark && read.keys == pair.ledger.keys)
    }

    /// Random changes of the form, with progress in between or without.
    @Test(
        "no bucket that begins before the newest end sent is sent again in any form, and none after it is left out",
        arguments: 0..<60)
    func chain(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        func any<Choice>(_ choices: [Choice]) throws -> Choice { try #require(choices.randomElement(using: &random)) }
        let grains = try [60, 300, 3600, 86_400].map { try #require(TimeGrain(seconds: $0)) }
        let settings = SettlementSettings(
            backfill: .seconds(try any([0, 3600, 86_400])), catchUp: .seconds(30 * 86_400),
            scheduleInterval: .seconds(60))
        var now = Self.noon + .seconds(Int64(random.next() % 86_400))
        var grain = try any(grains)
        var pair = OnePair(firstPlannedAt: now, rules: settings.rules(grain: grain))
        var newestEnd: Timestamp?
        for _ in 0..<40 {
            let before = newestEnd
            now = now + .seconds(Int64(random.next() % (random.next() % 4 == 0 ? 200_000 : 900)))
            if random.next() % 3 > 0 {
                grain = try any(grains)
                pair = pair.reformed(to: settings.rules(grain: grain), at: now)
                let first = before.map { end in
                    let floored = end.floored(to: grain)
                    return floored < end ? floored + grain.duration : end
                }
                #expect(first == nil || pair.birth == first, "seed \(seed)")
            }
            if random.next() % 2 == 0 { try pair.restart() }
            guard random.next() % 2 == 0, let window = pair.window(at: now) else { continue }
            var buckets: [(start: Timestamp, value: Double?)] = []
            var start = window.lowerBound
            while start < window.upperBound {
                buckets.append((start, 1))
                start = start + grain.duration
            }
            let points = pair.settle(ModelAnswer(series: [buckets]), window: window, now: now).points
            for (position, point) in points.enumerated() {
                // Without a hole from the first bucket that may be sent; every bucket has a value.
                let (start, end) = (Timestamp(seconds: point.start), Timestamp(seconds: point.end))
                if let newest = newestEnd {
                    #expect(start >= newest, "seed \(seed): sent again")
                    #expect(start - newest < grain.duration, "seed \(seed): left out")
                    if position > 0 { #expect(start == newest, "seed \(seed): left out") }
                }
                newestEnd = end
            }
        }
        #expect(newestEnd != nil)
    }
}
