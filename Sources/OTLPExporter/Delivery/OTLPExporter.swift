import HTTPTransport
import MetricModel

/// Brings the rows of one destination's store to one OTLP receiver: strictly in order, one at a time, the same bytes until
/// they are taken. Of the rows one is in memory at a time, and while it is divided its halves.
public final class OTLPExporter: Sendable {
    /// How long rows may wait.
    public struct Retention: Sendable {
        var maxAge: Duration
        var now: @Sendable () -> Timestamp?

        /// - Parameters:
        ///   - maxAge: Counted from when a row was enqueued.
        ///   - now: The clock of the store; `nil` as long as it is not known. Best Azure's: a system clock that jumps would
        ///     throw away everything.
        public init(maxAge: Duration, now: @escaping @Sendable () -> Timestamp?) {
            self.maxAge = maxAge
            self.now = now
        }
    }

    /// A row whose answer said for good what becomes of it, until that is written down.
    struct Answered {
        let id: RowID
        let row: EncodedBatch
        let answer: OTLPAnswer
    }

    private struct State {
        var statistics = OTLPExporterStatistics()
        var answered: Answered?
        var idleWaiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter: UInt64 = 0
        var saidUnreadable = false
    }

    /// The destination's name; the receiver may move.
    public let destination: String
    let store: any DeliveryStore
    let sender: OTLPSender
    let backoff: Backoff
    let retention: Retention?
    let random: @Sendable () -> Double
    private let onEvent: @Sendable (_ destination: String, OTLPExporterEvent) -> Void
    private let state = Lock(State())

    /// An exporter that does nothing until ``run(clock:)``.
    /// - Parameters:
    ///   - destination: Its name in statistics and events, such as `openTelemetryCollector`.
    ///   - store: Of this destination alone. No other exporter may empty it.
    ///   - version: Of this program, for `User-Agent`.
    ///   - retention: `nil` = rows wait for as long as it takes.
    ///   - random: From 0 up to, but not including, 1: for the jitter.
    ///   - onEvent: Called from the task that runs, never with a lock held. Keep it short.
    public init(
        destination: String, store: any DeliveryStore, settings: OTLPSettings, client: any HTTPClient, version: String,
        retention: Retention? = nil, backoff: Backoff = Backoff(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onEvent: @escaping @Sendable (_ destination: String, OTLPExporterEvent) -> Void = { _, _ in }
    ) {
        self.destination = destination
        self.store = store
        sender = OTLPSender(settings, client: client, version: version)
        self.retention = retention
        self.backoff = backoff
        self.random = random
        self.onEvent = onEvent
        state.withLock { $0.statistics.destination = destination }
    }

    /// Counters and what waits, as of now.
    public var statistics: OTLPExporterStatistics {
        var statistics = state.withLock { $0.statistics }
        statistics.store = store.statistics
        return statistics
    }

    /// Sends until the task is cancelled. Only one task may run at a time.
    ///
    /// A request that is under way when the task is cancelled stays in the store: nobody knows whether it arrived.
    /// - Throws: `CancellationError`, in the end.
    public func run(clock: any AgentClock) async throws {
        let arrivals = store.arrivals()
        var run = DeliveryRun(self, clock: clock)
        try await run.drain()
        for await _ in arrivals { try await run.drain() }
        throw CancellationError()
    }

    /// Returns when nothing waits any more: everything was delivered or dropped.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func waitUntilDrained() async throws {
        let id = state.withLock { state -> UInt64 in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    // Set before the handler can run, or seen by it below: either way it is resumed once.
                    if Task.isCancelled { return true }
                    state.idleWaiters[id] = continuation
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                // Asked once it is among those who are told: what becomes empty from here on is not missed.
                tellIdleWaiters()
            }
        } onCancel: {
            state.withLock { $0.idleWaiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}

/// What a run leaves behind for statistics, for those who wait, and for the next run.
extension OTLPExporter {
    func count(_ change: (inout OTLPExporterStatistics) -> Void) { state.withLock { change(&$0.statistics) } }

    func say(_ event: OTLPExporterEvent) { onEvent(destination, event) }

    /// Set from the moment when an answer cannot be taken back until it is written down.
    var answered: Answered? {
        get { state.withLock { $0.answered } }
        set { state.withLock { $0.answered = newValue } }
    }

    func sayUnreadableOnce() {
        let isFirst = state.withLock { state in
            defer { state.saidUnreadable = true }
            return !state.saidUnreadable
        }
        if isFirst { say(.unreadableAnswer) }
    }

    func tellIdleWaiters() {
        guard store.statistics.queuedRequests == 0 else { return }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            defer { state.idleWaiters = [:] }
            return Array(state.idleWaiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }
}
