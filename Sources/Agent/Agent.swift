import AgentServer
import AzureMonitor
import HTTPTransport
import MetricModel
import OTLPExporter
import StateStore

/// What an agent reports while it works.
public enum AgentEvent: Sendable {
    /// A cycle of one schedule is over.
    case cycle(CycleReport)
    /// Something happened on the way to the collector.
    case delivery(OTLPExporterEvent)
    /// The system clock and the `Date` of Azure's answers differ.
    case clockSkew(ClockSkew)
    /// The state cannot be written: what happened and what to do; `nil` when it is over.
    case storeTrouble(String?)
    /// Resource Graph did not say where resources are; what happened and what to do.
    case regionsUnknown(String)
    /// A label was left out because one of higher precedence has its name.
    case shadowedLabel(ShadowedLabel)
}

/// Scrapes by schedule and pushes what is settled: the services of one process, in one task group.
public final class Agent: Sendable {
    /// The release, as collectors and Azure see it.
    public static let version = "0.1.0"

    private let loops: [ScrapeLoop]
    private let estate: Estate
    private let dormancy: Duration
    private let keeper: StateKeeper
    private let store: StateStore
    private let source: AzureMetricsSource
    private let definitions: DefinitionsCatalog
    private let exporters: [OTLPExporter]
    private let clock: any AgentClock
    private let recorder: HealthRecorder
    private let report: @Sendable (AgentEvent) -> Void

    /// An agent that does nothing until it is run.
    /// - Parameters:
    ///   - store: Has ledgers and outboxes of exactly the configuration's destinations.
    ///   - client: For Azure and for the collector.
    ///   - clock: Decides schedules, settlement and retries.
    ///   - report: Called from any thread; must not wait.
    /// - Throws: ``StateStoreError`` when the store is of no use.
    public init(
        _ configuration: AgentConfiguration, store: StateStore, client: any HTTPClient, clock: any AgentClock,
        report tell: @escaping @Sendable (AgentEvent) -> Void
    ) throws(StateStoreError) {
        let recorder = HealthRecorder(
            configuration.schedules, collector: configuration.destinations.first?.settings.displayEndpoint ?? "",
            clock: clock)
        let report: @Sendable (AgentEvent) -> Void = { event in
            recorder.note(event)
            tell(event)
        }
        let azureTime = AzureTime(clock: clock) { report(.clockSkew($0)) }
        let lanes = QuotaLanes(clock: clock)
        let tokens = TokenCache(
            credential: configuration.credential, environment: configuration.environment, client: client, clock: clock,
            azureTime: azureTime, lanes: lanes)
        let azureMonitor = AzureMonitorClient(
            environment: configuration.environment, tokens: tokens, client: client, clock: clock, azureTime: azureTime,
            lanes: lanes)
        // Rows grow old by Azure's time: by a system clock that is days off they would be too old at once.
        store.dateRows { azureTime.now }
        var exporters: [OTLPExporter] = []
        for destination in configuration.destinations {
            exporters.append(
                OTLPExporter(
                    destination: destination.name, store: StoredOutbox(try store.outbox(of: destination.name)),
                    settings: destination.settings, client: client, version: Self.version,
                    retention: .init(
                        maxAge: configuration.maximumAge, now: { azureTime.isLearned ? azureTime.now : nil }),
                    backoff: Backoff(cap: configuration.retryCap), onEvent: { _, event in report(.delivery(event)) }))
        }
        let keeper = try StateKeeper(
            store, destinations: configuration.destinations, schedules: configuration.schedules.map(\.text),
            clock: clock, onShadowedLabel: { report(.shadowedLabel($0)) },
            onEnqueued: { recorder.enqueued(intoEmpty: $0) }, onTrouble: { report(.storeTrouble($0)) })
        let source = AzureMetricsSource(client: azureMonitor, azureTime: azureTime)
        let limiter = CallLimiter(limit: CallConcurrency.limit)
        let cloud = configuration.environment.resourceManager
        let definitions = DefinitionsCatalog(
            clock: clock, limiter: limiter, client: azureMonitor,
            stored: try store.definitions(of: cloud, at: clock.systemNow), keep: { await keeper.keep($0, of: cloud) })
        let estate = Estate(configuration.metrics(at: clock.systemNow), state: keeper) { ids in
            // Only batches need a region.
            guard configuration.batching.isEnabled else { return [:] }
            return await azureMonitor.regions(of: ids) { error in
                // What hits all calls alike is said of the first that asks for values.
                if !error.isShared { report(.regionsUnknown(error.explanation)) }
            }
        }
        loops = configuration.schedules.map { schedule in
            ScrapeLoop(
                schedule: schedule, estate: estate,
                source: RecordedSource(base: source, schedule: schedule.text, recorder: recorder), state: keeper,
                definitions: definitions, batching: configuration.batching,
                resends: configuration.collection.revisions == .resend, limiter: limiter, clock: clock)
        }
        self.estate = estate
        dormancy = configuration.dormancy
        self.keeper = keeper
        self.store = store
        self.source = source
        self.definitions = definitions
        self.exporters = exporters
        self.clock = clock
        self.recorder = recorder
        self.report = report
    }

