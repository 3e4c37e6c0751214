import MetricModel

/// Azure's now: the monotonic clock and an offset learned from the `Date` headers of Azure's answers.
///
/// Before the first answer it is what the system clock said when this was made. A jump of the system clock after that
/// changes nothing here; it is only reported.
public final class AzureTime: Sendable {
    /// What the system clock may be off before it is reported.
    public static let tolerableSkew = Duration.seconds(30)

    private struct State {
        var offset = ClockOffset()
        var isSkewReported = false
    }

    private let clock: any AgentClock
    private let offsetAtStart: Duration
    private let onSkew: @Sendable (Duration) -> Void
    private let state = Lock(State())

    /// Azure's time on `clock`.
    /// - Parameter onSkew: Called with ``skewAgainstSystemClock`` when that has become more than ``tolerableSkew``, and
    ///   not again before the two clocks have agreed in between.
    public init(clock: any AgentClock, onSkew: @escaping @Sendable (Duration) -> Void = { _ in }) {
        self.clock = clock
        self.onSkew = onSkew
        offsetAtStart = .nanoseconds(clock.systemNow.nanosecondsSince1970) - clock.monotonicNow
    }

    /// Azure's now, to about a second.
    ///
    /// What a single answer may settle is bounded by its own `Date` besides (``MetricsAnswer/answeredAt``).
    public var now: Timestamp {
        let offset = state.withLock { $0.offset.learned } ?? offsetAtStart
        return Timestamp(nanosecondsSince1970: (clock.monotonicNow + offset).wholeNanoseconds)
    }

    /// Whether an answer of Azure has said what time it is.
    public var isLearned: Bool { state.withLock { $0.offset.learned != nil } }

    /// How far Azure is ahead of the system clock, negative when behind; zero before the first answer.
    public var skewAgainstSystemClock: Duration {
        isLearned ? now - clock.systemNow : .zero
    }

    /// Learns from the `Date` header of an answer of `host` that has just arrived.
    public func observe(date: Timestamp, host: String) {
        let monotonic = clock.monotonicNow
        state.withLock { $0.offset.observe(date: date, host: host, monotonic: monotonic) }
        let skew = skewAgainstSystemClock
        let isSkewed = skew.magnitude > Self.tolerableSkew
        let isNews = state.withLock { state in
            defer { state.isSkewReported = isSkewed }
            return isSkewed && !state.isSkewReported
        }
        if isNews { onSkew(skew) }
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
