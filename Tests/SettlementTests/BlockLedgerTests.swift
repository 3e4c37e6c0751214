import MetricModel
import Testing

@testable import Settlement

@Suite struct BlockLedgerTests {
    static let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
    static let noon = Timestamp(seconds: 1_927_886_400)

    static let defaults: [(Int64, Int64, Int64)] = [
        (60, 180, 600), (300, 300, 7200), (600, 600, 7200), (3600, 600, 7200), (21_600, 600, 43_200),
    ]

    @Test("T2: settle and overlap follow the grain", arguments: defaults)
    func defaultTimes(grain: Int64, settle: Int64, overlap: Int64) throws {
        let grain = try #require(TimeGrain(seconds: grain))
        let rules = SettlementRules(grain: grain, scheduleInterval: .seconds(60))
        #expect(rules.settle == .seconds(settle))
        #expect(rules.overlap == .seconds(overlap))
    }

    static let births: [(Int64, Int64)] = [(0, 60), (30, 60), (60, 60), (61, 120), (600, 600), (86_400, 86_400)]

    @Test("T3: a pair begins at least one grain, else backfill, before the newest settled end", arguments: births)
    func birth(backfill: Int64, back: Int64) {
        let rules = SettlementRules(grain: .oneMinute, backfill: .seconds(backfill), scheduleInterval: .seconds(60))
        let now = Self.noon + .seconds(17)
        let ledger = OnePair(firstPlannedAt: now, rules: rules)
        #expect(ledger.birth == Self.noon - .seconds(180 + back))
        #expect(ledger.mark == ledger.birth)
    }

