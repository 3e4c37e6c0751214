import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// The metrics of one schedule: runs them once at start and then when their cron says so.
///
/// It alone owns its ledgers, so runs of one schedule cannot overlap.
actor ScrapeLoop {
    let schedule: CronSchedule
    let estate: Estate
    let source: any MetricsSource
    let state: any ScrapeState
    let definitions: DefinitionsCatalog
    let batching: MetricsBatching
    /// Whether values that Azure changes later are sent again (rule T9).
    let resends: Bool
    private let limiter: CallLimiter
    let clock: any AgentClock
    var isPrepared = false
    /// As declared, until it is prepared.
    var declaredTable: ScrapeTable?
    /// What is scraped, with what Azure has taught about it.
    var table: ScrapeTable
    var book: LedgerBook
    /// Who gets points; those that fell behind have ledgers of their own.
    var destinations: [String] = []
    var followers: [Follower] = []
    var troubles = PairTroubles()
    var sizes = AnswerSizes()
    /// Whose ledger could not be read when it was loaded.
    var damagedStrips: Set<Int> = []
    /// Subscriptions that have to be asked through Azure Resource Manager, and when getBatch is tried again, on the
    /// monotonic clock.
    var batchRights = BatchRights()
    /// Of the definitions that the pairs were last given.
    var knownGeneration = 0
    /// What has been said about the grain of each metric.
    var saidGrains: [String: Set<TimeGrain>] = [:]
    /// Metrics of which it has been said that they may be no sums.
    var saidSums: Set<String> = []
    /// For the next report.
    var pendingNotices: [PairNotice] = []
    /// For the next step that is kept.
    var pendingCounts = ScrapeCounts()
    /// Regions that answers told since the last step.
    var learnedRegions: [(region: String, member: MonitoredResource)] = []
    var pendingDocuments: [(name: String, bytes: [UInt8]?)] = []
    /// Over how much time the calls of a large cycle are spread; nothing in the first, which is to be there soon.
    private var spread = Duration.zero

    init(
        schedule: CronSchedule, estate: Estate, source: any MetricsSource, state: any ScrapeState,
        definitions: DefinitionsCatalog, batching: MetricsBatching, resends: Bool, limiter: CallLimiter,
        clock: any AgentClock
    ) {
        self.schedule = schedule
        self.estate = estate
        self.source = source
        self.state = state
        self.definitions = definitions
        self.batching = batching
        self.resends = resends
        self.limiter = limiter
        self.clock = clock
        table = ScrapeTable()
        book = LedgerBook(table)
    }

    /// Runs until cancelled. Each finished cycle is reported.
    func run(report: @Sendable (CycleReport) -> Void) async throws {
        while true {
            var (cycle, unread) = try await runCycle(of: nil)
            report(cycle)
            spread = min(schedule.gaps(around: clock.systemNow, in: .process).shortest / 2, .seconds(30))
            // What could not be read is not left until an occurrence that may be a day away.
            var pause = Duration.seconds(60)
            while !unread.isEmpty, let due = schedule.next(after: clock.systemNow, in: .process),
                due - clock.systemNow > pause
            {
                try await clock.sleep(for: pause)
                (cycle, unread) = try await runCycle(of: unread)
                report(cycle)
                pause = min(pause * 2, .seconds(900))
            }
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

    /// One cycle of all pairs.
    /// - Throws: `CancellationError`, or what hinders the store for good; whatever else fails is in the report.
    func runCycle() async throws -> CycleReport { try await runCycle(of: nil).report }

    /// One cycle, or a part of it: everything that is settled and not yet sent, for every pair of `members`.
    /// - Returns: What it did, and the pairs that should be asked again soon.
    func runPart(of members: SlotMap) async throws -> (report: CycleReport, unread: SlotMap) {
        try await waitForBucket(of: members)
        let now = source.now
        var report = CycleReport(schedule: schedule.text, startedAt: now)
        report.pairCount = commonStrips.reduce(0) { $0 + members[$1].nonzeroBitCount }
        report.notices = pendingNotices
        pendingNotices = []
        await beginPairs(of: members, at: now, report: &report)
        // Births are kept before the first call (rule T3).
        guard try await keepChanges() else {
            report.isHeldBack = true
            return (report, members)
        }
        sizes.grow(at: clock.monotonicNow)
        let paused = troubles.paused(at: clock.monotonicNow, strips: table.strips.count)
        report.pausedCount = commonStrips.reduce(0) { $0 + paused[$1].nonzeroBitCount }
        var open = members.subtracting(paused)
        try await leaveOutFull(&open)
        var unread = members.intersection(paused)
        // Who catches up does not dawdle: only the first round is spread.
        var spread = spread
        while !open.isEmpty {
            guard try await hasRoom() else {
                report.isHeldBack = true
                unread.formUnion(open)
                break
            }
            var round = ScrapeRound(
                CallPlanner(batchSize: batching.maximumResources).calls(for: requests(of: open, at: now)),
                plannedAt: now, strips: table.strips.count)
            let hasRoom = try await perform(&round, spread: spread, report: &report)
            spread = .zero
            pauseStalled(of: round)
            pauseLaggards(of: round, report: &report)
            unread.formUnion(round.failed)
            guard hasRoom else {
                unread.formUnion(open)
                break
            }
            // Once more for those that moved on and are still behind: long gaps take several windows.
            open = behind(open.subtracting(round.failed).intersection(round.moved), at: now)
        }
        try await joinLevel()
        // As long as some pairs are not planned, nobody may say how far this schedule is.
        if !hasUnplanned(table.everything) {
            report.settledUntil = oldestMark()
            try await state.settled(until: report.settledUntil, schedule: schedule.text)
        }
        return (report, unread)
    }

    /// Whether anybody who shares the common ledgers takes more; who does not will fall behind.
    private func hasRoom() async throws -> Bool {
        let level = levelDestinations
        return try await state.withoutRoom(level).count < level.count
    }

    /// Who is behind and has no room is not asked for.
    private func leaveOutFull(_ open: inout SlotMap) async throws {
        for follower in followers where try await !state.withoutRoom([follower.destination]).isEmpty {
            for strip in follower.firstStrip..<follower.firstStrip + commonStrips.count { open[strip] = 0 }
        }
    }

    private func hasUnplanned(_ members: SlotMap) -> Bool {
        table.strips.indices.contains { members[$0] & ~book[$0].occupied != 0 }
    }

    private func oldestMark() -> Timestamp? {
        commonStrips.lazy.compactMap { self.book[$0].oldestMark(self.table.strips[$0].slots) }.min()
    }

    /// Waits for buckets that are settled within two seconds.
    ///
    /// Azure tells its time in whole seconds, so Azure's now lags by up to one; a schedule on the full minute would always
    /// come just before a bucket is settled and send it a whole occurrence late.
    private func waitForBucket(of members: SlotMap) async throws {
        let now = source.now
        let waits = table.strips.indices.filter { members[$0] != 0 }
            .map { table.strips[$0].reading.rules.timeToNextSettled(at: now) }.filter { $0 <= .seconds(2) }
        if let wait = waits.max() { try await clock.sleep(for: wait + .milliseconds(100)) }
    }

    /// Makes the calls of `round`, evenly over `spread` and as many at once as the limiter lets through.
    /// - Returns: false when there is no room for what they bring and the cycle has to end.
    private func perform(
        _ round: inout ScrapeRound, spread: Duration, report: inout CycleReport
    ) async throws -> Bool {
        let (source, limiter, clock) = (source, limiter, clock)
        let pace = CallPace(start: clock.monotonicNow, callCount: round.waiting.count, spread: spread)
        var startedCount = 0
        return try await withThrowingTaskGroup(of: (MetricsCall, Result<MetricsTable, AzureError>).self) { group in
            var underWay = 0
            var hasRoom = true
            while hasRoom, !round.waiting.isEmpty || underWay > 0 {
                while underWay < CallConcurrency.limit, let call = round.waiting.popLast() {
                    if let parts = smaller(call) {
                        round.waiting += parts.reversed()
                        continue
                    }
                    underWay += 1
                    let question = MetricsQuestion(
                        call: call, resourceIDs: call.resources.map { table.resources[$0].id })
                    let start = pace.start(ofCall: startedCount)
                    startedCount += 1
                    group.addTask {
                        if let start { try await clock.sleep(untilMonotonic: start) }
                        return (call, try await limiter.run { await source.answer(to: question) })
                    }
                }
                guard let (call, result) = try await group.next() else { break }
                underWay -= 1
                take(result, of: call, round: &round, report: &report)
                if round.isWorthCommitting { hasRoom = try await commit(&round, report: &report) }
            }
            if hasRoom { hasRoom = try await commit(&round, report: &report) }
            group.cancelAll()
            try Task.checkCancellation()
            return hasRoom
        }
    }
}

/// When the calls of a cycle begin: evenly spread, so that a large estate is no burst for Azure, the collector and this machine.
struct CallPace {
    /// On the monotonic clock.
    let start: Duration
    let callCount: Int
    let spread: Duration

    /// Fewer calls than this are no burst.
    private static let leastCalls = 50

    /// When a call may begin, counted from 0; `nil` = at once, as what is asked again.
    func start(ofCall number: Int) -> Duration? {
        guard spread > .zero, callCount > Self.leastCalls, callCount > number else { return nil }
        return start + spread * number / callCount
    }
}

/// How many calls are made at once.
enum CallConcurrency {
    /// Eight answers in memory keep the promised size; Azure answers in a fraction of a second.
    static let limit = 8
}
