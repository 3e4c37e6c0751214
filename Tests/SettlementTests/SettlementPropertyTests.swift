import MetricModel
import Testing

@testable import Settlement

/// Runs the rules against a random Azure that is late, wrong and sometimes away, and reckons independently what has to
/// come of it.
@Suite struct SettlementPropertyTests {
    @Test("every settled bucket exactly once, counted rightly, whatever fails in between", arguments: 0..<48)
    func exactlyOnce(seed: Int) throws {
        var run = try PropertyRun(seed: UInt64(seed))
        try run.run()
        #expect(run.violations.isEmpty, "\(run.setting): \(run.violations.prefix(3))")
    }

    @Test("the runs above decide something, and meet each case")
    func notIdle() throws {
        var counts: [String: Int] = [:]
        for seed in 100..<112 {
            var run = try PropertyRun(seed: UInt64(seed))
            try run.run()
            counts.merge(run.counts) { $0 + $1 }
        }
        for name in [
            "live", "late", "catchUp", "lateCount", "absent", "revised", "skipped", "crash", "lookBack", "ended",
        ] {
            #expect(counts[name, default: 0] > 10, "\(name)")
        }
    }
}

/// One ledger, some slots, one Azure.
struct PropertyRun {
    /// What must have become of one slot, in words as plain as possible.
    struct Expected {
        struct Series {
            var sent: [Int64: Double] = [:]
            /// The values that were seen last, since the last restart.
            var seen: [Int64: Double] = [:]
            var total = 0.0
            var start: Int64?
            var last: Int64 = 0
            var pendingSince: Timestamp?
        }
        var series: [Series]
        var mark: Int64
        var skipped: [Range<Int64>] = []
    }

    static let slots = [0, 3, 4, 49]

    let setting: String
    let isCumulative: Bool
    let resends: Bool
    /// Whether each commit goes through the stored form, as if the agent ended after it.
    let restartsAlways: Bool
    let changesSettings: Bool
    let failureRate: Double
    let turn: Int
    let schedule: Int64
    let grain: TimeGrain
    let azures: [AzureModel]
    let base: SettlementRules
    let length: Duration
    var rules: SettlementRules
    var times: SettlementTimes { SettlementTimes(rules) }
    var random: SplitMix
    var ledger: BlockLedger
    var expected: [Expected] = []
    let births: [Int64]
    var now: Timestamp
    var shortestOverlap: Duration
    var widest: Duration
    var violations: [String] = []
    var counts: [String: Int] = [:]

    init(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        func any<Choice>(_ choices: [Choice]) throws -> Choice {
            try #require(choices.randomElement(using: &random))
        }
        let grain = try #require(TimeGrain(seconds: any([60, 60, 60, 300, 300, 3600, 43_200, 86_400])))
        schedule = try any(grain.seconds < 3600 ? [60, 60, 300, 900] : grain.seconds == 3600 ? [300, 3600] : [3600])
        length = grain.seconds < 3600 ? .seconds(5 * 3600) : .seconds(grain.seconds == 3600 ? 3 * 86_400 : 14 * 86_400)
        isCumulative = try any([true, false, false])
        resends = try any([true, false])
        restartsAlways = try any([true, false])
        changesSettings = try any([true, false, false])
        failureRate = try any([0, 0.1, 0.3, 0.6])
        turn = Int(random.next() % 7)
        let rules = SettlementRules(
            grain: grain, backfill: .seconds(try any([0, 600, 7200])), catchUp: .seconds(try any([86_400, 7200, 0])),
            scheduleInterval: .seconds(schedule))
        (base, self.rules, self.grain) = (rules, rules, grain)
        azures = Self.slots.map { slot in
            let activity: [Double] = [1, 1, 0.5, 0.02, 0].shuffled(using: &random)
            return AzureModel(
                grain: grain, settle: rules.settle, overlap: rules.overlap, seed: seed &* 31 &+ UInt64(slot) &* 101,
                activity: Array(activity.dropLast(1 + Int(random.next() % 4))))
        }
        now = Timestamp(seconds: 1_700_000_000 + Int64(random.next() % 3600))
        shortestOverlap = rules.overlap
        widest = rules.reachBackWidth
        setting = "seed \(seed), \(grain), schedule \(schedule), cumulative \(isCumulative), failures \(failureRate)"
        ledger = BlockLedger(times: SettlementTimes(rules), isCumulative: isCumulative)
        for slot in Self.slots { ledger.begin(slot, at: now, times: SettlementTimes(rules)) }
        births = Self.slots.map { [ledger] in Int64(ledger.pairs[$0].known) }
        self.random = random
        for (number, birth) in births.enumerated() {
            expected.append(
                Expected(series: .init(repeating: .init(), count: azures[number].activity.count), mark: birth))
        }
    }

