import MetricModel
import Testing

@testable import Settlement

/// T12: what a pair leaves whose resource is gone.
@Suite struct SeriesEndTests {
    private static let noon = Timestamp(seconds: 1_927_886_400)
    private static let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
    private static let times = SettlementTimes(rules)

    private func minute(_ number: Int64) -> Timestamp { Self.noon + .seconds(60 * number) }

    /// One series without dimensions.
    private struct Answer: PairAnswer {
        let buckets: BucketColumn
        let seriesCount = 1
        func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn) { (.only, buckets) }
    }

    /// Settles minutes `from` ..< `to` as soon as they are.
    private func settle(
        _ pair: inout OnePair, _ from: Int64, _ to: Int64, value: (Int64) -> Double?
    ) -> [Int64] {
        let minutes = Array(from..<to)
        let values = minutes.map(value)
        let columns = MetricColumns(
            aggregations: AggregationSet(.average), times: minutes.map { minute($0).seconds },
            values: values.map { $0 ?? 0 },
            present: values.map { $0 == nil ? 0 : AggregationSet(.average).rawValue })
        let answer = Answer(buckets: BucketColumn(columns, rows: 0..<minutes.count, of: .average))
        var settled = Settled()
        pair.ledger.settle(
            7, answer, window: minute(from)..<minute(to), now: minute(to + 3), times: Self.times, into: &settled)
        return settled.points.map { ($0.end - Self.noon.seconds) / 60 }
    }

    private func pair(isCumulative: Bool = false) -> OnePair {
        OnePair(firstPlannedAt: minute(4), rules: Self.rules, isCumulative: isCumulative)
    }

    static let kinds: [(Int64, PointKind)] = [(20, .live), (24, .live), (25, .catchUp), (900, .catchUp)]

    @Test("a marker stands a second after the newest point, once; what was empty is counted", arguments: kinds)
    func marker(now: Int64, kind: PointKind) throws {
        var pair = pair()
        #expect(settle(&pair, 0, 6) { [2, 5].contains($0) ? nil : 1 } == [1, 2, 4, 5])
        let ending = pair.endSeries(at: minute(now))
        let marker = SeriesEnding.Marker(kind: kind, start: minute(4).seconds, time: minute(5).seconds + 1)
        #expect(ending == SeriesEnding(marker: marker, skippedCount: 2))
        let again = pair.endSeries(at: minute(now))
        try pair.restart()
        let restarted = pair.endSeries(at: minute(now))
        #expect(again == nil && restarted == nil)
    }

    @Test("should the resource return, everything after the mark is read, and nothing before it")
    func returns() {
        var pair = pair()
        _ = settle(&pair, 0, 6) { [2, 5].contains($0) ? nil : 1 }
        _ = pair.endSeries(at: minute(30))
        #expect(pair.mark == minute(6))
        #expect(pair.window(at: minute(103))?.lowerBound == minute(6))
        #expect(settle(&pair, 0, 100) { _ in 1 } == Array(7...100))
        #expect(settle(&pair, 0, 100) { _ in 1 }.isEmpty)
        // Nor does another form of it begin before the mark.
        var ended = self.pair()
        _ = settle(&ended, 0, 6) { _ in 1 }
        _ = ended.endSeries(at: minute(30))
        let wide = SettlementRules(grain: .oneMinute, backfill: .seconds(3600), scheduleInterval: .seconds(60))
        #expect(ended.reformed(to: wide, at: minute(31)).birth == minute(6))
    }

    @Test("a cumulative sum ends with its start, and begins anew")
    func sum() {
        var pair = pair(isCumulative: true)
        _ = settle(&pair, 0, 6) { _ in 1 }
        let ending = pair.endSeries(at: minute(20))
        let marker = SeriesEnding.Marker(kind: .live, start: minute(0).seconds, time: minute(6).seconds + 1)
        #expect(ending?.marker == marker)
        #expect(pair.ledger.totals.isEmpty)
        #expect(settle(&pair, 6, 30) { _ in 1 } == Array(7...30))
        #expect(pair.ledger.totals.map(\.start) == [UInt32(minute(6).seconds)])
    }

    @Test("of series with dimensions only their hash is known: they end without a marker")
    func dimensions() {
        var pair = pair()
        let rows = (0..<3).map { (minute(Int64($0)), $0 == 1 ? nil : Double?(1)) }
        _ = pair.settle(ModelAnswer(series: [rows, rows]), window: minute(0)..<minute(3), now: minute(6))
        let ending = pair.endSeries(at: minute(20))
        #expect(ending == SeriesEnding(marker: nil, skippedCount: 2))
        #expect(pair.ledger.keys.isEmpty)
        var unread = self.pair()
        let (none, noPair) = (
            unread.endSeries(at: minute(20)), unread.ledger.endSeries(8, at: minute(20), times: Self.times)
        )
        #expect(none == nil && noPair == nil)
    }
}
