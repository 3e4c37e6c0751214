import Agent
import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter
import StateStore

#if canImport(Glibc)
    import Glibc
#endif

/// Cycles of so many resources on a clock that steps, with canned answers and a state folder on disk.
struct EstateBenchmark {
    let resourceCount: Int
    let metricCount: Int
    let folder: String

    /// What some cycles cost.
    struct Cost {
        var points = 0
        /// Of processor time.
        var seconds = 0.0
        /// At the end of each cycle.
        var megabytes: [Double] = []
        var peakMegabytes = 0
    }

    /// One cycle a minute: `warmUp` of them are not counted.
    func run(warmUp: Int, cycles: Int, sampleEvery: Int = 1) async throws -> Cost {
        // Half a minute off every boundary, so that nobody waits for a bucket that is nearly settled.
        let clock = SteppedClock(start: Timestamp(seconds: 1_927_886_430))
        let names = (0..<metricCount).map { "Metric \($0)" }
        let configuration = try configuration(names)
        let store = try StateStore(
            StateStoreSettings(folder: folder, maxSize: 1 << 30, destinations: configuration.destinations.map(\.name)),
            now: { clock.systemNow })
        let agent = try Agent(
            configuration, store: store, client: CannedEstate(clock: clock, metricNames: names), clock: clock
        ) { _ in }
        var cost = Cost()
        var before = Usage.now
        for cycle in 0..<warmUp + cycles {
            if cycle == warmUp { before = Usage.now }
            let points = try await clock.whileTimePasses {
                try await agent.runOnce(grace: .seconds(60)).reduce(0) { $0 + $1.pointCount }
            }
            if cycle >= warmUp {
                // While a busy machine is slow the clock may pass a minute: then the next cycle brings the buckets of both.
                guard points > 0, points % (resourceCount * metricCount) == 0 else {
                    throw BenchmarkError(description: "\(points) points in cycle \(cycle)")
                }
                cost.points += points
                if cycle % sampleEvery == 0 { cost.megabytes.append(Usage.residentMegabytes) }
            }
            clock.advance(by: .seconds(60 - clock.systemNow.seconds % 60 + 30))
        }
        let after = Usage.now
        cost.seconds = after.processor - before.processor
        cost.peakMegabytes = after.peakMegabytes
        return cost
    }

    private func configuration(_ names: [String]) throws -> AgentConfiguration {
        var text = """
            version: v1
            azureMetadata:
              {tenantId: t, subscriptionId: 0b1f6471-1bf0-4dda-aec3-cb9272f09590, resourceGroupName: rg-bench}
            metricDefaults: {aggregation: {interval: 00:01:00}, scraping: {schedule: "* * * * *"}}
            metrics:

            """
        for (metric, name) in names.enumerated() {
            let machines = (0..<resourceCount).lazy.map { "{virtualMachineName: vm-\($0)}" }
            text += """
                - name: azure_metric_\(metric)
                  description: a metric
                  resourceType: VirtualMachine
                  azureMetricConfiguration: {metricName: \(name), aggregation: {type: Average}}
                  resources: \(metric == 0 ? "&machines [\(machines.joined(separator: ", "))]" : "*machines")

                """
        }
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "bench", environment: [:], strict: false)
        guard let declaration else { throw BenchmarkError(description: "\(problems)") }
        let (collector, _) = OTLPSettings.resolve(
            configured: OTLPConfiguredValues(collectorURI: "http://localhost:4318"), environment: [:])
        guard let collector else { throw BenchmarkError(description: "no collector") }
        return AgentConfiguration(
            declaration: declaration, collection: CollectionDefaults(backfill: .zero, catchUp: .seconds(86_400)),
            environment: .publicCloud,
            credential: ServicePrincipalSecret(tenantID: "t", clientID: "c", secret: "s"),
            destinations: [Destination(name: Destination.collector, settings: collector)])
    }
}
