import AzureMonitor
import Declaration
import MetricModel
import OTLPExporter
import Settlement

/// All that an agent needs to know, checked.
public struct AgentConfiguration: Sendable {
    public var declaration: MetricsDeclaration
    public var collection: CollectionDefaults
    public var environment: AzureEnvironment
    public var credential: any AzureCredential
    public var collector: OTLPSettings

    /// An agent that scrapes `declaration` and pushes to `collector`.
    public init(
        declaration: MetricsDeclaration, collection: CollectionDefaults, environment: AzureEnvironment,
        credential: any AzureCredential, collector: OTLPSettings
    ) {
        self.declaration = declaration
        self.collection = collection
        self.environment = environment
        self.credential = credential
        self.collector = collector
    }

    /// The pairs of `schedule`, with the times that apply to each.
    func pairs(of schedule: CronSchedule, at now: Timestamp) -> [ScrapePair] {
        let gaps = schedule.gaps(around: now, in: .process)
        return declaration.metrics.filter { $0.schedule == schedule }.flatMap { metric in
            let settlement = SettlementSettings(
                settle: metric.collection.settle ?? collection.settle,
                overlap: metric.collection.overlap ?? collection.overlap,
                backfill: metric.collection.backfill ?? collection.backfill, catchUp: collection.catchUp,
                scheduleInterval: gaps.shortest, longestGap: gaps.longest)
            let form = MetricForm(metric, settlement: settlement)
            return metric.resources.map { ScrapePair(metric, $0, form: form) }
        }
    }

    /// The schedules in use, in the order of the declaration.
    public var schedules: [CronSchedule] {
        var found: [CronSchedule] = []
        for metric in declaration.metrics where !found.contains(metric.schedule) { found.append(metric.schedule) }
        return found
    }
}