    mutating func run() throws {
        let stop = now + length
        var quiet = 0
        while quiet < 60 {
            let isQuiet = now >= stop
            try cycle(isQuiet: isQuiet)
            if isQuiet { quiet += 1 }
            if !isQuiet, changesSettings, random.unit() < 0.02 { changeSettings() }
            let isDown = !isQuiet && random.unit() > 0.97
            let step = Int64(random.next() % UInt64(grain.seconds < 3600 ? 14_400 : 72_000))
            now = now + .seconds(isDown ? step : isQuiet ? max(schedule, grain.seconds / 4) : schedule)
        }
        checkNothingLost()
        let width = Int64((widest + grain.duration * 2 + .seconds(schedule)) / grain.duration)
        if ledger.words > Int((width + 63) / 64) { violations.append("bitmap of \(ledger.words) words") }
        if !changesSettings, ledger.words != 1 { violations.append("bitmap of \(ledger.words) words") }
    }

    private mutating func changeSettings() {
        rules = SettlementRules(
            grain: grain, settle: base.settle * Int(1 + random.next() % 2),
            overlap: [base.overlap, base.overlap / 2, base.overlap * 3, .seconds(600)].randomElement(using: &random),
            catchUp: base.catchUp * Int(1 + random.next() % 2), scheduleInterval: .seconds(schedule))
        shortestOverlap = min(shortestOverlap, rules.overlap)
        widest = max(widest, rules.reachBackWidth)
    }

    private mutating func cycle(isQuiet: Bool) throws {
        var mask: UInt64 = 0
        for (number, slot) in Self.slots.enumerated() {
            mask |= 1 << UInt64(slot)
            guard let range = ledger.skipOlderThanCatchUp(slot, at: now, times: times) else { continue }
            counts["skipped", default: 0] += 1
            let horizon = range.upperBound.seconds
            expected[number].skipped.append(range.lowerBound.seconds..<horizon)
            expected[number].mark = max(expected[number].mark, horizon)
            if isCumulative { forget(number) }
        }
        if !isQuiet, random.unit() < 0.02 { endSeries(Int(random.next() % UInt64(Self.slots.count))) }
        for request in ledger.requests(mask, at: now, turn: turn, times: times) {
            for slot in Self.slots where request.slots & (1 << UInt64(slot)) != 0 {
                if request.window.lowerBound.seconds == ledger.pairs[slot].known { counts["lookBack", default: 0] += 1 }
            }
            guard isQuiet || random.unit() >= failureRate else { continue }
            let before = (ledger, expected, counts)
            let window = cut(request.window, isQuiet: isQuiet)
            for (number, slot) in Self.slots.enumerated() where request.slots & (1 << UInt64(slot)) != 0 {
                // An entry that failed reads nothing.
                if isQuiet || random.unit() >= failureRate / 2 { settle(number, slot, window) }
            }
            if !isQuiet, random.unit() < failureRate / 4 {
                // Died before the commit: neither ledger nor points are kept, nor what was known in memory.
                (ledger, expected, counts) = before
                ledger = try restarted(ledger, ledger.bytes(times: times, form: 1))
                counts["crash", default: 0] += 1
            } else if restartsAlways {
                ledger = try restarted(ledger, ledger.bytes(times: times, form: 1))
            }
        }
    }

