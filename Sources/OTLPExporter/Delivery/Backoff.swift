/// How long to wait before the same bytes go out again.
public struct Backoff: Sendable {
    /// The bound of the first wait; each further one is twice the one before.
    public var first: Duration
    /// No bound is larger.
    public var cap: Duration
    /// The most that a `Retry-After` is obeyed.
    public var retryAfterCap: Duration

    /// By default 1 s, doubled up to 60 s; `Retry-After` up to 5 min.
    public init(
        first: Duration = .seconds(1), cap: Duration = .seconds(60), retryAfterCap: Duration = .seconds(300)
    ) {
        self.first = first
        self.cap = cap
        self.retryAfterCap = retryAfterCap
    }

    /// The bound of wait number `attempt`, counted from 0.
    func bound(_ attempt: Int) -> Duration {
        min(cap, first * (1 << min(attempt, 30)))
    }

    /// The wait after failure number `attempt` in a row: anything between nothing and the bound ("full jitter"), and at
    /// least what the server asked for, spread by up to a tenth.
    /// - Parameter random: From 0 up to, but not including, 1.
    func delay(attempt: Int, retryAfter: Duration?, random: Double) -> Duration {
        let jittered = bound(attempt) * random
        guard let retryAfter else { return jittered }
        return max(jittered, min(retryAfter, retryAfterCap) * (1 + random / 10))
    }
}
