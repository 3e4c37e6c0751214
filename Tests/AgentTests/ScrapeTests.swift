import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

@testable import Agent

/// Tests of a scrape loop over machines at noon.
protocol ScrapeTests {
    var clock: SteppedClock { get }
    var outbox: RecordingOutbox { get }
}

extension ScrapeTests {
    static var noon: Timestamp { Timestamp(seconds: 1_927_886_400) }

    /// `metrics` metrics m0, m1, … of each of `resources` machines vm0, vm1, ….
    func loop(
        _ source: ScriptedAzure, metrics: Int = 2, resources: Int = 1, backfill: Int64 = 0,
        overlap: Int64? = nil, definitions: DefinitionsCatalog? = nil
    ) throws -> ScrapeLoop {
        var pairs: [ScrapePair] = []
        for metric in 0..<metrics {
            let declared = DeclaredMetric(
                descriptor: MetricDescriptor(
                    name: "m\(metric)", description: "", aggregation: metric % 2 == 0 ? .average : .total,
                    grain: .oneMinute),
                resourceType: "VirtualMachine", azureMetricName: "M\(metric)", dimensions: [], limit: nil,
                schedule: try CronSchedule("* * * * *"), collection: CollectionOverrides(), resources: [],
                location: SourceMark(line: 1, column: 1))
            let form = MetricForm(
                declared,
                settlement: SettlementSettings(
                    overlap: overlap.map { .seconds($0) }, backfill: .seconds(backfill), scheduleInterval: .seconds(60))
            )
            for resource in 0..<resources {
                let monitored = MonitoredResource(
                    id: ResourceID("/subscriptions/s/resourceGroups/g/providers/A.B/c/vm\(resource)"),
                    resourceType: "VirtualMachine", instanceName: "vm\(resource)", tenantID: "t")
                pairs.append(
                    ScrapePair(
                        declared,
                        DeclaredResource(
                            resource: monitored, filter: nil, dimensions: [], dimensionRenames: [:],
                            location: SourceMark(line: 1, column: 1)),
                        form: form))
            }
        }
        return ScrapeLoop(
            schedule: try CronSchedule("* * * * *"), pairs: pairs, source: source, outbox: outbox,
            definitions: definitions ?? offering(), limiter: CallLimiter(limit: 8), clock: clock)
    }

    /// A catalog in which m0, m1, … offer these grains.
    func offering(_ grains: [TimeGrain] = [.oneMinute, .fiveMinutes, .oneHour]) -> DefinitionsCatalog {
        DefinitionsCatalog(clock: clock) { _, _, _ in
            .success(
                MetricDefinitions(metrics: (0..<100).map { MetricDefinition(name: "M\($0)", grains: grains) }))
        }
    }

    func azure(
        _ rule: @escaping @Sendable (MetricsCall) -> Result<MetricsAnswer, AzureError> = {
            .success(ScriptedAzure.healthy($0))
        }
    ) -> ScriptedAzure {
        ScriptedAzure(clock: clock, rule: rule)
    }
}
