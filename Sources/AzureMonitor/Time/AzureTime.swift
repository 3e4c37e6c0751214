import MetricModel

/// How the system clock and the `Date` of Azure's answers differ.
public struct ClockSkew: Hashable, Sendable {
    /// How far Azure is ahead of the system clock; negative when behind.
    public var azureAhead: Duration
    /// Whether Azure's answers go on as the system clock had it before: then it is the system clock that has jumped, and
    /// buckets are decided by Azure's. Else nobody knows which is wrong, and they are decided by the earlier.
    public var hasSystemClockJumped: Bool
}

/// Azure's now: the monotonic clock and an offset learned from the `Date` headers of Azure's answers.
///
/// No clock alone can make it run ahead, for a bucket that is decided too early is lost: a jump of the system clock changes
/// nothing, and a `Date` that is ahead of what both clocks last agreed on (at first, of the system clock when this was
/// made) is believed only when the system clock says the same. Until then the earlier counts, which only delays.
public final class AzureTime: Sendable {
    /// What the clocks may differ before it is reported, and before one of them needs the other's word.
    public static let tolerableSkew = Duration.seconds(30)

    private struct State {
        var offset = ClockOffset()
        /// Less the monotonic time: what the system clock said at first, then what both clocks last agreed on.
        var agreed: Duration
        /// What was reported and is not over.
        var reportedJump: Bool?
    }

    private let clock: any AgentClock
    private let onSkew: @Sendable (ClockSkew) -> Void
    private let state: Lock<State>

    /// Azure's time on `clock`.
    /// - Parameter onSkew: Called when the clocks differ by more than ``tolerableSkew``, and not again before they have
    ///   agreed in between, or it is another clock that is to blame.
    public init(clock: any AgentClock, onSkew: @escaping @Sendable (ClockSkew) -> Void = { _ in }) {
        self.clock = clock
        self.onSkew = onSkew
        state = Lock(State(agreed: Self.systemOffset(clock)))
    }

    /// Azure's now, to about a second: what may be settled, skipped and given up. Before the first answer it is what the
    /// system clock said when this was made.
    ///
    /// What a single answer may settle is bounded by its own `Date` besides (``MetricsTable/answeredAt``).
    public var now: Timestamp {
        let system = Self.systemOffset(clock)
        return time(
            at: state.withLock { state in
                Self.offset(learned: state.offset.learned, agreed: state.agreed, system: system)
            })
    }

    /// What Azure's answers say it is, right or not: what they mean by the times in them, as when a token expires.
    public var nowByAnswers: Timestamp { time(at: state.withLock { $0.offset.learned ?? $0.agreed }) }

    /// The latest that any of the clocks says it is: what lies beyond cannot have happened.
    public var latest: Timestamp {
        let system = Self.systemOffset(clock)
        return time(
            at: state.withLock { state in max(state.offset.learned ?? state.agreed, state.agreed, system) })
    }

    /// Whether an answer of Azure has said what time it is.
    public var isLearned: Bool { state.withLock { $0.offset.learned != nil } }

    /// How far Azure is ahead of the system clock, negative when behind; zero before the first answer.
    public var skewAgainstSystemClock: Duration {
        isLearned ? nowByAnswers - clock.systemNow : .zero
    }

    /// Learns from the `Date` header of an answer of `host` that has just arrived.
    public func observe(date: Timestamp, host: String) {
        let (monotonic, system) = (clock.monotonicNow, Self.systemOffset(clock))
        let news = state.withLock { state -> ClockSkew? in
            state.offset.observe(date: date, host: host, monotonic: monotonic)
            guard let learned = state.offset.learned else { return nil }
            guard !Self.agree(learned, system) else {
                // The earlier, or a clock could walk ahead in steps that are just small enough.
                (state.agreed, state.reportedJump) = (min(learned, system), nil)
                return nil
            }
            let skew = ClockSkew(
                azureAhead: learned - system, hasSystemClockJumped: Self.agree(learned, state.agreed))
            defer { state.reportedJump = skew.hasSystemClockJumped }
            return state.reportedJump == skew.hasSystemClockJumped ? nil : skew
        }
        if let news { onSkew(news) }
    }

    /// The offset by which buckets are decided.
    /// - Parameters:
    ///   - learned: What Azure's answers say.
    ///   - agreed: What both clocks last agreed on.
    ///   - system: What the system clock says.
    static func offset(learned: Duration?, agreed: Duration, system: Duration) -> Duration {
        guard let learned else { return agreed }
        return agree(learned, system) || agree(learned, agreed) ? learned : min(learned, agreed)
    }

    private static func agree(_ one: Duration, _ other: Duration) -> Bool {
        max(one, other) - min(one, other) <= tolerableSkew
    }

    private static func systemOffset(_ clock: any AgentClock) -> Duration {
        .nanoseconds(clock.systemNow.nanosecondsSince1970) - clock.monotonicNow
    }

    private func time(at offset: Duration) -> Timestamp {
        Timestamp(nanosecondsSince1970: (clock.monotonicNow + offset).wholeNanoseconds)
    }
}
