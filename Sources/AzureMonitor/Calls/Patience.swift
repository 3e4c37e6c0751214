/// How long one question may take, and how often it is asked again.
public struct Patience: Sendable {
    public var retry: RetryPolicy
    /// Of one try, on wall time.
    public var tryTime: Duration

    /// By default what values are asked with.
    public init(retry: RetryPolicy = RetryPolicy(), tryTime: Duration = .seconds(60)) {
        self.retry = retry
        self.tryTime = tryTime
    }

    /// For what somebody waits for and can do without: two tries within about ten seconds, or one that takes so long.
    public static let brief = Patience(
        retry: RetryPolicy(maximumAttempts: 2, deadline: .seconds(10)), tryTime: .seconds(10))
}