    @Test("T4: a bucket is sent when end + settle has passed, by the time of the answer, and only once")
    func settledOnly() throws {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(240))
        let answer = ModelAnswer(series: [(0..<4).map { (start + .seconds(60 * $0), Double($0)) }])
        let first = ledger.settle(answer, window: window, now: Self.noon + .seconds(60))
        #expect(first.points.map(\.value) == [0, 1])
        let second = ledger.settle(answer, window: window, now: Self.noon + .seconds(120))
        #expect(second.points.map(\.value) == [2])
    }

    @Test("T4: null is read again and sent when it fills; zero is a value; late is counted after end + overlap")
    func nullThenValue() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(60))
        #expect(
            ledger.settle(ModelAnswer(series: [[(start, nil)]]), window: window, now: Self.noon)
                .points.isEmpty)
        var late = ledger
        let filled = ledger.settle(
            ModelAnswer(series: [[(start, 0)]]), window: window, now: Self.noon + .seconds(300))
        #expect(
            filled.points == [
                SettledPoint(
                    series: 0, kind: .live, start: start.seconds, end: start.seconds + 60, value: 0)
            ])
        #expect(filled.lateCount == 0)
        let after = late.settle(
            ModelAnswer(series: [[(start, 7)]]), window: window, now: Self.noon + .seconds(700))
        #expect(after.points.count == 1)
        #expect(after.lateCount == 1)
    }

    @Test("T4: a series that is missing, or an empty list, reads the buckets as empty and sends nothing")
    func missingSeries() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let window = ledger.birth..<(ledger.birth + .seconds(60))
        let settled = ledger.settle(ModelAnswer(series: []), window: window, now: Self.noon)
        #expect(settled.points.isEmpty)
        #expect(ledger.mark == window.upperBound)
        _ = ledger.settle(ModelAnswer(series: [[(window.lowerBound, nil)]]), window: window, now: Self.noon)
        #expect(ledger.ledger.keys.isEmpty, "idle series take no room")
    }

    @Test("an answer that begins after the mark decides nothing: it would leave a hole")
    func hole() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.mark + .seconds(60)
        let settled = ledger.settle(
            ModelAnswer(series: [[(start, 1)]]), window: start..<(start + .seconds(60)), now: Self.noon + .seconds(600))
        #expect(settled.points.isEmpty)
        #expect(ledger.mark == ledger.birth)
    }

    @Test("odd answers: duplicates, unsorted, outside the window and off the grain never double or invent")
    func oddAnswers() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(120))
        let answer = ModelAnswer(series: [
            [
                (start + .seconds(60), 2), (start, 1), (start, 9), (start - .seconds(60), 5),
                (start + .seconds(120), 6),
                (start + .seconds(30), 8),
            ]
        ])
        let settled = ledger.settle(answer, window: window, now: Self.noon + .seconds(600))
        #expect(settled.points.map(\.value) == [1, 2])
        #expect(settled.misalignedCount == 1)
    }

    @Test("T6: at PT1M the newest three buckets are asked again, above only what is new")
    func windows() throws {
        var minute = OnePair(firstPlannedAt: Self.noon - .seconds(1200), rules: Self.rules)
        _ = minute.settle(
            ModelAnswer(series: []), window: minute.birth..<(Self.noon - .seconds(180)), now: Self.noon)
        #expect(
            minute.window(at: Self.noon) == (Self.noon - .seconds(360))..<(Self.noon - .seconds(180))
        )
        let hourly = SettlementRules(grain: .oneHour, scheduleInterval: .seconds(3600))
        var hour = OnePair(firstPlannedAt: Self.noon, rules: hourly)
        let first = try #require(hour.window(at: Self.noon))
        #expect(first == (Self.noon - .seconds(7200))..<(Self.noon - .seconds(3600)))
        _ = hour.settle(ModelAnswer(series: []), window: first, now: Self.noon)
        #expect(hour.window(at: Self.noon + .seconds(60)) == nil)
    }

    @Test("T3: a longer overlap, set later, does not reach back before birth")
    func longerOverlap() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let longer = SettlementRules(grain: .oneMinute, overlap: .seconds(1800), scheduleInterval: .seconds(60))
        let start = ledger.birth - .seconds(60)
        ledger.rules = longer
        let settled = ledger.settle(
            ModelAnswer(series: [[(start, 1), (ledger.birth, 2)]]), window: start..<(ledger.birth + .seconds(60)),
            now: Self.noon)
        #expect(settled.points.map(\.value) == [2])
    }

    static let gaps: [(Int64, Int64)] = [(3600, 3600), (86_400, 86_400), (60, 62 * 3600), (7 * 86_400, 7 * 86_400)]

    @Test("T10: a rare schedule gives nothing up when all is well, nor when one run fails", arguments: gaps)
    func rareSchedule(shortest: Int64, longest: Int64) throws {
        let rules = SettlementRules(
            grain: .oneMinute, scheduleInterval: .seconds(shortest), longestGap: .seconds(longest))
        var now = Self.noon
        var ledger = OnePair(firstPlannedAt: now, rules: rules)
        for run in 0..<6 {
            #expect(ledger.skipOlderThanCatchUp(at: now) == nil, "run \(run)")
            if run != 3, let window = ledger.window(at: now) {
                _ = ledger.settle(ModelAnswer(series: []), window: window, now: now)
            }
            now = now + .seconds(longest)
        }
    }

    @Test("T10: a backfill longer than catchUp is not given up before it began")
    func longBackfill() {
        let rules = SettlementRules(grain: .oneMinute, backfill: .seconds(7 * 86_400), scheduleInterval: .seconds(60))
        let now = Self.noon + .seconds(59)
        var ledger = OnePair(firstPlannedAt: now, rules: rules)
        #expect(ledger.skipOlderThanCatchUp(at: now) == nil)
    }

    @Test("T10: what is older than catchUp is skipped with its range, the rest is caught up")
    func skipped() {
        var ledger = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        let later = Self.noon + .seconds(2 * 86_400)
        let birth = ledger.birth
        let range = ledger.skipOlderThanCatchUp(at: later)
        #expect(range == birth..<(later - .seconds(86_400)))
        #expect(ledger.mark == later - .seconds(86_400))
        #expect(ledger.skipOlderThanCatchUp(at: later) == nil)
        // It stays given up when the metric is read in another form: the next whole bucket is the first.
        var between = OnePair(firstPlannedAt: Self.noon, rules: Self.rules)
        #expect(between.skipOlderThanCatchUp(at: later + .seconds(60)) != nil)
        let fiveMinutes = SettlementRules(grain: .fiveMinutes, scheduleInterval: .seconds(60))
        #expect(between.reformed(to: fiveMinutes, at: later).birth == later - .seconds(86_400 - 300))
    }
}

/// What concerns several slots, and settings that change.
@Suite struct BlockLedgerSlotTests {
    private static let noon = BlockLedgerTests.noon
    private static let times = SettlementTimes(BlockLedgerTests.rules)

    @Test("T11: who is behind asks apart from the others, with those at the same mark")
    func laggards() throws {
        var ledger = BlockLedger(times: Self.times)
        for (slot, hours) in [0, 0, 2, 2, 3, 0].enumerated() {
            ledger.begin(slot, at: Self.noon - .seconds(Int64(hours) * 3600), times: Self.times)
        }
        ledger.end(1)
        let requests = ledger.requests(0b1_1111, at: Self.noon, turn: 0, times: Self.times)
        #expect(requests.map(\.slots) == [0b1, 0b1100, 0b1_0000])
        let end = Self.noon - .seconds(180)
        #expect(requests.map(\.mark) == [0, 7200, 10_800].map { end - .seconds(60 + $0) })
        #expect(requests.map(\.window.lowerBound) == requests.map(\.mark))
        #expect(requests.allSatisfy { $0.window.upperBound == end })
        // A little behind is no laggard.
        ledger.begin(2, at: Self.noon - .seconds(900), times: Self.times)
        let near = ledger.requests(0b101, at: Self.noon, turn: 0, times: Self.times)
        #expect(near.map(\.slots) == [0b101])
        #expect(near.first?.window.lowerBound == Self.noon - .seconds(240 + 900))
        #expect(near.first?.mark == near.first?.window.lowerBound)
    }

