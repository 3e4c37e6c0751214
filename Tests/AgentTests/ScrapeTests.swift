import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

@testable import Agent

/// Tests of a scrape loop over machines at noon.
protocol ScrapeTests {
    var clock: SteppedClock { get }
    var state: RecordingState { get }
}

extension ScrapeTests {
    static var noon: Timestamp { Timestamp(seconds: 1_927_886_400) }

    /// The machine `name` of subscription `s`, of type `A.B/c` unless `name` is `TYPE/NAME`.
    static func machine(_ name: String, subscription: String = "s") -> MonitoredResource {
        let path = name.contains("/") ? name : "c/\(name)"
        return MonitoredResource(
            id: ResourceID("/subscriptions/\(subscription)/resourceGroups/g/providers/A.B/\(path)"),
            resourceType: "VirtualMachine", instanceName: name, tenantID: "t")
    }

    /// The metric `name` of `machines`; Azure's name is the same in upper case, unless another is given.
    static func metric(
        _ name: String, of machines: [String], _ aggregation: Aggregation = .average, azureName: String? = nil,
        grain: TimeGrain = .oneMinute, schedule: String = "* * * * *", filter: DimensionFilter? = nil,
        subscription: String = "s"
    ) throws -> DeclaredMetric {
        let mark = SourceMark(line: 1, column: 1)
        return DeclaredMetric(
            descriptor: MetricDescriptor(name: name, description: "", aggregation: aggregation, grain: grain),
            resourceType: "VirtualMachine", azureMetricName: azureName ?? name.uppercased(),
            schedule: try CronSchedule(schedule),
            resources: machines.map {
                DeclaredResource(resource: machine($0, subscription: subscription), filter: filter, location: mark)
            }, location: mark)
    }

    /// `metrics` metrics m0, m1, … of each of `resources` machines vm0, vm1, …, averages and totals in turn.
    static func metrics(_ metrics: Int, resources: Int) throws -> [DeclaredMetric] {
        let machines = (0..<resources).map { "vm\($0)" }
        return try (0..<metrics).map { try metric("m\($0)", of: machines, $0 % 2 == 0 ? .average : .total) }
    }

    /// A prepared estate of `metrics`, whose resources are where `region` says.
    func estate(
        _ metrics: [DeclaredMetric],
        settlement: SettlementSettings = SettlementSettings(scheduleInterval: .seconds(60)),
        sums: SumForm = .gauge, region: String? = nil, state: (any ScrapeState)? = nil
    ) async throws -> Estate {
        let estate = Estate(
            metrics.map { ($0, MetricForm($0, settlement: settlement, sums: sums)) }, state: state ?? self.state
        ) { ids in
            guard let region else { return [:] }
            return Dictionary(uniqueKeysWithValues: ids.map { ($0, region) })
        }
        try await estate.prepare(at: clock.systemNow, keep: .seconds(86_400))
        return estate
    }

    /// The loop of one schedule of `metrics`.
    /// - Parameter region: Where all resources are: calls are batches then. `nil` = nobody knows.
    func loop(
        _ source: ScriptedAzure, of metrics: [DeclaredMetric], schedule: String = "* * * * *",
        settlement: SettlementSettings = SettlementSettings(scheduleInterval: .seconds(60)), sums: SumForm = .gauge,
        region: String? = nil, batching: MetricsBatching = MetricsBatching(), definitions: DefinitionsCatalog? = nil,
        state: (any ScrapeState)? = nil
    ) async throws -> ScrapeLoop {
        let state = state ?? self.state
        let estate = try await estate(metrics, settlement: settlement, sums: sums, region: region, state: state)
        return loop(
            source, over: estate, schedule: try CronSchedule(schedule), batching: batching, definitions: definitions,
            state: state)
    }

    /// The loop of one schedule of `estate`.
    func loop(
        _ source: ScriptedAzure, over estate: Estate, schedule: CronSchedule,
        batching: MetricsBatching = MetricsBatching(), definitions: DefinitionsCatalog? = nil,
        state: (any ScrapeState)? = nil
    ) -> ScrapeLoop {
        ScrapeLoop(
            schedule: schedule, estate: estate, source: source, state: state ?? self.state,
            definitions: definitions ?? offering(), batching: batching, resends: false,
            limiter: CallLimiter(limit: 8), clock: clock)
    }

    /// `metrics` metrics m0, m1, … of each of `resources` machines vm0, vm1, ….
    func loop(
        _ source: ScriptedAzure, metrics: Int = 2, resources: Int = 1, backfill: Int64 = 0, overlap: Int64? = nil,
        region: String? = nil, definitions: DefinitionsCatalog? = nil
    ) async throws -> ScrapeLoop {
        try await loop(
            source, of: try Self.metrics(metrics, resources: resources),
            settlement: SettlementSettings(
                overlap: overlap.map { .seconds($0) }, backfill: .seconds(backfill), scheduleInterval: .seconds(60)),
            region: region, definitions: definitions)
    }

    /// A catalog in which m0, m1, … offer these grains.
    func offering(_ grains: [TimeGrain] = [.oneMinute, .fiveMinutes, .oneHour]) -> DefinitionsCatalog {
        DefinitionsCatalog(clock: clock) { _, _, _ in
            .success(
                MetricDefinitions(metrics: (0..<100).map { MetricDefinition(name: "M\($0)", grains: grains) }))
        }
    }

    func azure(
        _ rule: @escaping ScriptedAzure.Rule = { .success(ScriptedAzure.healthy($0)) }
    ) -> ScriptedAzure {
        ScriptedAzure(clock: clock, rule: rule)
    }
}
