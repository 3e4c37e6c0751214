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
    private let printLine: @Sendable (String) -> Void
    private let cycles = Lock(0)

    init(
        clock: SteppedClock, wall: SystemClock, agent: Agent, receiver: OTLPReceiver, schedules: [CronSchedule],
        progress: Progress, printLine: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.wall = wall
        self.agent = agent
        self.receiver = receiver
        self.schedules = schedules
        self.progress = progress
        self.printLine = printLine
    }

    /// Simulated minutes that were scraped.
    var cycleCount: Int { cycles.withLock { $0 } }

    /// Steps for `duration`, or until the user stops it.
    /// - Returns: When the newest cycle of each schedule began.
    func drive(_ reports: AsyncStream<CycleReport>, for duration: Duration) async throws -> [String: Timestamp] {
        let deadline = wall.monotonicNow + duration
        var arriving = reports.makeAsyncIterator()
        var expected = Set(schedules.map(\.text))
        var last: [String: Timestamp] = [:]
        while true {
            let minuteBegan = wall.monotonicNow
            var cycle: [CycleReport] = []
            while !expected.isEmpty, let report = await arriving.next() {
                expected.remove(report.schedule)
                last[report.schedule] = report.startedAt
                cycle.append(report)
            }
            try await agent.waitUntilDelivered()
            try Task.checkCancellation()
            cycles.withLock { $0 += 1 }
            say(cycle)
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

    private func say(_ cycle: [CycleReport]) {
        let calls = cycle.reduce(0) { $0 + $1.callCount }
        let points = cycle.reduce(0) { $0 + $1.pointCount }
        let failed = cycle.reduce(0) { $0 + $1.failures.count }
        let time = String(clock.systemNow.description.dropFirst(11).prefix(5))
        let counters = receiver.counters
        printLine(
            "\(time)  scraped \(cycle.reduce(0) { $0 + $1.pairCount }) metric-resources in \(calls) calls"
                + "  settled and pushed \(points) points  received \(counters.points), \(counters.bytes) bytes"
                + (failed == 0 ? "" : "  FAILED \(failed)"))
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
