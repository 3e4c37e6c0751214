import MetricModel

/// Calls that are left, and those that come back with time.
struct TokenBucket: Sendable {
    private let limit: ReadLimits.Bucket
    private(set) var level: Double
    private var updated: Timestamp
    /// `nil` = nobody was refused yet.
    private var refusedUntil: Timestamp?

    /// A full one.
    init(_ limit: ReadLimits.Bucket, at now: Timestamp) {
        self.limit = limit
        level = limit.capacity
        updated = now
    }

    /// Fills it up to what it holds at `now`.
    mutating func refill(at now: Timestamp) {
        level = min(limit.capacity, level + max(0, (now - updated).secondsAsDouble) * limit.perSecond)
        updated = now
    }

    /// Seconds that a caller has to wait at `now`, 0 = none: until it is full again, so that a pause is worth it. Who comes
    /// before that is sent away once more. Of two calls at once the later one may be counted first.
    mutating func wait(at now: Timestamp) -> Int64 {
        guard level < 1 || refusedUntil.map({ now < $0 }) == true else { return 0 }
        let seconds = min(3600, max(1, ((limit.capacity - level) / limit.perSecond).rounded(.up)))
        refusedUntil = now + .seconds(Int64(seconds))
        return Int64(seconds)
    }

    /// Takes one call out.
    mutating func take() { level -= 1 }
}
