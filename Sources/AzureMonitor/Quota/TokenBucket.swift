import MetricModel

/// What a quota allows.
public struct QuotaLimit: Hashable, Sendable {
    /// Calls at once; infinite = no limit.
    public var capacity: Double
    /// Calls a second in the long run.
    public var refill: Double
    /// Whether the rate is found out: halved by a refusal, and slowly back. For quotas that are not documented.
    public var isAdaptive: Bool

    /// `capacity` calls at once and `refill` a second.
    public init(capacity: Double, refill: Double, isAdaptive: Bool = false) {
        self.capacity = capacity
        self.refill = refill
        self.isAdaptive = isAdaptive
    }

    /// What Azure documents for each interface, per identity and subscription (Resource Graph: per identity).
    public static func documented(for api: AzureAPI) -> QuotaLimit {
        switch api {
        case .tokens: QuotaLimit(capacity: .infinity, refill: .infinity)
        case .metrics: QuotaLimit(capacity: 250, refill: 25)
        // 400 in five minutes, whichever five minutes.
        case .definitions: QuotaLimit(capacity: 100, refill: 1)
        // 15 in five seconds, likewise.
        case .resourceGraph: QuotaLimit(capacity: 5, refill: 2)
        case .batchMetrics: QuotaLimit(capacity: 100, refill: 100, isAdaptive: true)
        }
    }
}

/// How many calls may go now, and when the next one may. Pure: time comes from outside, on the monotonic clock.
public struct TokenBucket: Sendable {
    /// Below this much a token counts as whole: times are not exact.
    private static let tolerance = 1e-6

    public private(set) var capacity: Double
    /// Tokens a second.
    public private(set) var refill: Double
    /// Nothing goes before that.
    public private(set) var closedUntil: Duration
    private var level: Double
    private var levelAt: Duration

    /// A full bucket.
    public init(_ limit: QuotaLimit, at now: Duration) {
        capacity = limit.capacity
        refill = limit.refill
        closedUntil = now
        level = limit.capacity
        levelAt = now
    }

    /// Calls that may go at `now`, where it is not closed; below zero never.
    public func tokens(at now: Duration) -> Double {
        guard capacity.isFinite else { return capacity }
        return min(capacity, level + max(0, (now - levelAt).secondsAsDouble) * refill)
    }

    /// How long the call waits that has `count` - 1 others before it; zero = it may go now.
    public func wait(for count: Int = 1, at now: Duration) -> Duration {
        let open = max(now, closedUntil)
        let missing = Double(count) - tokens(at: open)
        guard missing > Self.tolerance else { return open - now }
        return open - now + .nanoseconds(Int64(min(missing / refill, 1e9) * 1e9) + 1)
    }

    /// One call goes.
    public mutating func take(at now: Duration) {
        level = max(0, tokens(at: now) - 1)
        levelAt = max(now, levelAt)
    }

    /// The call that went last did not go after all.
    public mutating func giveBack() { level = min(capacity, level + 1) }

    /// The server says how many calls are left. If they are more than reckoned, the reckoning stands.
    public mutating func limit(toRemaining remaining: Int64, at now: Duration) {
        guard levelAt <= now else { return }
        level = min(tokens(at: now), Double(max(0, remaining)))
        levelAt = now
    }

    /// Nothing goes before `end`, then one call, and the others at the rate of the refill.
    public mutating func close(until end: Duration) {
        guard end > closedUntil else { return }
        closedUntil = end
        level = 1
        levelAt = end
    }

    /// Another rate from now on, and no more at once than goes in a second.
    public mutating func setRate(_ rate: Double, at now: Duration) {
        let tokens = tokens(at: now)
        refill = rate
        capacity = max(1, rate)
        level = min(tokens, capacity)
        levelAt = max(now, levelAt)
    }
}
