import MetricModel
import Settlement

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
        return Truth(value: hasValue ? Double(1 + Int(random.unit() * 1000)) : nil, delay: delay)
    }

    /// What Azure says at `now`: nothing, within the settle time perhaps a false zero, and in the end the truth.
    func read(series: Int, bucket: Timestamp, now: Timestamp) -> Double? {
        let truth = truth(series: series, bucket: bucket)
        let end = bucket + grain.duration
        guard let value = truth.value, now >= end else { return nil }
        if now >= end + truth.delay { return value }
        return now < end + settle && bucket.seconds / 60 % 2 == 0 ? 0 : nil
    }

    func answer(_ window: Range<Timestamp>, now: Timestamp) -> ModelAnswer {
        var answer = ModelAnswer(series: [])
        for series in activity.indices {
            var buckets: [(start: Timestamp, value: Double?)] = []
            var start = window.lowerBound
            while start < window.upperBound {
                buckets.append((start, read(series: series, bucket: start, now: now)))
                start = start + grain.duration
            }
            answer.series.append(buckets)
        }
        return answer
    }
}

/// An answer by hand; series `i` has the dimensions `s` = `i` and `a` = `x`.
struct ModelAnswer: PairAnswer {
    var series: [[(start: Timestamp, value: Double?)]]
    /// Azure names dimensions in any order.
    var namesBackwards = false

    var seriesCount: Int { series.count }
    func dimensions(ofSeries series: Int) -> [Label] {
        let labels = [Label("s", "\(series)"), Label("a", "x")]
        return namesBackwards ? labels.reversed() : labels
    }
    func bucketCount(ofSeries series: Int) -> Int { self.series[series].count }
    func bucket(_ index: Int, ofSeries series: Int) -> (start: Timestamp, value: Double?) { self.series[series][index] }
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
