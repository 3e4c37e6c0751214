import MetricModel

@testable import Settlement

/// A random Azure: per series and bucket a true value and the delay after which it is final.
struct AzureModel {
    var grain: TimeGrain
    var settle: Duration
    var overlap: Duration
    var seed: UInt64
    /// Probability that a bucket has a value, one per series.
    var activity: [Double]

    struct Truth {
        var value: Double?
        var delay: Duration
        /// What Azure says instead from then on after the bucket's end.
        var revision: (value: Double, after: Duration)?
    }

    func truth(series: Int, bucket: Timestamp) -> Truth {
        var random = SplitMix(state: seed &+ UInt64(series) &* 7919 &+ UInt64(bitPattern: bucket.seconds) &* 104_729)
        let hasValue = random.unit() < activity[series]
        let lateness = random.unit()
        let fraction = random.unit()
        let delay =
            lateness < 0.9
            ? settle * fraction
            : lateness < 0.98 ? settle + (overlap - settle) * fraction : overlap + overlap * 2 * fraction
        let value = Double(1 + Int(random.unit() * 1000))
        let isRevised = random.unit() < 0.05
        let revision = (value + 1, max(delay, settle) + overlap * random.unit())
        return Truth(value: hasValue ? value : nil, delay: delay, revision: isRevised ? revision : nil)
    }

    /// What Azure says at `now`: nothing, within the settle time perhaps a false zero, and in the end the truth.
    func read(series: Int, bucket: Timestamp, now: Timestamp) -> Double? {
        let truth = truth(series: series, bucket: bucket)
        let end = bucket + grain.duration
        guard let value = truth.value, now >= end else { return nil }
        if let revision = truth.revision, now >= end + revision.after { return revision.value }
        if now >= end + truth.delay { return value }
        return now < end + settle && bucket.seconds / 60 % 2 == 0 ? 0 : nil
    }

    func answer(_ window: Range<Timestamp>, now: Timestamp) -> ModelAnswer {
        var series: [[(start: Timestamp, value: Double?)]] = []
        for number in activity.indices {
            var buckets: [(start: Timestamp, value: Double?)] = []
            var start = window.lowerBound
            while start < window.upperBound {
                buckets.append((start, read(series: number, bucket: start, now: now)))
                start = start + grain.duration
            }
            series.append(buckets)
        }
        return ModelAnswer(series: series)
    }
}

/// An answer by hand; series `i` has the dimensions `s` = `i` and `a` = `x`.
struct ModelAnswer: PairAnswer {
    private var parts: [(key: SeriesKey, buckets: BucketColumn)] = []

    /// - Parameter numbers: Of the series, where they are not 0, 1, 2 …
    init(series: [[(start: Timestamp, value: Double?)]], numbers: [Int]? = nil) {
        let buckets = series.flatMap { $0 }
        let columns = MetricColumns(
            aggregations: AggregationSet(.average), times: buckets.map(\.start.seconds),
            values: buckets.map { $0.value ?? 0 },
            present: buckets.map { $0.value == nil ? 0 : AggregationSet(.average).rawValue })
        var first = 0
        for (position, rows) in series.enumerated() {
            let key = SeriesKey([Label("s", "\(numbers?[position] ?? position)"), Label("a", "x")])
            parts.append((key, BucketColumn(columns, rows: first..<first + rows.count, of: .average)))
            first += rows.count
        }
    }

    var seriesCount: Int { parts.count }
    func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn) { parts[index] }
}

/// A ledger of one pair.
struct OnePair {
    var ledger: BlockLedger
    var rules: SettlementRules
    var times: SettlementTimes { SettlementTimes(rules) }

    init(firstPlannedAt now: Timestamp, rules: SettlementRules, isCumulative: Bool = false) {
        self.rules = rules
        ledger = BlockLedger(times: SettlementTimes(rules), isCumulative: isCumulative)
        ledger.begin(7, at: now, times: times)
    }

    var birth: Timestamp { Timestamp(seconds: Int64(ledger.pairs[7].known)) }
    var mark: Timestamp { Timestamp(seconds: Int64(ledger.pairs[7].mark)) }
    var reach: Timestamp { Timestamp(seconds: Int64(ledger.pairs[7].reach)) }

    func window(at now: Timestamp, turn: Int = 0) -> Range<Timestamp>? {
        ledger.requests(1 << 7, at: now, turn: turn, times: times).first?.window
    }

    mutating func settle(
        _ answer: ModelAnswer, window: Range<Timestamp>, now: Timestamp, resends: Bool = false
    ) -> Settled {
        var settled = Settled()
        ledger.settle(7, answer, window: window, now: now, times: times, resends: resends, into: &settled)
        return settled
    }

    mutating func skipOlderThanCatchUp(at now: Timestamp) -> Range<Timestamp>? {
        ledger.skipOlderThanCatchUp(7, at: now, times: times)
    }

    mutating func endSeries(at now: Timestamp) -> SeriesEnding? { ledger.endSeries(7, at: now, times: times) }

    func reformed(to rules: SettlementRules, at now: Timestamp) -> OnePair {
        var new = OnePair(firstPlannedAt: now, rules: rules)
        new.ledger = ledger.reformed(from: times, to: new.times, isCumulative: false, at: now)
        return new
    }

    /// As after a restart.
    mutating func restart() throws {
        ledger = try BlockLedger.read(ledger.bytes(times: times, form: 1), times: times).ledger
    }
}

/// Steele, Lea and Flood's generator: small, fast and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
