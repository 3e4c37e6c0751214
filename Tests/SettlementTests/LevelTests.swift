import MetricModel
import Testing

@testable import Settlement

/// D4: a copy of a ledger that stood still catches up until both are the same.
@Suite struct LevelTests {
    private struct Bucket: Hashable {
        let slot: Int
        let series: Int
        let start: Int64
    }

    private struct Follower {
        var ledger: BlockLedger
        var sent: [Bucket: Double] = [:]
        var isSentTwice = false

        mutating func settle(_ request: SlotsRequest, _ azures: [AzureModel], now: Timestamp, times: SettlementTimes) {
            for (slot, azure) in azures.enumerated() where request.slots & (1 << UInt64(slot)) != 0 {
                var settled = Settled()
                let answer = azure.answer(request.window, now: now)
                ledger.settle(slot, answer, window: request.window, now: now, times: times, into: &settled)
                for point in settled.points {
                    let bucket = Bucket(slot: slot, series: point.series, start: point.start)
                    if sent.updateValue(point.value, forKey: bucket) != nil { isSentTwice = true }
                }
            }
        }
    }

    @Test("one answer that reaches back for both makes them level; each sends everything once", arguments: 0..<12)
    func level(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let rules = SettlementRules(grain: seed % 2 == 0 ? .oneMinute : .fiveMinutes, scheduleInterval: .seconds(60))
        let times = SettlementTimes(rules)
        let azures = (0..<3).map {
            AzureModel(
                grain: rules.grain, settle: rules.settle, overlap: rules.overlap, seed: UInt64(seed * 10 + $0),
                activity: [1, 0.5])
        }
        var now = Timestamp(seconds: 1_927_886_400 + Int64(random.next() % 3600))
        var common = Follower(ledger: BlockLedger(times: times))
        for slot in azures.indices { common.ledger.begin(slot, at: now, times: times) }
        var behind: Follower?
        var isLevel = false
        let stops = 60 + Int(random.next() % 60)
        let goesOn = stops + 30 + Int(random.next() % 180)
        for cycle in 0..<(goesOn + 60) {
            now = now + .seconds(60)
            for request in common.ledger.requests(0b111, at: now, turn: 0, times: times) {
                common.settle(request, azures, now: now, times: times)
            }
            if cycle == stops { behind = common }
            guard cycle >= goesOn, var follower = behind, !isLevel else { continue }
            if let request = follower.ledger.levelling(0b111, with: common.ledger, at: now, times: times) {
                #expect(request.slots == 0b111)
                common.settle(request, azures, now: now, times: times)
                follower.settle(request, azures, now: now, times: times)
                isLevel = follower.ledger.isLevel(with: common.ledger)
                #expect(isLevel)
                let differ = Set(follower.sent.keys).symmetricDifference(common.sent.keys).filter {
                    let truth = azures[$0.slot].truth(series: $0.series, bucket: Timestamp(seconds: $0.start))
                    return truth.delay <= rules.overlap
                }
                #expect(differ.isEmpty)
            } else {
                for var request in follower.ledger.requests(0b111, at: now, turn: 0, times: times) {
                    let cut = request.window.lowerBound + rules.grain.duration * 40
                    request.window = request.window.lowerBound..<min(request.window.upperBound, cut)
                    follower.settle(request, azures, now: now, times: times)
                }
            }
            behind = follower
        }
        #expect(isLevel)
        #expect(!common.isSentTwice && behind?.isSentTwice == false)
        #expect(common.sent.count > 100)
    }
}
