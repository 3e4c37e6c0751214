import Agent
import Declaration
import MetricModel
import OTLPReceiver

/// Steps the demo's clock: the next minute begins when everything of the last one is committed and acknowledged.
final class Stage: Sendable {
    private let clock: SteppedClock
    private let wall: SystemClock
    private let agent: Agent
    private let receiver: OTLPReceiver
    private let schedules: [CronSchedule]
    private let progress: Progress
    private let audience: any DemoAudience
    private let rows: Lock<ArrivedRows>
    private let totals = Lock(Totals())

    private struct Totals {
        var cycles = 0
        var calls = 0
    }

    init(
        clock: SteppedClock, wall: SystemClock, agent: Agent, receiver: OTLPReceiver, declaration: MetricsDeclaration,
        schedules: [CronSchedule], progress: Progress, audience: any DemoAudience
    ) {
        self.clock = clock
        self.wall = wall
        self.agent = agent
        self.receiver = receiver
        self.schedules = schedules
        self.progress = progress
        self.audience = audience
        rows = Lock(ArrivedRows(declaration))
    }

    /// Simulated minutes that were scraped.
    var cycleCount: Int { totals.withLock { $0.cycles } }

    /// Steps for `duration`, or until the user stops it.
    /// - Returns: When the newest cycle of each schedule began.
    func drive(_ reports: AsyncStream<CycleReport>, for duration: Duration) async throws -> [CronSchedule: Timestamp] {
        let deadline = wall.monotonicNow + duration
        var arriving = reports.makeAsyncIterator()
        var expected = Set(schedules.map(\.text))
        let named = Dictionary(schedules.map { ($0.text, $0) }) { first, _ in first }
        var last: [CronSchedule: Timestamp] = [:]
        while true {
            let minuteBegan = wall.monotonicNow
            var cycle: [CycleReport] = []
            while !expected.isEmpty, let report = await arriving.next() {
                expected.remove(report.schedule)
                if let schedule = named[report.schedule] { last[schedule] = report.startedAt }
                cycle.append(report)
            }
            try await agent.waitUntilDelivered()
            try Task.checkCancellation()
            audience.show(frame(after: cycle))
            if wall.monotonicNow + .seconds(1) > deadline || progress.isStopping { return last }
            try await wall.sleep(untilMonotonic: minuteBegan + .seconds(1))
            let before = clock.systemNow
            let now = (before + .seconds(60)).floored(to: .oneMinute)
            clock.advance(by: now - before)
            for schedule in schedules {
                if let due = schedule.next(after: before, in: .process), due <= now { expected.insert(schedule.text) }
            }
        }
    }

    /// Moves the clock a second whenever nothing has happened for two: a retry that waits would wait for ever otherwise.
    func nudge() async throws {
        var seen = progress.count
        while true {
            try await wall.sleep(for: .seconds(2))
            if progress.count == seen { clock.advance(by: .seconds(1)) }
            seen = progress.count
        }
    }

    private func frame(after cycle: [CycleReport]) -> DemoFrame {
        let calls = cycle.reduce(0) { $0 + $1.callCount }
        let totals = totals.withLock { totals in
            totals.cycles += 1
            totals.calls += calls
            return totals
        }
        let rows = rows.withLock { rows in
            rows.take(receiver.points())
            return rows.rows
        }
        let counters = receiver.counters
        return DemoFrame(
            time: clock.systemNow, minute: totals.cycles, pairCount: cycle.reduce(0) { $0 + $1.pairCount },
            callCount: calls, newPointCount: cycle.reduce(0) { $0 + $1.pointCount },
            failureCount: cycle.reduce(0) { $0 + $1.failedPairCount }, totalCallCount: totals.calls,
            pointCount: counters.points, pushCount: counters.requests, byteCount: counters.bytes, rows: rows)
    }
}

/// What has happened so far in the demo, for those who wait.
final class Progress: Sendable {
    private struct State {
        var count = 0
        var isStopping = false
        var failures: [String] = []
    }

    private let state = Lock(State())

    var count: Int { state.withLock { $0.count } }
    var isStopping: Bool { state.withLock { $0.isStopping } }
    /// The first failures, for the summary.
    var failures: [String] { state.withLock { $0.failures } }

    func note(_ event: AgentEvent) {
        state.withLock { state in
            state.count += 1
            guard case .cycle(let report) = event, state.failures.count < 10 else { return }
            state.failures += report.failures.map { "\($0.metric): \($0.message)" }
        }
    }

    func askToStop() { state.withLock { $0.isStopping = true } }
}
