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
    /// Where points go; the first is the collector of the configuration.
    public var destinations: [Destination]
    public var batching: MetricsBatching
    /// As what totals and counts are sent.
    public var sumsAs: SumForm
    /// How long points wait for a destination at most.
    public var maximumAge: Duration
    /// The longest pause between two tries to deliver, unless the receiver asks for more.
    public var retryCap: Duration

    /// An agent that scrapes `declaration` and pushes to `destinations`.
    public init(
        declaration: MetricsDeclaration, collection: CollectionDefaults, environment: AzureEnvironment,
        credential: any AzureCredential, destinations: [Destination], batching: MetricsBatching = MetricsBatching(),
        sumsAs: SumForm = .gauge, maximumAge: Duration? = nil, retryCap: Duration = .seconds(60)
    ) {
        self.declaration = declaration
        self.collection = collection
        self.environment = environment
        self.credential = credential
        self.destinations = destinations
        self.batching = batching
        self.sumsAs = sumsAs
        self.maximumAge = maximumAge ?? collection.catchUp
        self.retryCap = retryCap
    }

    /// Where the first destination is, without user, password and query.
    public var collectorEndpoint: String { destinations.first?.settings.displayEndpoint ?? "" }

    /// What is declared, with the times that apply to each metric.
    func metrics(at now: Timestamp) -> [Estate.Metric] {
        var gaps: [CronSchedule: (shortest: Duration, longest: Duration)] = [:]
        for schedule in schedules { gaps[schedule] = schedule.gaps(around: now, in: .process) }
        return declaration.metrics.map { metric in
            let settlement = SettlementSettings(
                settle: metric.collection.settle ?? collection.settle,
                overlap: metric.collection.overlap ?? collection.overlap,
                backfill: metric.collection.backfill ?? collection.backfill, catchUp: collection.catchUp,
                scheduleInterval: gaps[metric.schedule]?.shortest ?? .seconds(60),
                longestGap: gaps[metric.schedule]?.longest)
            return (metric, MetricForm(metric, settlement: settlement, sums: sumsAs))
        }
    }

    /// How long what is not declared any more is kept (rule T12): whatever may still come of it.
    var dormancy: Duration {
        let overlaps = declaration.metrics.map { metric in
            metric.collection.overlap ?? collection.overlap
                ?? SettlementRules.defaultOverlap(for: metric.descriptor.grain)
        }
        return max(collection.catchUp, overlaps.max() ?? .zero)
    }

    /// The schedules in use, in the order of the declaration.
    public var schedules: [CronSchedule] {
        var found: [CronSchedule] = []
        for metric in declaration.metrics where !found.contains(metric.schedule) { found.append(metric.schedule) }
        return found
    }
}
