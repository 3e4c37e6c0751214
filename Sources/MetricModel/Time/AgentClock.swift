#if canImport(Glibc)
    import Glibc
#endif

/// Where time comes from. Everything that decides by time takes one, so that tests and the demo can drive it.
///
/// Socket deadlines are the exception: they run on wall time, inside the HTTP client.
public protocol AgentClock: Sendable {
    /// Time since an arbitrary start; never goes back, whatever happens to the system clock, and goes on while the
    /// machine sleeps.
    var monotonicNow: Duration { get }
    /// The system clock. It may jump: never decide which bucket is settled by it.
    var systemNow: Timestamp { get }
    /// Returns when `monotonicNow` has reached `deadline`.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(untilMonotonic deadline: Duration) async throws
}

extension AgentClock {
    /// Returns after `duration`. Throws `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await sleep(untilMonotonic: monotonicNow + duration)
    }
}

/// The machine's own clocks.
public struct SystemClock: AgentClock {
    public init() {}

    /// `CLOCK_MONOTONIC` would stand still while the machine is suspended.
    public var monotonicNow: Duration { Self.read(CLOCK_BOOTTIME) }

    public var systemNow: Timestamp {
        Timestamp(nanosecondsSince1970: Self.read(CLOCK_REALTIME).wholeNanoseconds)
    }

    public func sleep(untilMonotonic deadline: Duration) async throws {
        try await Task.sleep(for: max(Duration.zero, deadline - monotonicNow), clock: .continuous)
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)  // cannot fail for these two clocks
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
