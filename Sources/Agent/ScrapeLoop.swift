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
    /// The resources of the pairs, each once, with what Azure has taught about them.
    var resources: [MonitoredResource]
    /// Position in `resources` of the resource of each pair.
    let resourceOfPair: [Int]
    let source: any MetricsSource
    let outbox: any Outbox
    let definitions: DefinitionsCatalog
    private let limiter: CallLimiter
    let clock: any AgentClock
    /// The resource types of the pairs, each once, with what Azure says about their metrics.
    var types: [ScrapedType]
    /// Position in `types` of the type of each pair.
    let typeOfPair: [Int]
    /// Of the definitions that the pairs were last given.
    var knownGeneration = 0
    /// What has been said about the grain of each metric.
    var saidGrains: [String: Set<TimeGrain>] = [:]
    /// For the next report.
    var pendingNotices: [PairNotice] = []
    /// Subscriptions that Azure has asked to leave alone, until when on the monotonic clock.
    var throttledUntil: [String: Duration] = [:]

    init(
        schedule: CronSchedule, pairs: [ScrapePair], source: any MetricsSource, outbox: any Outbox,
        definitions: DefinitionsCatalog, limiter: CallLimiter, clock: any AgentClock
    ) {
        self.schedule = schedule
        self.pairs = pairs
        (resources, resourceOfPair) = Self.distinctResources(of: pairs)
        self.source = source
        self.outbox = outbox
        self.definitions = definitions
        (types, typeOfPair) = ScrapedType.types(of: pairs)
        self.limiter = limiter
        self.clock = clock
    }

    /// Two declared resources may be one in Azure and still differ in labels (a namespace, and one queue of it).
    private struct Identity: Hashable {
        var id: ResourceID
        var instanceName: String
        var typeLabels: [Label]
    }

    private static func distinctResources(of pairs: [ScrapePair]) -> ([MonitoredResource], [Int]) {
        var resources: [MonitoredResource] = []
        var positions: [Identity: Int] = [:]
        let ofPair = pairs.map { pair in
            let resource = pair.resource
            let identity = Identity(
                id: resource.id, instanceName: resource.instanceName, typeLabels: resource.typeLabels)
            if let position = positions[identity] { return position }
            positions[identity] = resources.count
            resources.append(resource)
            return resources.count - 1
        }
        return (resources, ofPair)
    }

    /// Runs until cancelled. Each finished cycle is reported.
    func run(report: @Sendable (CycleReport) -> Void) async throws {
        while true {
            var (cycle, unread) = try await runCycle(of: Set(pairs.indices))
            report(cycle)
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
    /// - Throws: `CancellationError` only; whatever else fails is in the report.
    func runCycle() async throws -> CycleReport { try await runCycle(of: Set(pairs.indices)).report }

    /// One cycle, or a part of it: everything that is settled and not yet sent, for every pair of `members`.
    /// - Returns: What it did, and the members that should be asked again soon.
    func runPart(of members: Set<Int>) async throws -> (report: CycleReport, unread: Set<Int>) {
        if pairs.contains(where: { $0.ledger == nil }) { await source.learnTime() }
        try await waitForBucket(of: members)
        let now = source.now
        var report = CycleReport(schedule: schedule.text, startedAt: now)
        report.pairCount = members.count
        report.notices = pendingNotices
        pendingNotices = []
        beginPairs(of: members, at: now, report: &report)
        let monotonicNow = clock.monotonicNow
        throttledUntil = throttledUntil.filter { $0.value > monotonicNow }
        let paused = Set(
            pairs.indices.filter {
                pairs[$0].pausedUntil > monotonicNow
                    || !throttledUntil.isEmpty && throttledUntil[pairs[$0].resource.id.subscriptionID] != nil
            })
        report.pausedCount = paused.count
        var open = members.subtracting(paused)
        var unread = members.intersection(paused)
        while !open.isEmpty {
            guard await outbox.hasRoom else {
                report.isHeldBack = true
                unread.formUnion(open)
                break
            }
            // Oldest first: whoever had to wait for room goes ahead of those that did not.
            let order = open.sorted { (pairs[$0].mark, $0) < (pairs[$1].mark, $1) }
            var round = ScrapeRound(
                requests: order.compactMap { pairs[$0].request(number: $0, at: now) }, plannedAt: now)
            let before = order.map { pairs[$0].progress }
            let hasRoom = try await perform(&round, report: &report)
            for pair in round.timedOut where round.hasAnswer { pairs[pair].stalled(at: clock.monotonicNow) }
            unread.formUnion(round.failed)
            guard hasRoom else {
                unread.formUnion(open)
                break
            }
            // Once more for those that moved on and are still behind: long gaps take several windows.
            open = []
            for (pair, progress) in zip(order, before)
            where !round.failed.contains(pair) && pairs[pair].progress != progress
                && pairs[pair].mark < pairs[pair].rules.settledEnd(at: now)
            {
                open.insert(pair)
            }
        }
        report.settledUntil = pairs.compactMap { $0.ledger?.mark }.min()
        return (report, unread)
    }

    /// Waits for buckets that are settled within two seconds.
    ///
    /// Azure tells its time in whole seconds, so Azure's now lags by up to one; a schedule on the full minute would always
    /// come just before a bucket is settled and send it a whole occurrence late.
    private func waitForBucket(of members: Set<Int>) async throws {
        let now = source.now
        let waits = members.map { pairs[$0].rules.timeToNextSettled(at: now) }.filter { $0 <= .seconds(2) }
        if let wait = waits.max() { try await clock.sleep(for: wait + .milliseconds(100)) }
    }

    private func beginPairs(of members: Set<Int>, at now: Timestamp, report: inout CycleReport) {
        for index in pairs.indices where members.contains(index) {
            let rules = pairs[index].rules
            if pairs[index].ledger?.beginsInFuture(at: now, rules: rules) ?? true {
                pairs[index].ledger = PairLedger(firstPlannedAt: now, rules: rules)
            }
            if let range = pairs[index].ledger?.skipOlderThanCatchUp(at: now, rules: rules) {
                report.skipped.append(
                    SkippedRange(metric: pairs[index].metric.name, resource: pairs[index].resource.id, range: range))
            }
        }
    }

    /// Makes the calls of `round`, as many at once as the limiter lets through.
    /// - Returns: false when the outbox is full and the cycle has to end.
    private func perform(_ round: inout ScrapeRound, report: inout CycleReport) async throws -> Bool {
        let (source, limiter) = (source, limiter)
        return try await withThrowingTaskGroup(of: (MetricsCall, Result<MetricsAnswer, AzureError>).self) { group in
            var underWay = 0
            var hasRoom = true
            while hasRoom, !round.waiting.isEmpty || underWay > 0 {
                while underWay < CallConcurrency.limit, let call = round.waiting.popLast() {
                    underWay += 1
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
