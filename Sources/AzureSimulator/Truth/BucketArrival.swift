import MetricModel

/// How one bucket of one series comes to its value.
struct BucketArrival: Equatable, Sendable {
    /// From its end to its final value, or to the one that is revised.
    var delay: Duration
    /// Shows nothing before that.
    var isNullBefore = false
    /// From then until it is revised; `nil` = never.
    var revisedAfter: Duration?

    /// The share of the samples that a bucket shows which is to be revised.
    static let shareBeforeRevision = 0.5
}

extension MetricTruth {
    /// How the bucket from `start` to `end` of the series that `leaves` are arrives.
    func arrival(of leaves: [LeafSeries], from start: Timestamp, to end: Timestamp) -> BucketArrival {
        var arrival = BucketArrival(delay: delay)
        guard !rules.isEmpty else { return arrival }
        var bits: UInt64 = 0
        // A leaf that begins later is not there yet and must not change anything.
        for leaf in leaves where leaf.firstMinute < end.seconds / 60 { bits ^= leaf.hash }
        bits = spread(bits ^ spread(UInt64(bitPattern: start.seconds)))
        var lateness = fraction(bits)
        var revision = fraction(spread(bits ^ 1))
        let place = fraction(spread(bits ^ 2))
        for rule in rules {
            switch rule.effect {
            case .late(let seconds), .growing(let seconds):
                if (0..<rule.share).contains(lateness) {
                    arrival.delay = Self.duration(in: seconds, at: place)
                    if case .late = rule.effect { arrival.isNullBefore = true }
                }
                lateness -= rule.share
            case .revised(let seconds):
                if (0..<rule.share).contains(revision) { arrival.revisedAfter = Self.duration(in: seconds, at: place) }
                revision -= rule.share
            }
        }
        return arrival
    }

    private static func duration(in seconds: ClosedRange<Int64>, at place: Double) -> Duration {
        .seconds(seconds.lowerBound + Int64(Double(seconds.upperBound - seconds.lowerBound + 1) * place))
    }
}

/// One bucket of one series with the time from which it can be relied on.
public struct TrueBucket: Sendable, Hashable {
    public let start: Timestamp
    /// What it is in the end.
    public let value: Double
    /// What Azure shows from `settledFrom` until `finalFrom`; the same as `value` unless it is revised. `nil` = a null.
    public let settledValue: Double?
    /// From when Azure shows a value that nothing tells from the final one.
    public let settledFrom: Timestamp
    /// From when Azure shows `value`.
    public let finalFrom: Timestamp
}

extension MetricTruth {
    /// The buckets of `grain` from `start` until `end` that have a value in the end.
    func buckets(
        of leaves: [LeafSeries], aggregation: StoredAggregation, grain: TimeGrain, from start: Timestamp,
        to end: Timestamp
    ) -> [TrueBucket] {
        var buckets: [TrueBucket] = []
        var bucketStart = start
        while bucketStart + grain.duration <= end {
            let bucketEnd = bucketStart + grain.duration
            if let value = finalValue(of: leaves, aggregation: aggregation, grain: grain, bucketStart: bucketStart) {
                let arrival = arrival(of: leaves, from: bucketStart, to: bucketEnd)
                let settledFrom = bucketEnd + arrival.delay
                let settled = fold(leaves, from: bucketStart, to: bucketEnd, seenAt: settledFrom)?[aggregation]
                buckets.append(
                    TrueBucket(
                        start: bucketStart, value: value, settledValue: settled, settledFrom: settledFrom,
                        finalFrom: settled == value ? settledFrom : settledFrom + (arrival.revisedAfter ?? .zero)))
            }
            bucketStart = bucketEnd
        }
        return buckets
    }
}
