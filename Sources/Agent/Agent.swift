import AgentServer
import AzureMonitor
import HTTPTransport
import MetricModel
import OTLPExporter

/// What an agent reports while it works.
public enum AgentEvent: Sendable {
    /// A cycle of one schedule is over.
    case cycle(CycleReport)
    /// Something happened on the way to the collector.
    case delivery(OTLPExporterEvent)
    /// The system clock is off by this much against Azure's (positive: Azure is ahead).
    case clockSkew(Duration)
    /// A label was left out because one of higher precedence has its name.
    case shadowedLabel(ShadowedLabel)
}

/// Scrapes by schedule and pushes what is settled: the services of one process, in one task group.
public final class Agent: Sendable {
    /// The release, as collectors and Azure see it.
    public static let version = "0.1.0"

    private let loops: [ScrapeLoop]
    private let definitions: DefinitionsCatalog
    private let exporter: OTLPExporter
    private let clock: any AgentClock
    private let recorder: HealthRecorder
    private let report: @Sendable (AgentEvent) -> Void

    /// An agent that does nothing until it is run.
    /// - Parameters:
    ///   - client: For Azure and for the collector.
    ///   - clock: Decides schedules, settlement and retries.
    ///   - report: Called from any thread; must not wait.
    public init(
        _ configuration: AgentConfiguration, client: any HTTPClient, clock: any AgentClock,
        report tell: @escaping @Sendable (AgentEvent) -> Void
    ) {
        let recorder = HealthRecorder(
            configuration.schedules, collector: configuration.collector.displayEndpoint, clock: clock)
        let report: @Sendable (AgentEvent) -> Void = { event in
            recorder.note(event)
            tell(event)
        }
        let azureTime = AzureTime(clock: clock) { report(.clockSkew($0)) }
        let tokens = TokenCache(
            credential: configuration.credential, environment: configuration.environment, client: client, clock: clock,
            azureTime: azureTime)
        let azureMonitor = AzureMonitorClient(
            environment: configuration.environment, tokens: tokens, client: client, clock: clock, azureTime: azureTime)
        let exporter = OTLPExporter(
            settings: configuration.collector, client: client, version: Self.version,
            onEvent: { report(.delivery($0)) })
        let queue = CollectorOutbox(configuration.collector.mapping, exporter: exporter) { report(.shadowedLabel($0)) }
        let outbox = RecordedOutbox(base: queue, exporter: exporter, recorder: recorder)
        let source = AzureMetricsSource(client: azureMonitor, azureTime: azureTime)
        let limiter = CallLimiter(limit: CallConcurrency.limit)
        let definitions = DefinitionsCatalog(clock: clock, limiter: limiter, client: azureMonitor)
        let now = clock.systemNow
        loops = configuration.schedules.map { schedule in
            ScrapeLoop(
                schedule: schedule, pairs: configuration.pairs(of: schedule, at: now),
                source: RecordedSource(base: source, schedule: schedule.text, recorder: recorder), outbox: outbox,
                definitions: definitions, limiter: limiter, clock: clock)
        }
        self.definitions = definitions
        self.exporter = exporter
        self.clock = clock
        self.recorder = recorder
        self.report = report
    }

    /// What is known of its health, as of now.
    public var health: HealthSnapshot { recorder.snapshot(waitingPoints: exporter.statistics.queuedPoints) }

    /// What was delivered, dropped and is still queued, as of now.
    public var delivery: OTLPExporterStatistics { exporter.statistics }

    /// Returns when nothing is queued any more.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func waitUntilDelivered() async throws { try await exporter.waitUntilDrained() }

    /// Scrapes and pushes until `stop` returns; then what is queued has `grace` to leave.
    /// - Throws: `CancellationError` when the task is cancelled, which skips the grace; what `stop` throws.
    public func run(until stop: @escaping @Sendable () async throws -> Void, grace: Duration) async throws {
        try await whileExporting(grace: grace) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for loop in self.loops {
                    group.addTask { try await loop.run { self.report(.cycle($0)) } }
                }
                group.addTask { try await self.definitions.run() }
                group.addTask { try await stop() }
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
            try await withThrowingTaskGroup(of: CycleReport.self) { group in
                for loop in self.loops { group.addTask { try await self.exhaust(loop, grace: grace) } }
                var reports: [CycleReport] = []
                for try await cycle in group {
                    self.report(.cycle(cycle))
                    reports.append(cycle)
                }
                return reports
            }
        }
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
        let (exporter, clock) = (exporter, clock)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await exporter.waitUntilDrained()
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

    /// Runs `work` while the exporter drains, and gives the exporter `grace` to finish.
    private func whileExporting<Result: Sendable>(
        grace: Duration, work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let (exporter, clock) = (exporter, clock)
        return try await withThrowingTaskGroup(of: Ended<Result>.self) { group in
            group.addTask {
                try await exporter.run(clock: clock)
                return .exporter
            }
            group.addTask { .work(try await work()) }
            var result: Result?
            while let ended = try await group.next() {
                switch ended {
                case .work(let value):
                    result = value
                    group.addTask {
                        try await exporter.waitUntilDrained()
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
