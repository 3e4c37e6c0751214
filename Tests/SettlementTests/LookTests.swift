import MetricModel
import Testing

@testable import Settlement

/// T7 and T8: when a pair is looked at again.
@Suite struct LookTests {
    private static let midnight = Timestamp(seconds: 1_927_843_200)

    enum Case: String, CaseIterable, Sendable { case staysEmpty, fillsAfterHalfAnHour, isDead }

    static let looks: [(Int64, Case, Int64?, [Int64])] = [
        // The first read 10 minutes after the end; another bucket, with a look back, each grain after that.
        (3600, .staysEmpty, nil, [10, 20, 40, 70, 80, 120, 130, 190]),
        (3600, .fillsAfterHalfAnHour, nil, [10, 20, 40, 70, 130, 190]),
        (3600, .staysEmpty, 3600, [10, 20, 40, 70, 130, 190]),
        (3600, .isDead, nil, [10, 70, 130, 190]),
        (43_200, .staysEmpty, nil, [10, 20, 40, 80, 120, 360, 720, 730, 1080, 1440, 1450, 2170]),
        (43_200, .isDead, nil, [10, 730, 1450, 2170]),
        (
            86_400, .staysEmpty, nil,
            [10, 20, 40, 80, 120, 360, 720, 1080, 1440, 1450, 1800, 2160, 2520, 2880, 2890, 4330]
        ),
    ]

    @Test("T8: minutes after its end at which an empty bucket is asked for, each once", arguments: looks)
    func again(grain: Int64, _ kind: Case, overlap: Int64?, minutes: [Int64]) throws {
        let grain = try #require(TimeGrain(seconds: grain))
        let rules = SettlementRules(
            grain: grain, overlap: overlap.map { .seconds($0) }, scheduleInterval: .seconds(60))
        let end = Self.midnight
        let empty = end - grain.duration
        // Values up to the empty bucket and after it; a dead series has neither.
        func value(_ start: Timestamp, _ now: Timestamp) -> Double? {
            if kind == .isDead { return start < empty - grain.duration * 3 ? 1 : nil }
            return start == empty && (kind == .staysEmpty || now < end + .seconds(1800)) ? nil : 1
        }
        var pair = OnePair(firstPlannedAt: end - grain.duration * 9, rules: rules)
        var asked: [Int64] = []
        var now = end - grain.duration + .seconds(600)
        while now < end + .seconds(60 * ((minutes.last ?? 0) + 5)) {
            if let window = pair.window(at: now) {
                if now > end { asked.append((now.seconds - end.seconds) / 60) }
                let starts = stride(
                    from: window.lowerBound.seconds, to: window.upperBound.seconds, by: Int(grain.seconds)
                ).map { Timestamp(seconds: $0) }
                let answer = ModelAnswer(series: [starts.map { ($0, value($0, now)) }])
                _ = pair.settle(answer, window: window, now: now)
            }
            now = now + .seconds(60)
        }
        #expect(asked == minutes)
    }

    @Test(
        "T8: buckets that are open at the same time keep their own looks; a series that ended has none after three",
        arguments: [120, 30] as [Int64])
    func neighbours(overlap: Int64) throws {
        let rules = SettlementRules(
            grain: .fiveMinutes, overlap: .seconds(60 * overlap), scheduleInterval: .seconds(60))
        let end = Self.midnight
        let open = (0..<8).map { end + .seconds(300 * ($0 - 1)) }
        var pair = OnePair(firstPlannedAt: end - .seconds(3600), rules: rules)
        var looks = [[Int64]](repeating: [], count: open.count)
        for minute in Int64(-30)..<200 {
            let now = end + .seconds(60 * minute)
            guard let window = pair.window(at: now) else { continue }
            for (index, start) in open.enumerated() where window.lowerBound == start {
                // Neither for the first time nor a look back.
                guard start < pair.mark, start > pair.birth else { continue }
                looks[index].append(minute - 5 * Int64(index))
            }
            let starts = stride(from: window.lowerBound.seconds, to: window.upperBound.seconds, by: 300)
                .map { Timestamp(seconds: $0) }
            let answer = ModelAnswer(series: [starts.map { ($0, $0 < open[0] ? 1 : nil) }])
            _ = pair.settle(answer, window: window, now: now)
            #expect(pair.window(at: now) == nil, "minute \(minute)")
        }
        // Some coincide with a look back, or with that of an older bucket.
        for (index, minutes) in looks.enumerated() {
            let right = [10, 20, 40, 80, 120].filter { index < 3 && $0 <= overlap }
            #expect(Set(minutes).isSubset(of: right), "bucket \(index)")
            #expect(minutes.count >= (index < 3 && overlap == 120 ? 2 : 0), "bucket \(index)")
        }
    }

