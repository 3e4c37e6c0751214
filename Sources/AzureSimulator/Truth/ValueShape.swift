/// What the raw samples of a metric look like: a daily wave with noise, different for each series.
public struct ValueShape: Sendable {
    /// The least and the greatest value of a sample, or of a minute's events.
    var range: ClosedRange<Double>
    /// Samples in a minute that has any; 0 for events, whose number is what varies.
    var samplesPerMinute: Int
    /// Bytes, messages and the like: no fractions.
    var isWhole: Bool
    /// Minutes from one sampled minute to the next.
    var minutesApart: Int64 = 1
    /// The share of minutes without any sample.
    var nullShare: Double = 0
    /// A minute without events is a zero; otherwise it is null.
    var zeroWhenIdle = false

    /// A measured level: load, latency, temperature.
    public static func level(_ range: ClosedRange<Double>, samples: Int = 4) -> Self {
        Self(range: range, samplesPerMinute: samples, isWhole: false)
    }

    /// A level or an amount in whole numbers: bytes, messages, connections.
    public static func whole(_ range: ClosedRange<Double>, samples: Int = 4) -> Self {
        Self(range: range, samplesPerMinute: samples, isWhole: true)
    }

    /// Events of value 1, `range` of them a minute. Without events a minute is null, or zero if `zeroWhenIdle`.
    public static func events(_ range: ClosedRange<Double>, zeroWhenIdle: Bool = false) -> Self {
        var shape = Self(range: range, samplesPerMinute: 0, isWhole: true)
        shape.zeroWhenIdle = zeroWhenIdle
        return shape
    }

    /// One sample an hour, in its last minute.
    public static func hourly(_ range: ClosedRange<Double>) -> Self {
        var shape = Self.whole(range, samples: 1)
        shape.minutesApart = 60
        return shape
    }

    /// The same, with `share` (0 to 1) of the minutes null.
    public func sparse(_ share: Double) -> Self {
        var shape = self
        shape.nullShare = share
        return shape
    }

    /// The samples of one minute of the series with this hash, or `nil` when it has none.
    ///
    /// - Parameters:
    ///   - minute: Minutes since 1970.
    ///   - arrived: The share of the samples that has reached the store. Below 1 something is always missing.
    func samples(series: UInt64, minute: Int64, arrived: Double = 1) -> SampleFold? {
        guard minute % minutesApart == minutesApart - 1 else { return nil }
        let bits = spread(series ^ spread(UInt64(bitPattern: minute)))
        guard nullShare == 0 || fraction(spread(bits ^ 1)) >= nullShare else { return nil }
        let level = dailyLevel(series: series, minute: minute)
        return samplesPerMinute == 0
            ? events(level: level, bits: bits, arrived: arrived)
            : sampled(level: level, bits: bits, arrived: arrived)
    }

    private func events(level: Double, bits: UInt64, arrived: Double) -> SampleFold? {
        let events = value(level: level, noise: fraction(bits))
        if events == 0 { return zeroWhenIdle ? SampleFold(sample: 0) : nil }
        let present = arrived < 1 ? (events * arrived).rounded(.down) : events
        return present == 0 ? .falseZero : SampleFold(events: present)
    }

    private func sampled(level: Double, bits: UInt64, arrived: Double) -> SampleFold? {
        let present = arrived < 1 ? Int(Double(samplesPerMinute) * arrived) : samplesPerMinute
        guard present > 0 else { return .falseZero }
        var bits = bits
        var fold = SampleFold(sample: value(level: level, noise: fraction(bits)))
        for _ in 1..<max(1, present) {
            bits = spread(bits)
            fold.add(SampleFold(sample: value(level: level, noise: fraction(bits))))
        }
        return fold
    }

    /// In `range`; whole, or a whole number of 1/64 so that sums are exact in any order.
    private func value(level: Double, noise: Double) -> Double {
        let value = range.lowerBound + (range.upperBound - range.lowerBound) * (0.7 * level + 0.3 * noise)
        return isWhole ? value.rounded() : (value * 64).rounded() / 64
    }

    /// 0 to 1: low at night, high by day, each series with its own height and hour.
    private func dailyLevel(series: UInt64, minute: Int64) -> Double {
        let minutesOfDay: Int64 = 1440
        let shift = Int64(series % 240)
        let position = Double((minute + shift) % minutesOfDay) / Double(minutesOfDay)
        let triangle = 1 - abs(2 * position - 1)
        let smooth = triangle * triangle * (3 - 2 * triangle)
        return smooth * (0.4 + 0.6 * fraction(spread(series)))
    }
}
