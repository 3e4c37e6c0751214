import MetricModel

/// Finds out how many calls a second a server takes that does not say so: half of what was too much, then slowly more.
/// Pure: time comes from outside.
struct AdaptiveRate: Sendable {
    /// Where it begins, and what it never exceeds; calls a second.
    let ceiling: Double
    static let floor = 0.2
    /// A tenth more after so long without a refusal.
    static let step = Duration.seconds(30)
    private static let window = Duration.seconds(10)

    private(set) var rate: Double
    private var changedAt: Duration
    private var windowStart: Duration
    private var sent = 0.0
    private var sentBefore = 0.0

    init(ceiling: Double, at now: Duration) {
        self.ceiling = ceiling
        rate = ceiling
        changedAt = now
        windowStart = now
    }

    /// A call went out.
    mutating func send(at now: Duration) {
        let elapsed = now - windowStart
        if elapsed >= Self.window {
            sentBefore = elapsed < Self.window * 2 ? sent : 0
            sent = 0
            windowStart = now
        }
        sent += 1
    }

    /// Too much: half of what really went out lately, if that was less than allowed.
    mutating func refuse(at now: Duration) {
        let seconds = (now - windowStart + Self.window).secondsAsDouble
        let observed = max(1, sent + sentBefore) / seconds
        rate = max(Self.floor, min(rate, observed) / 2)
        changedAt = now
    }

    /// An answer without complaint. Returns whether the rate has changed.
    mutating func accept(at now: Duration) -> Bool {
        guard rate < ceiling, now - changedAt >= Self.step else { return false }
        rate = min(ceiling, rate * 1.1)
        changedAt = now
        return true
    }
}
