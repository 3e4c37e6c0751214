import MetricModel

/// How far Azure's clock is ahead of the monotonic one, learned from the `Date` headers of answers.
///
/// Per host the median of the last few, so that a single odd answer (a cache's, a proxy's) moves nothing; over all
/// hosts the median of those. Where there is no middle the lower one counts: a bucket then settles later, never too early.
struct ClockOffset: Sendable {
    /// How many answers of a host are remembered.
    static let samplesPerHost = 7

    private var samples: [String: [Duration]] = [:]
    /// Azure's time since 1970 less the monotonic time; `nil` before the first answer.
    private(set) var learned: Duration?

    /// Learns from an answer of `host` that said `date` and had arrived at `monotonic`.
    mutating func observe(date: Timestamp, host: String, monotonic: Duration) {
        let sample = Duration.nanoseconds(date.nanosecondsSince1970) - monotonic
        var ring = samples[host, default: []]
        if ring.count == Self.samplesPerHost { ring.removeFirst() }
        ring.append(sample)
        samples[host] = ring
        learned = Self.lowerMedian(samples.values.compactMap(Self.lowerMedian))
    }

    private static func lowerMedian(_ values: [Duration]) -> Duration? {
        values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
    }
}
