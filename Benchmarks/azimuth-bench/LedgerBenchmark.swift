import MetricModel
import Settlement
import StateStore

/// What ledgers alone cost: the bytes of those of 400,000 series and their transactions, a minute of the large workload.
struct LedgerBenchmark {
    private static let ledgerCount = 8000
    /// As in a cycle: a transaction for each request to the collector.
    private static let ledgersAtOnce = 80
    private static let cycles = 5

    private struct OneSeries: PairAnswer {
        let buckets: BucketColumn
        var seriesCount: Int { 1 }
        func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn) { (.only, buckets) }
    }

    let folder: String

    /// - Returns: Seconds of processor time for one cycle.
    func run() throws -> Double {
        let times = SettlementTimes(SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60)))
        let store = try StateStore(StateStoreSettings(folder: folder, maxSize: 1 << 30, destinations: ["sink"]))
        var now = Timestamp(seconds: 1_927_886_430)
        var ledger = BlockLedger(times: times)
        for slot in 0..<BlockLedger.slotCount { ledger.begin(slot, at: now, times: times) }
        var seconds = 0.0
        for _ in 0..<Self.cycles {
            settle(&ledger, at: now, times)
            now = now + .seconds(60)
            let before = Usage.now.processor
            for first in stride(from: 0, to: Self.ledgerCount, by: Self.ledgersAtOnce) {
                var change = StateChange()
                for number in first..<first + Self.ledgersAtOnce {
                    let key = LedgerKey(view: 0, block: Int64(number / 20), metric: Int64(number % 20))
                    change.ledgers.append((key, ledger.bytes(times: times, form: 1)))
                }
                guard try store.commit(change) == .committed else { throw BenchmarkError(description: "not committed") }
            }
            seconds += Usage.now.processor - before
        }
        return seconds / Double(Self.cycles)
    }

    private func settle(_ ledger: inout BlockLedger, at now: Timestamp, _ times: SettlementTimes) {
        var settled = Settled()
        for request in ledger.requests(~0, at: now, turn: 0, times: times) {
            let starts = Array(
                stride(from: request.window.lowerBound.seconds, to: request.window.upperBound.seconds, by: 60))
            let columns = MetricColumns(
                aggregations: AggregationSet(.average), times: starts, values: starts.map { Double($0 % 977) },
                present: starts.map { _ in AggregationSet(.average).rawValue })
            let answer = OneSeries(buckets: BucketColumn(columns, rows: 0..<starts.count, of: .average))
            for slot in 0..<BlockLedger.slotCount {
                ledger.settle(slot, answer, window: request.window, now: now, times: times, into: &settled)
            }
            settled.removeAll()
        }
    }
}
