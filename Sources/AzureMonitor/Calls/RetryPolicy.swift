import HTTPTransport

/// Whether and when a question is asked again. Pure: time and chance come from outside.
public struct RetryPolicy: Hashable, Sendable {
    /// Tries in all, the first included.
    public var maximumAttempts: Int
    /// The longest first wait; it doubles with every try.
    public var baseDelay: Duration
    /// The longest wait that we choose ourselves.
    public var maximumDelay: Duration
    /// Over all tries: none begins after that, counted from the start of the first.
    public var deadline: Duration

    /// By default five tries within two minutes, waiting up to 1, 2, 4 and 8 s in between.
    public init(
        maximumAttempts: Int = 5, baseDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(30),
        deadline: Duration = .seconds(120)
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.deadline = deadline
    }

    /// How a try ended.
    public enum Outcome: Sendable {
        /// An answer, and how long the server wants not to be asked again, if it said so.
        case answered(status: Int, retryAfter: Duration?)
        /// No whole answer.
        case failed(HTTPError.Code)
    }

    /// The time to wait before the next try; `nil` when there is none.
    ///
    /// The server's own wish comes first, and is not shortened: where it does not fit before the deadline nothing is tried.
    /// Otherwise full jitter: any time up to the doubled delay is as likely as any other.
    /// - Parameters:
    ///   - attempt: How many tries there were, this one included.
    ///   - elapsed: Since the start of the first try.
    ///   - random: In 0 ..< 1.
    public func wait(after outcome: Outcome, attempt: Int, elapsed: Duration, random: Double) -> Duration? {
        guard attempt < maximumAttempts, Self.isTransient(outcome) else { return nil }
        var wait = min(maximumDelay, baseDelay * (1 << min(attempt - 1, 20))) * random
        if case .answered(_, let asked?) = outcome {
            // Some jitter on top, so that all who were refused do not come back at once.
            wait = asked + min(baseDelay, .seconds(1)) * random
        }
        return elapsed + wait < deadline ? wait : nil
    }

    /// Whether the same question may be answered a little later.
    static func isTransient(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .answered(let status, _):
            status == 408 || status == 429 || (500...599).contains(status) && status != 501
        case .failed(let code):
            switch code {
            case .unresolved, .unreachable, .timedOut, .interrupted, .damagedBody: true
            case .cancelled, .tls, .bodyTooLarge, .badRequest: false
            }
        }
    }
}