    /// The resource is said to be gone, and returns at once (rule T12).
    private mutating func endSeries(_ number: Int) {
        let slot = Self.slots[number]
        let known = Int64(ledger.pairs[slot].known)
        guard ledger.endSeries(slot, at: now, times: times) != nil else { return }
        counts["ended", default: 0] += 1
        expected[number].skipped.append(known..<expected[number].mark)
        if isCumulative { forget(number) }
    }

    private mutating func restarted(_ ledger: BlockLedger, _ bytes: [UInt8]) throws -> BlockLedger {
        for number in expected.indices {
            for series in expected[number].series.indices { expected[number].series[series].seen = [:] }
        }
        let read = try BlockLedger.read(bytes, times: times)
        if read.ledger != ledger || read.grain != grain || read.form != 1 { violations.append("read another ledger") }
        return read.ledger
    }

    /// The window of a real call: wider, because it is shared with others, or cut, because it was too long.
    private mutating func cut(_ window: Range<Timestamp>, isQuiet: Bool) -> Range<Timestamp> {
        let grain = grain.duration
        let count = Int((window.upperBound - window.lowerBound) / grain)
        let earlier = Int(random.next() % 4) * Int(random.next() % 40)
        let cut = isQuiet || random.next() % 3 > 0 || count < 2 ? count : 1 + Int(random.next() % UInt64(count - 1))
        let later = cut < count ? 0 : Int(random.next() % 3)
        return (window.lowerBound - grain * earlier)..<(window.lowerBound + grain * (cut + later))
    }

    private mutating func settle(_ number: Int, _ slot: Int, _ window: Range<Timestamp>) {
        let answer = azures[number].answer(window, now: now)
        let known = Int64(ledger.pairs[slot].known)
        var settled = Settled()
        ledger.settle(slot, answer, window: window, now: now, times: times, resends: resends, into: &settled)
        let moved = Int64(ledger.pairs[slot].known)
        let should = expect(number, slot, window, known..<moved)
        for index in azures[number].activity.indices {
            let points = settled.points.filter { $0.series == index }
            let right = should.points.filter { $0.series == index }
            if points != right {
                violations.append("slot \(slot) series \(index) at \(now): \(points), not \(right)")
            }
        }
        let found = [settled.lateCount, settled.absentCount, settled.revisedCount, settled.misalignedCount]
        let right = [should.lateCount, should.absentCount, should.revisedCount, 0]
        if found != right { violations.append("slot \(slot) at \(now): counted \(found), not \(right)") }
        if Int64(ledger.pairs[slot].mark) != expected[number].mark { violations.append("mark of \(slot) at \(now)") }
        for point in settled.points { counts["\(point.kind)", default: 0] += 1 }
        counts["lateCount", default: 0] += settled.lateCount
        counts["absent", default: 0] += settled.absentCount
        counts["revised", default: 0] += settled.revisedCount
        if isCumulative { forget(number, slot) }
    }

    private mutating func forget(_ number: Int) {
        for series in expected[number].series.indices {
            expected[number].series[series].start = nil
            expected[number].series[series].total = 0
            expected[number].series[series].pendingSince = nil
        }
    }

    /// A sum whose series was forgotten begins anew.
    private mutating func forget(_ number: Int, _ slot: Int) {
        for series in expected[number].series.indices {
            let key = SeriesKey([Label("s", "\(series)"), Label("a", "x")])
            let isKnown = ledger.keys[ledger.series(slot)].contains(key)
            if !isKnown, expected[number].series[series].start != nil {
                let age = Int64(ledger.pairs[slot].known) - expected[number].series[series].last
                if age <= times.catchUp { violations.append("a sum forgotten after \(age)") }
                expected[number].series[series].start = nil
                expected[number].series[series].total = 0
                expected[number].series[series].pendingSince = nil
            }
        }
    }
}
