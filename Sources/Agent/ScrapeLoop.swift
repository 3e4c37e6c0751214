import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// The metrics of one schedule: runs them once at start and then when their cron says so.
///
/// It alone owns its pairs, so runs of one schedule cannot overlap and loops share nothing but the call limiter.
actor ScrapeLoop {
    let schedule: CronSchedule
    var pairs: [ScrapePair]
    let source: any MetricsSource
    let outbox: any Outbox
    private let limiter: CallLimiter
    let clock: any AgentClock

    init(
        schedule: CronSchedule, pairs: [ScrapePair], source: any MetricsSource, outbox: any Outbox,
        limiter: CallLimiter, clock: any AgentClock
    ) {
        self.schedule = schedule
        self.pairs = pairs
        self.source = source
        self.outbox = outbox
        self.limiter = limiter
        self.clock = clock
    }

    /// Runs until cancelled. Each finished cycle is reported.
    func run(report: @Sendable (CycleReport) -> Void) async throws {
        while true {
            report(try await runCycle())
            try await sleepUntilDue()
        }
    }

    /// Sleeps to the next occurrence by the system's clock, in pieces, so that a jump of that clock is noticed.
    private func sleepUntilDue() async throws {
        guard var due = schedule.next(after: clock.systemNow, in: .process) else { throw CancellationError() }
        while true {
            // The monotonic clock first: if time passes in between, the sleep is too short, never too long.
            let start = clock.monotonicNow
            let now = clock.systemNow
            if now >= due { return }
            if let next = schedule.next(after: now, in: .process), next < due { due = next }
            try await clock.sleep(untilMonotonic: start + min(due - now, .seconds(60)))
        }
    }

    /// One cycle: everything that is settled and not yet sent, for every pair.
    /// - Throws: `CancellationError` only; whatever else fails is in the report.
    func runCycle() async throws -> CycleReport {
        let now = source.now
        var report = CycleReport(schedule: schedule.text, startedAt: now)
        report.pairCount = pairs.count
        beginPairs(at: now, report: &report)
        let monotonicNow = clock.monotonicNow
        var open = Set(pairs.indices.filter { pairs[$0].pausedUntil <= monotonicNow })
        report.pausedMetrics = Set(pairs.indices.filter { !open.contains($0) }.map { pairs[$0].metric.name })
        while true {
            let marks = pairs.map { $0.ledger?.mark }
            let requests = open.sorted().compactMap { pairs[$0].request(number: $0, at: now) }
            var round = ScrapeRound(requests: requests, plannedAt: now)
            guard try await perform(&round, report: &report) else { break }
            // Once more for those that moved on and are still behind: long gaps take several windows.
            open = open.filter { index in
                guard let mark = pairs[index].ledger?.mark, !round.failed.contains(index) else { return false }
                return mark != marks[index] && mark < pairs[index].rules.settledEnd(at: now)
            }
            if open.isEmpty { break }
        }
        report.settledUntil = pairs.compactMap { $0.ledger?.mark }.min()
        return report
    }

    private func beginPairs(at now: Timestamp, report: inout CycleReport) {
        for index in pairs.indices {
            let rules = pairs[index].rules
            if pairs[index].ledger == nil { pairs[index].ledger = PairLedger(firstPlannedAt: now, rules: rules) }
            if let range = pairs[index].ledger?.skipOlderThanCatchUp(at: now, rules: rules) {
                report.skipped.append(
                    SkippedRange(metric: pairs[index].metric.name, resource: pairs[index].resource.id, range: range))
            }
        }
    }

    /// Makes the calls of `round`, as many at once as the limiter lets through.
    /// - Returns: false when the outbox is full and the cycle has to end.
    private func perform(_ round: inout ScrapeRound, report: inout CycleReport) async throws -> Bool {
        guard !round.isEmpty else { return false }
        let (source, limiter) = (source, limiter)
        return try await withThrowingTaskGroup(of: (MetricsCall, Result<MetricsAnswer, AzureError>).self) { group in
            var underWay = 0
            var hasRoom = true
            while hasRoom, !round.waiting.isEmpty || underWay > 0 {
                while underWay < CallConcurrency.limit, let call = round.waiting.popLast() {
                    underWay += 1
                    report.callCount += 1
                    group.addTask { (call, try await limiter.run { await source.answer(to: call) }) }
                }
                guard let (call, result) = try await group.next() else { break }
                underWay -= 1
                take(result, of: call, round: &round, report: &report)
                if round.isWorthCommitting { hasRoom = await commit(&round, report: &report) }
            }
            if hasRoom { hasRoom = await commit(&round, report: &report) }
            group.cancelAll()
            try Task.checkCancellation()
            return hasRoom
        }
    }
}

/// How many calls are made at once.
enum CallConcurrency {
    /// Eight answers in memory keep the promised size; Azure answers in a fraction of a second.
    static let limit = 8
}