    @Test("T7: an answer that comes some seconds after its cycle began does not put the next look back off")
    func slowAnswers() throws {
        let rules = SettlementRules(grain: .oneHour, scheduleInterval: .seconds(3600))
        let begin = Self.midnight + .seconds(660)
        var pair = OnePair(firstPlannedAt: begin, rules: rules)
        for hour in Int64(0)..<8 {
            let now = begin + .seconds(3600 * hour)
            let window = try #require(pair.window(at: now))
            // A birth is no look back: the first is due when one can see something.
            #expect(window.lowerBound == pair.birth || hour < 3, "hour \(hour)")
            _ = pair.settle(ModelAnswer(series: []), window: window, now: now + .seconds(hour % 2 == 0 ? 9 : 1))
        }
    }

    @Test("T8: a look that an answer did not cover is still due after it")
    func uncovered() throws {
        let rules = SettlementRules(grain: .oneHour, scheduleInterval: .seconds(60))
        let end = Self.midnight
        var pair = OnePair(firstPlannedAt: end - .seconds(36_000), rules: rules)
        func answer(_ window: Range<Timestamp>) -> ModelAnswer {
            let starts = stride(from: window.lowerBound.seconds, to: window.upperBound.seconds, by: 3600)
                .map { Timestamp(seconds: $0) }
            return ModelAnswer(series: [starts.map { ($0, $0 == end - .seconds(3600) ? nil : 1) }])
        }
        let first = try #require(pair.window(at: end + .seconds(600)))
        _ = pair.settle(answer(first), window: first, now: end + .seconds(600))
        let now = end + .seconds(1200)
        let due = try #require(pair.window(at: now))
        #expect(due.lowerBound == end - .seconds(3600))
        _ = pair.settle(answer(end..<end), window: end..<end, now: now)
        #expect(pair.window(at: now) == due)
        _ = pair.settle(answer(due), window: due, now: now)
        #expect(pair.window(at: now) == nil)
        try pair.restart()
        #expect(pair.window(at: now) == due)
        _ = pair.settle(answer(due), window: due, now: now)
        #expect(pair.window(at: now) == nil)
    }

    @Test("T7: looks back take turns, and see every bucket after its limit", arguments: [60, 300] as [Int64])
    func turns(grain: Int64) throws {
        let grain = try #require(TimeGrain(seconds: grain))
        let rules = SettlementRules(grain: grain, scheduleInterval: grain.duration)
        let begin = Self.midnight + .seconds(7)
        var pairs = (0..<5).map { _ in OnePair(firstPlannedAt: begin, rules: rules) }
        let birth = pairs[0].birth
        let cycles: Int64 = 120
        var lookedAfterLimit = [Set<Int64>](repeating: [], count: 5)
        for cycle in 0..<cycles {
            let now = begin + grain.duration * Int(cycle)
            var lookBacks = 0
            for turn in pairs.indices {
                let window = try #require(pairs[turn].window(at: now, turn: turn))
                let count = (window.upperBound - window.lowerBound) / grain.duration
                if window.lowerBound == pairs[turn].birth, cycle > 40 {
                    lookBacks += 1
                } else {
                    // Idle pairs cost no more than that.
                    #expect(count <= (grain == .oneMinute ? 3 : 1) || cycle <= 40)
                }
                #expect(count <= Double((rules.reachBackWidth + rules.cycle + rules.settle) / grain.duration))
                for start in stride(
                    from: window.lowerBound.seconds, to: window.upperBound.seconds, by: Int(grain.seconds))
                where now.seconds >= start + grain.seconds + Int64(rules.overlap / .seconds(1)) {
                    lookedAfterLimit[turn].insert(start)
                }
                _ = pairs[turn].settle(ModelAnswer(series: []), window: window, now: now)
            }
            #expect(lookBacks == 1 || cycle <= 40, "cycle \(cycle)")
        }
        let last = begin + grain.duration * Int(cycles - 7) - rules.overlap
        for start in stride(from: birth.seconds, to: last.seconds, by: Int(grain.seconds)) {
            #expect(lookedAfterLimit.allSatisfy { $0.contains(start) }, "\(start - birth.seconds)")
        }
    }
}