    /// What is known of its health, as of now.
    public var health: HealthSnapshot {
        var snapshot = recorder.snapshot(waitingPoints: exporters.reduce(0) { $0 + $1.statistics.queuedPoints })
        // Of the store itself: it knows with the first write that fails.
        snapshot.state = StateCondition(of: store, progressTrouble: recorder.stateTrouble)
        return snapshot
    }

    /// What was delivered to the first destination, dropped and is still queued, as of now.
    public var delivery: OTLPExporterStatistics { exporters.first?.statistics ?? OTLPExporterStatistics() }

    /// Returns when nothing is queued any more.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func waitUntilDelivered() async throws {
        for exporter in exporters { try await exporter.waitUntilDrained() }
    }

    /// Where everything is, and where its ledgers are. Nothing is forgotten before the time is known.
    private func prepare() async throws {
        let isTimeKnown = await source.learnTime() == nil
        try await estate.prepare(at: isTimeKnown ? source.now : nil, keep: dormancy)
    }

    /// Scrapes until cancelled.
    private func scrape() async throws {
        try await prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // One child each: a schedule whose calls wait holds up no other. All end by being cancelled.
            for loop in loops { group.addTask { try await loop.run { self.ended($0) } } }
            group.addTask { try await self.definitions.run() }
            try await group.waitForAll()
        }
    }

    /// Scrapes and pushes until `stop` returns; then what is queued has `grace` to leave.
    /// - Throws: `CancellationError` when the task is cancelled, which skips the grace; what `stop` throws.
    public func run(until stop: @escaping @Sendable () async throws -> Void, grace: Duration) async throws {
        try await whileExporting(grace: grace) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stop() }
                group.addTask { try await self.keeper.run() }
                // A child as well: a signal must not wait for Azure.
                group.addTask { try await self.scrape() }
                // Loops only end by cancellation, so the first to end is `stop`.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Scrapes every metric once; then what is queued has `grace` to leave.
    /// - Returns: The reports of all schedules.
    public func runOnce(grace: Duration) async throws -> [CycleReport] {
        try await whileExporting(grace: grace) {
            try await self.prepare()
            return try await withThrowingTaskGroup(of: CycleReport.self) { group in
                for loop in self.loops { group.addTask { try await self.exhaust(loop, grace: grace) } }
                var reports: [CycleReport] = []
                for try await cycle in group {
                    self.ended(cycle)
                    reports.append(cycle)
                }
                return reports
            }
        }
    }

    private func ended(_ cycle: CycleReport) {
        report(.cycle(cycle))
        HeapMemory.giveBack()
    }

    /// One cycle, and as many more as it takes when the queue was full and the collector makes room.
    private func exhaust(_ loop: ScrapeLoop, grace: Duration) async throws -> CycleReport {
        var report = try await loop.runCycle()
        while report.isHeldBack, try await isDelivered(within: grace) {
            report = report.continued(by: try await loop.runCycle())
        }
        return report
    }

    /// Waits until nothing is queued.
    /// - Returns: false when that takes longer than `time`.
    private func isDelivered(within time: Duration) async throws -> Bool {
        let clock = clock
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.waitUntilDelivered()
                return true
            }
            group.addTask {
                try await clock.sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private enum Ended<Result: Sendable>: Sendable {
        case work(Result)
        case exporter
        case delivered
        case graceOver
    }

    /// Runs `work` while the exporter drains, and gives the exporter `grace` to finish. How far it came is noted, however it
    /// ends.
    private func whileExporting<Result: Sendable>(
        grace: Duration, work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await exporting(grace: grace, work: work)
            await keeper.lookAfter()
            return result
        } catch {
            await keeper.lookAfter()
            throw error
        }
    }

    private func exporting<Result: Sendable>(
        grace: Duration, work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let clock = clock
        return try await withThrowingTaskGroup(of: Ended<Result>.self) { group in
            for exporter in exporters {
                group.addTask {
                    try await exporter.run(clock: clock)
                    return .exporter
                }
            }
            group.addTask { .work(try await work()) }
            var result: Result?
            while let ended = try await group.next() {
                switch ended {
                case .work(let value):
                    result = value
                    group.addTask {
                        try await self.waitUntilDelivered()
                        return .delivered
                    }
                    group.addTask {
                        try await clock.sleep(for: grace)
                        return .graceOver
                    }
                case .delivered, .graceOver:
                    group.cancelAll()
                    if let result { return result }
                case .exporter: break
                }
            }
            throw CancellationError()
        }
    }
}
