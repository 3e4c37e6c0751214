import MetricModel
import Testing

@testable import Settlement

@Suite struct PairLedgerTests {
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
        let ledger = PairLedger(firstPlannedAt: now, rules: rules)
        #expect(ledger.birth == Self.noon - .seconds(180 + back))
        #expect(ledger.mark == ledger.birth)
    }

    @Test("T4: a bucket is sent when end + settle has passed, by the time of the answer, and only once")
    func settledOnly() throws {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(240))
        let answer = ModelAnswer(series: [(0..<4).map { (start + .seconds(60 * $0), Double($0)) }])
        let first = ledger.settle(answer, window: window, now: Self.noon + .seconds(60), rules: Self.rules)
        #expect(first.points.map(\.value) == [0, 1])
        let second = ledger.settle(answer, window: window, now: Self.noon + .seconds(120), rules: Self.rules)
        #expect(second.points.map(\.value) == [2])
    }

    @Test("T4: null is read again and sent when it fills; zero is a value; late is counted after end + overlap")
    func nullThenValue() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(60))
        #expect(
            ledger.settle(ModelAnswer(series: [[(start, nil)]]), window: window, now: Self.noon, rules: Self.rules)
                .points.isEmpty)
        var late = ledger
        let filled = ledger.settle(
            ModelAnswer(series: [[(start, 0)]]), window: window, now: Self.noon + .seconds(300), rules: Self.rules)
        #expect(filled.points == [Point(series: 0, bucketStart: start, value: 0)])
        #expect(filled.lateCount == 0)
        let after = late.settle(
            ModelAnswer(series: [[(start, 7)]]), window: window, now: Self.noon + .seconds(700), rules: Self.rules)
        #expect(after.points.count == 1)
        #expect(after.lateCount == 1)
    }

    @Test("T4: a series that is missing, or an empty list, reads the buckets as empty and sends nothing")
    func missingSeries() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let window = ledger.birth..<(ledger.birth + .seconds(60))
        let settled = ledger.settle(ModelAnswer(series: []), window: window, now: Self.noon, rules: Self.rules)
        #expect(settled.points.isEmpty)
        #expect(ledger.mark == window.upperBound)
    }

    @Test("an answer that begins after the mark decides nothing: it would leave a hole")
    func hole() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.mark + .seconds(60)
        let settled = ledger.settle(
            ModelAnswer(series: [[(start, 1)]]), window: start..<(start + .seconds(60)), now: Self.noon + .seconds(600),
            rules: Self.rules)
        #expect(settled.points.isEmpty)
        #expect(ledger.mark == ledger.birth)
    }

    @Test("odd answers: duplicates, unsorted, outside the window and off the grain never double or invent")
    func oddAnswers() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let start = ledger.birth
        let window = start..<(start + .seconds(120))
        let answer = ModelAnswer(series: [
            [
                (start + .seconds(60), 2), (start, 1), (start, 9), (start - .seconds(60), 5),
                (start + .seconds(120), 6),
                (start + .seconds(30), 8),
            ]
        ])
        let settled = ledger.settle(answer, window: window, now: Self.noon + .seconds(600), rules: Self.rules)
        #expect(settled.points.map(\.value) == [1, 2])
        #expect(settled.misalignedCount == 1)
    }

    @Test("T6: at PT1M the newest three buckets are asked again, above only what is new")
    func windows() throws {
        var minute = PairLedger(firstPlannedAt: Self.noon - .seconds(1200), rules: Self.rules)
        _ = minute.settle(
            ModelAnswer(series: []), window: minute.birth..<(Self.noon - .seconds(180)), now: Self.noon,
            rules: Self.rules)
        #expect(
            minute.window(at: Self.noon, rules: Self.rules) == (Self.noon - .seconds(360))..<(Self.noon - .seconds(180))
        )
        let hourly = SettlementRules(grain: .oneHour, scheduleInterval: .seconds(3600))
        var hour = PairLedger(firstPlannedAt: Self.noon, rules: hourly)
        let first = try #require(hour.window(at: Self.noon, rules: hourly))
        #expect(first == (Self.noon - .seconds(7200))..<(Self.noon - .seconds(3600)))
        _ = hour.settle(ModelAnswer(series: []), window: first, now: Self.noon, rules: hourly)
        #expect(hour.window(at: Self.noon + .seconds(60), rules: hourly) == nil)
    }

    @Test("T3: a longer overlap, set later, does not reach back before birth")
    func longerOverlap() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let longer = SettlementRules(grain: .oneMinute, overlap: .seconds(1800), scheduleInterval: .seconds(60))
        let start = ledger.birth - .seconds(60)
        let settled = ledger.settle(
            ModelAnswer(series: [[(start, 1), (ledger.birth, 2)]]), window: start..<(ledger.birth + .seconds(60)),
            now: Self.noon, rules: longer)
        #expect(settled.points.map(\.value) == [2])
    }

    static let gaps: [(Int64, Int64)] = [(3600, 3600), (86_400, 86_400), (60, 62 * 3600), (7 * 86_400, 7 * 86_400)]

    @Test("T10: a rare schedule gives nothing up when all is well, nor when one run fails", arguments: gaps)
    func rareSchedule(shortest: Int64, longest: Int64) throws {
        let rules = SettlementRules(
            grain: .oneMinute, scheduleInterval: .seconds(shortest), longestGap: .seconds(longest))
        var now = Self.noon
        var ledger = PairLedger(firstPlannedAt: now, rules: rules)
        for run in 0..<6 {
            #expect(ledger.skipOlderThanCatchUp(at: now, rules: rules) == nil, "run \(run)")
            if run != 3, let window = ledger.window(at: now, rules: rules) {
                _ = ledger.settle(ModelAnswer(series: []), window: window, now: now, rules: rules)
            }
            now = now + .seconds(longest)
        }
    }

    @Test("T10: a backfill longer than catchUp is not given up before it began")
    func longBackfill() {
        let rules = SettlementRules(grain: .oneMinute, backfill: .seconds(7 * 86_400), scheduleInterval: .seconds(60))
        let now = Self.noon + .seconds(59)
        var ledger = PairLedger(firstPlannedAt: now, rules: rules)
        #expect(ledger.skipOlderThanCatchUp(at: now, rules: rules) == nil)
    }

    @Test("T10: what is older than catchUp is skipped with its range, the rest is caught up")
    func skipped() {
        var ledger = PairLedger(firstPlannedAt: Self.noon, rules: Self.rules)
        let later = Self.noon + .seconds(2 * 86_400)
        let range = ledger.skipOlderThanCatchUp(at: later, rules: Self.rules)
        #expect(range == ledger.birth..<(later - .seconds(86_400)))
        #expect(ledger.mark == later - .seconds(86_400))
        #expect(ledger.skipOlderThanCatchUp(at: later, rules: Self.rules) == nil)
    }
}