    @Test("a slot that ends, or begins again, leaves the others' series alone")
    func ends() throws {
        var ledger = StoredLedgerTests.ledger(series: 2, isCumulative: true, isMixed: true, slots: 4)
        let before = [0, 2, 3].map { ledger.keys[ledger.series($0)] + [] }
        #expect(ledger.occupied == 0b1111)
        ledger.end(1)
        #expect(ledger.occupied == 0b1101)
        #expect(ledger.mark(1) == nil && ledger.series(1).isEmpty)
        #expect([0, 2, 3].map { ledger.keys[ledger.series($0)] + [] } == before)
        #expect(ledger.totals.count == 6 && ledger.bits.count == 6 && ledger.prints.count == 6 * ledger.printCount)
        ledger.begin(2, at: Self.noon, times: Self.times)
        #expect(ledger.series(2).isEmpty && ledger.keys.count == 4)
    }

    @Test("L5: a birth that is given: not beyond catchUp, and not in the future")
    func births() {
        var ledger = BlockLedger(times: Self.times)
        ledger.begin(0, at: Self.noon, times: Self.times)
        #expect(ledger.mark(0) == Self.noon - .seconds(240))
        for (back, mark) in [(7230, 7260), (10 * 86_400, 86_400 - 60), (-500, 240)] as [(Int64, Int64)] {
            ledger.begin(0, from: Self.noon - .seconds(back), at: Self.noon, times: Self.times)
            #expect(ledger.mark(0) == Self.noon - .seconds(mark))
            #expect(ledger.skipOlderThanCatchUp(0, at: Self.noon, times: Self.times) == nil)
        }
        #expect(!ledger.beginsInFuture(0, at: Self.noon, times: Self.times))
        #expect(ledger.beginsInFuture(0, at: Self.noon - .seconds(600), times: Self.times))
    }

    @Test("T3, T10: which slots have no pair, are behind, and are older than catchUp")
    func questions() {
        var ledger = BlockLedger(times: Self.times)
        for (slot, seconds) in [0, -7200, -3 * 86_400, 7200].enumerated() {
            ledger.begin(slot, at: Self.noon + .seconds(seconds), times: Self.times)
        }
        #expect(ledger.unbegun(0b11111, at: Self.noon, times: Self.times) == 0b11000)
        #expect(ledger.unbegun(0b00111, at: Self.noon, times: Self.times) == 0)
        #expect(ledger.behind(0b11111, at: Self.noon, times: Self.times) == 0b00111)
        #expect(ledger.behind(0b11101, at: Self.noon - .seconds(60), times: Self.times) == 0b00100)
        #expect(ledger.olderThanCatchUp(0b11111, at: Self.noon, times: Self.times) == 0b00100)
        #expect(ledger.olderThanCatchUp(0b11011, at: Self.noon, times: Self.times) == 0)
    }

    @Test("T2: an overlap that becomes shorter while pairs are behind leaves nothing out")
    func shorterOverlap() throws {
        let longer = SettlementRules(grain: .oneMinute, overlap: .seconds(7200), scheduleInterval: .seconds(60))
        var pair = OnePair(firstPlannedAt: Self.noon, rules: longer)
        let later = Self.noon + .seconds(4 * 3600)
        let first = pair.mark..<(pair.mark + .seconds(1800))
        _ = pair.settle(ModelAnswer(series: []), window: first, now: later)
        pair.rules = BlockLedgerTests.rules
        let next = try #require(pair.window(at: later))
        #expect(next.lowerBound <= first.upperBound)
        let second = next.lowerBound..<(first.upperBound + .seconds(60))
        _ = pair.settle(ModelAnswer(series: []), window: second, now: later)
        let third = try #require(pair.window(at: later))
        #expect(third.lowerBound <= second.upperBound)
    }

    @Test("D3: what is older than a point before it is late, what was missed is catching up, the rest is live")
    func kinds() {
        var pair = OnePair(firstPlannedAt: Self.noon, rules: BlockLedgerTests.rules)
        let start = pair.birth
        let window = start..<(start + .seconds(1800))
        let rows = (0..<30).map { (start + .seconds(60 * $0), Double?.some(1)) }
        var second = rows
        second[3].1 = nil
        let now = window.upperBound + .seconds(180)
        let settled = pair.settle(ModelAnswer(series: [second]), window: window, now: now)
        let limit = now.seconds - 180 - 960
        #expect(settled.points.filter { $0.kind == .catchUp }.map(\.end).max() == limit - 60)
        #expect(settled.points.filter { $0.kind == .live }.map(\.end).min() == limit)
        let late = pair.settle(
            ModelAnswer(series: [[(start + .seconds(1560), 1), (start + .seconds(1800), 1)]]), window: window, now: now)
        #expect(late.points.isEmpty)
    }
}
