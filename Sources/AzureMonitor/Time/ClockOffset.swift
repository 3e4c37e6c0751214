import MetricModel

/// How far Azure's clock is ahead of the monotonic one, learned from the `Date` headers of answers.
///
/// Per host the median of the last few, so that a single odd answer (a cache's, a proxy's) moves nothing; over all
/// hosts the median of those. Where there is no middle the lower one counts: a bucket then settles later, never too early.
/// What was learned long before the newest answer counts no more: a host that is seldom heard, as the one that gives
/// out tokens, would hold on to an offset that has changed since (the machine slept, its monotonic clock drifted).
struct ClockOffset: Sendable {
    /// How many answers of a host are remembered.
    static let samplesPerHost = 7
    /// How much older than the newest answer of any host a remembered one may be.
    static let longestMemory = Duration.seconds(600)

    private struct Sample {
        let offset: Duration
        let monotonic: Duration
    }

    private var samples: [String: [Sample]] = [:]
    /// Azure's time since 1970 less the monotonic time; `nil` before the first answer.
    private(set) var learned: Duration?

    /// Learns from an answer of `host` that said `date` and had arrived at `monotonic`.
    mutating func observe(date: Timestamp, host: String, monotonic: Duration) {
        let offset = Duration.nanoseconds(date.nanosecondsSince1970) - monotonic
        samples[host, default: []].append(Sample(offset: offset, monotonic: monotonic))
        samples = samples.compactMapValues { remembered in
            let recent = remembered.filter { monotonic - $0.monotonic <= Self.longestMemory }
            return recent.isEmpty ? nil : recent.suffix(Self.samplesPerHost)
        }
        learned = Self.lowerMedian(samples.values.compactMap { Self.lowerMedian($0.map(\.offset)) })
    }

    private static func lowerMedian(_ values: [Duration]) -> Duration? {
        values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
    }
}
