import MetricModel
import Testing

@testable import Settlement

/// Runs the rules against a random Azure that is late, wrong and sometimes away.
@Suite struct SettlementPropertyTests {
    struct Outcome {
        var violations: [String] = []
        var sentCount = 0
    }

    @Test("every settled bucket exactly once, with its final value, whatever fails in between", arguments: 0..<200)
    func exactlyOnce(seed: Int) throws {
        let outcome = try Self.run(seed: UInt64(seed))
        #expect(outcome.violations.isEmpty, "\(outcome.violations.prefix(3))")
    }

    @Test("the runs above decide something")
    func notIdle() throws {
        #expect(try (0..<20).reduce(0) { try $0 + Self.run(seed: UInt64($1)).sentCount } > 10_000)
    }

    static func run(seed: UInt64) throws -> Outcome {
        var random = SplitMix(state: seed)
        let grain = try #require(TimeGrain(seconds: [60, 60, 60, 300, 3600].randomElement(using: &random) ?? 60))
        let schedule: Int64 =
            (grain.seconds < 3600 ? [60, 60, 300, 900] : [300, 3600]).randomElement(using: &random) ?? 60
        let backfill: Int64 = [0, 600, 7200].randomElement(using: &random) ?? 0
        let catchUp: Int64 = [86_400, 7200, 0].randomElement(using: &random) ?? 0
        let rules = SettlementRules(
            grain: grain, backfill: .seconds(backfill), catchUp: .seconds(catchUp), scheduleInterval: .seconds(schedule)
        )
        let azure = AzureModel(
            grain: grain, settle: rules.settle, overlap: rules.overlap, seed: seed &* 31,
            activity: [1, 1, 0.5, 0.02, 0].shuffled(using: &random).dropLast(Int(random.next() % 4)))
        let failureRate: Double = [0.0, 0.1, 0.3, 0.6].randomElement(using: &random) ?? 0

        var now = Timestamp(seconds: 1_700_000_000 + Int64(random.next() % 3600))
        let stop = now + (grain.seconds < 3600 ? .seconds(6 * 3600) : .seconds(4 * 86_400))
        var ledger = PairLedger(firstPlannedAt: now, rules: rules)
        let birth = ledger.birth
        var sent: [String: [Timestamp: Double]] = [:]
        var skipped: [Range<Timestamp>] = []
        var outcome = Outcome()
        var quietCycles = 0
        while quietCycles < 40 {
            let isQuiet = now >= stop
            if let range = ledger.skipOlderThanCatchUp(at: now, rules: rules) { skipped.append(range) }
            if let window = ledger.window(at: now, rules: rules), isQuiet || random.unit() >= failureRate {
                var next = ledger
                let asked = Self.shared(window, rules: rules, isQuiet: isQuiet, random: &random)
                var answer = azure.answer(asked, now: now)
                answer.namesBackwards = random.next() % 2 == 0
                let settled = next.settle(answer, window: asked, now: now, rules: rules)
                // A crash before the commit keeps neither the ledger nor the points.
                if isQuiet || random.unit() >= failureRate / 4 {
                    ledger = next
                    record(settled, azure: azure, birth: birth, skipped: skipped, into: &sent, outcome: &outcome)
                }
            }
            let isDown = !isQuiet && random.unit() > 0.97
            now =
                now
                + .seconds(isDown ? Int64(random.next() % UInt64(grain.seconds < 3600 ? 14_400 : 72_000)) : schedule)
            if isQuiet { quietCycles += 1 }
        }
        let width = (rules.reachBackWidth + grain.duration * 2 + .seconds(schedule)) / grain.duration
        if ledger.widestSeries > Int(width) / 64 + 2 {
            outcome.violations.append("bitmap of \(ledger.widestSeries) words")
        }
        checkNothingLost(
            azure: azure, rules: rules, range: birth..<(now - .seconds(schedule) - rules.settle - grain.duration),
            schedule: schedule, sent: sent, skipped: skipped, outcome: &outcome)
        return outcome
    }

    /// The window of a real call: wider, because it is shared with others, or cut, because it was too long.
    private static func shared(
        _ window: Range<Timestamp>, rules: SettlementRules, isQuiet: Bool, random: inout SplitMix
    ) -> Range<Timestamp> {
        let grain = rules.grain.duration
        let count = Int((window.upperBound - window.lowerBound) / grain)
        let earlier = Int(random.next() % 4) * Int(random.next() % 40)
        let cut = isQuiet || random.next() % 3 > 0 || count < 2 ? count : 1 + Int(random.next() % UInt64(count - 1))
        let later = cut < count ? 0 : Int(random.next() % 3)
        return (window.lowerBound - grain * earlier)..<(window.lowerBound + grain * (cut + later))
    }

    private static func record(
        _ settled: Settled, azure: AzureModel, birth: Timestamp, skipped: [Range<Timestamp>],
        into sent: inout [String: [Timestamp: Double]], outcome: inout Outcome
    ) {
        for point in settled.points {
            let name = settled.series[point.series].first { $0.name == "s" }?.value ?? ""
            let bucket = point.bucketStart
            if bucket < birth { outcome.violations.append("before birth \(name) \(bucket)") }
            if skipped.contains(where: { $0.contains(bucket) }) {
                outcome.violations.append("sent after it was skipped \(name) \(bucket)")
            }
            let truth = azure.truth(series: Int(name) ?? 0, bucket: point.bucketStart)
            if sent[name]?[point.bucketStart] != nil { outcome.violations.append("twice \(name) \(point.bucketStart)") }
            if truth.value != point.value { outcome.violations.append("wrong \(name) \(point.bucketStart)") }
            sent[name, default: [:]][point.bucketStart] = point.value
            outcome.sentCount += 1
        }
    }

    private static func checkNothingLost(
        azure: AzureModel, rules: SettlementRules, range: Range<Timestamp>, schedule: Int64,
        sent: [String: [Timestamp: Double]], skipped: [Range<Timestamp>], outcome: inout Outcome
    ) {
        for series in azure.activity.indices {
            var bucket = range.lowerBound
            while bucket < range.upperBound {
                defer { bucket = bucket + rules.grain.duration }
                let truth = azure.truth(series: series, bucket: bucket)
                let known = bucket + rules.grain.duration + max(truth.delay, rules.settle) + rules.reachBackInterval * 2
                guard truth.value != nil, truth.delay <= rules.overlap, known < range.upperBound else { continue }
                if sent["\(series)"]?[bucket] == nil, !skipped.contains(where: { $0.contains(bucket) }) {
                    outcome.violations.append("lost \(series) \(bucket) delay \(truth.delay)")
                }
            }
        }
    }
}
