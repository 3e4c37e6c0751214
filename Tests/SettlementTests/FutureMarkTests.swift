import MetricModel
import Testing

@testable import Settlement

/// What a clock did that was ahead is taken back (rule T1).
@Suite struct FutureMarkTests {
    static let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
    static let noon = BlockLedgerTests.noon

    /// A pair that reads every minute, from noon on, by a clock that is `error` ahead in the minutes `wrong`; Azure has a
    /// value in every bucket that is over, and no value of the future.
    /// - Returns: The pair, and the starts of what it sent.
    private func pair(
        minutes: Int, wrong: ClosedRange<Int>, error: Int64, continuing: (OnePair, [Int64])? = nil, from first: Int = 0
    ) -> (OnePair, [Int64]) {
        var (pair, sent) = continuing ?? (OnePair(firstPlannedAt: Self.noon, rules: Self.rules), [])
        for minute in first..<first + minutes {
            let truth = Self.noon + .seconds(60 * Int64(minute))
            let now = wrong.contains(minute) ? truth + .seconds(error) : truth
            guard let window = pair.window(at: now) else { continue }
            let buckets = stride(from: window.lowerBound.seconds, to: window.upperBound.seconds, by: 60)
                .filter { $0 + 60 <= truth.seconds }.map { (Timestamp(seconds: $0), Optional(1.0)) }
            sent += pair.settle(ModelAnswer(series: [buckets]), window: window, now: now).points.map(\.start)
        }
        return (pair, sent)
    }

    @Test("one wrong cycle, after which the ledger still knows what it sent, costs nothing")
    func known() {
        var (pair, sent) = self.pair(minutes: 20, wrong: 19...19, error: 600)
        let now = Self.noon + .seconds(1200)
        #expect(pair.mark > now)
        let taken = (0..<2).map { _ in pair.ledger.takeBackFuture(7, at: now, times: pair.times) }
        #expect(taken == [true, false])
        #expect(pair.mark <= now)
        (pair, sent) = self.pair(minutes: 60, wrong: 0...0, error: 0, continuing: (pair, sent), from: 20)
        let first = Self.noon.seconds - 240
        #expect(sent.sorted() == (0..<80).map { first + 60 * $0 })
    }

    @Test("what was forgotten is not sent twice: the pair goes on with the next bucket")
    func forgotten() {
        var (pair, sent) = self.pair(minutes: 20, wrong: 18...19, error: 7200)
        let (times, now) = (pair.times, Self.noon + .seconds(1200))
        #expect(pair.window(at: now) == nil, "it would ask for nothing for two hours")
        let isTaken = pair.ledger.takeBackFuture(7, at: now, times: times)
        #expect(isTaken)
        #expect(pair.mark == now + .seconds(60))
        (pair, sent) = self.pair(minutes: 30, wrong: 0...0, error: 0, continuing: (pair, sent), from: 20)
        #expect(Set(sent).count == sent.count)
        let last = (21...45).map { Self.noon.seconds + 60 * $0 }
        #expect(Array(sent.suffix(25)) == last)
    }

    @Test("marks that no wrong clock has set stay, also in a free slot", arguments: [0, 60, 239])
    func nothing(ahead: Int64) {
        var ledger = BlockLedger(times: SettlementTimes(Self.rules))
        ledger.begin(7, at: Self.noon + .seconds(ahead), times: SettlementTimes(Self.rules))
        let before = ledger
        for slot in 0..<BlockLedger.slotCount {
            let isTaken = ledger.takeBackFuture(slot, at: Self.noon, times: SettlementTimes(Self.rules))
            #expect(!isTaken)
        }
        #expect(ledger == before)
    }
}
