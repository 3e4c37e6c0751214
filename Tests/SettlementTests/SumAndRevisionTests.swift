import MetricModel
import Testing

@testable import Settlement

/// S3, S4 and T9: what is added up, and what Azure changed.
@Suite struct SumAndRevisionTests {
    private static let noon = Timestamp(seconds: 1_927_886_400)
    private static let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))

    private func minute(_ number: Int64) -> Timestamp { Self.noon + .seconds(60 * number) }

    /// A complete answer of minutes `from` ..< `to`, made when the last was settled.
    private func settle(
        _ pair: inout OnePair, _ from: Int64, _ to: Int64, after: Duration = .seconds(180), resends: Bool = false,
        value: (Int64) -> Double?
    ) -> Settled {
        let rows = (from..<to).map { (minute($0), value($0)) }
        return pair.settle(
            ModelAnswer(series: [rows]), window: minute(from)..<minute(to), now: minute(to) + after, resends: resends)
    }

    private func sums(_ settled: Settled) -> [[Double]] {
        settled.points.map { [Double(($0.end - Self.noon.seconds) / 60), $0.value] }
    }

    @Test("S3: late values are added to the next point, and time never goes back")
    func late() throws {
        var pair = OnePair(firstPlannedAt: minute(4), rules: Self.rules, isCumulative: true)
        #expect(pair.birth == minute(0))
        #expect(sums(settle(&pair, 0, 3) { $0 == 1 ? nil : 10 }) == [[1, 10], [3, 20]])
        // The late one waits: no newer point, and none of its own.
        let waiting = settle(&pair, 0, 3, after: .seconds(240)) { _ in 10 }
        #expect(waiting.points.isEmpty && waiting.lateCount == 0)
        try pair.restart()
        let next = settle(&pair, 3, 4) { _ in 5 }
        #expect(sums(next) == [[4, 35]])
        #expect(next.points.map(\.start) == [minute(0).seconds])
        // Without a newer value: at the window's end.
        _ = settle(&pair, 4, 6) { $0 == 5 ? 1 : nil }
        #expect(settle(&pair, 4, 6, after: .seconds(240)) { _ in 1 }.points.isEmpty)
        #expect(sums(settle(&pair, 4, 8) { $0 < 6 ? 1 : nil }) == [[8, 37]])
    }

    @Test("S4: a sum whose series was gone for longer than catchUp, or was skipped, begins anew; sooner, it goes on")
    func gone() throws {
        var pair = OnePair(firstPlannedAt: minute(4), rules: Self.rules, isCumulative: true)
        _ = settle(&pair, 0, 1) { _ in 10 }
        for end in Int64(1)...24 {
            _ = settle(&pair, end * 60 - 75, end * 60) { _ in nil }
        }
        #expect(pair.ledger.totals.count == 1)
        var forgotten = pair
        #expect(sums(settle(&pair, 24 * 60 - 20, 24 * 60 + 1) { $0 == 24 * 60 ? 1 : nil }) == [[1441, 11]])
        _ = settle(&forgotten, 24 * 60 - 20, 24 * 60 + 30) { _ in nil }
        #expect(forgotten.ledger.totals.isEmpty)
        let anew = settle(&forgotten, 24 * 60 + 15, 24 * 60 + 31) { $0 == 24 * 60 + 30 ? 1 : nil }
        #expect(sums(anew) == [[1471, 1]])
        #expect(anew.points.first?.start == minute(1470).seconds)
        #expect(pair.skipOlderThanCatchUp(at: minute(3 * 1440)) != nil)
        #expect(pair.ledger.totals.isEmpty)
    }

    @Test(
        "T9: each change is counted once, and sent again when that is asked for; not of a sum",
        arguments: [false, true])
    func revised(resends: Bool) {
        for isCumulative in [false, true] {
            var pair = OnePair(firstPlannedAt: minute(4), rules: Self.rules, isCumulative: isCumulative)
            _ = settle(&pair, 0, 3) { _ in 10 }
            var found: [Settled] = []
            for value in [10.0, 11, 11, 12, 10, 10] {
                found.append(settle(&pair, 0, 3, resends: resends) { $0 == 1 ? value : 10 })
            }
            #expect(found.map(\.revisedCount) == [0, 1, 0, 1, 1, 0])
            let sent = found.flatMap(\.points)
            #expect(sent.map(\.value) == (resends && !isCumulative ? [11, 12, 10] : []))
            #expect(sent.allSatisfy { $0.kind == .late && $0.start == minute(1).seconds })
        }
    }

    @Test("T9: buckets farther apart than what is remembered are not taken for each other")
    func longOverlap() {
        let rules = SettlementRules(grain: .oneMinute, overlap: .seconds(4 * 3600), scheduleInterval: .seconds(60))
        var pair = OnePair(firstPlannedAt: minute(4), rules: rules)
        let birth = -Int64((Self.noon - pair.birth) / .seconds(60))
        for _ in 0..<3 {
            #expect(settle(&pair, birth, 200) { Double($0) }.revisedCount == 0)
        }
        #expect(settle(&pair, birth, 200) { Double($0 == 195 ? 0 : $0) }.revisedCount == 1)
    }
}
