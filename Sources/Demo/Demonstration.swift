import Agent
import AzureMonitor
import AzureSimulator
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter
import OTLPReceiver
import StateStore

/// Simulated Azure, agent and OTLP receiver in one process, over real sockets, on a clock that steps.
public struct Demonstration: Sendable {
    private let duration: Duration
    private let seed: UInt64
    private let audience: any DemoAudience
    private let wall = SystemClock()

    /// A simulated minute passes at most once a second of `duration`.
    /// - Parameter audience: Is shown how it goes, by one task at a time.
    public init(duration: Duration, seed: UInt64 = 1, audience: any DemoAudience) {
        self.duration = duration
        self.seed = seed
        self.audience = audience
    }

    /// Why the demo could not start.
    public struct Failure: Error, CustomStringConvertible {
        /// One line, with what to do.
        public var description: String
    }

    /// Runs until `duration` is over, or until `stop` returns, and compares what was received with the truth.
    /// - Parameter onEnd: Called before the comparison is said, when no further frame comes.
    public func run(
        stop: @escaping @Sendable () async throws -> Void, onEnd: @Sendable () -> Void = {}
    ) async throws -> Comparison {
        let start = (wall.systemNow - .seconds(30 * 60)).floored(to: .oneMinute)
        let clock = SteppedClock(start: start)
        var options = SimulatorOptions()
        options.seed = seed
        let simulator = try AzureSimulator(options: options, clock: clock)
        defer { simulator.stop() }
        let receiver = try OTLPReceiver()
        defer { receiver.stop() }
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }

        let declaration = try declaration(for: simulator, tenantID: options.tenantID)
        let configuration = try configuration(declaration, options: options, simulator: simulator, receiver: receiver)
        let (reports, sink) = AsyncStream<CycleReport>.makeStream()
        let progress = Progress()
        let store = try StateStore.inMemory(
            maxSize: StateSettings().maximumBytes, destinations: configuration.destinations.map(\.name))
        let agent = try Agent(configuration, store: store, client: client, clock: clock) { event in
            progress.note(event)
            if case .cycle(let report) = event { sink.yield(report) }
        }
        let stage = Stage(
            clock: clock, wall: wall, agent: agent, receiver: receiver, declaration: declaration,
            schedules: configuration.schedules, progress: progress, audience: audience)
        printOpening(simulator: simulator, receiver: receiver, declaration: declaration, start: start)

        let lastCycles = try await withThrowingTaskGroup(of: [CronSchedule: Timestamp]?.self) { group in
            group.addTask {
                // It is stopped by cancellation, when the stage is done.
                try await agent.run(until: { try await wall.sleep(for: .seconds(365 * 86_400)) }, grace: .zero)
                return nil
            }
            group.addTask {
                try await stop()
                progress.askToStop()
                return nil
            }
            group.addTask {
                try await stage.nudge()
                return nil
            }
            group.addTask { try await stage.drive(reports, for: duration) }
            while let ended = try await group.next() {
                guard let ended else { continue }
                group.cancelAll()
                return ended
            }
            throw CancellationError()
        }
        let truth = DemoTruth(simulator: simulator, declaration: declaration, start: start)
            .points(lastCycles: lastCycles)
        let comparison = Comparison(truth: truth, received: received(receiver.points(), declaration: declaration))
        onEnd()
        printSummary(comparison, simulator: simulator, receiver: receiver, cycles: stage.cycleCount, progress: progress)
        return comparison
    }

    private func declaration(for simulator: AzureSimulator, tenantID: String) throws -> MetricsDeclaration {
        let text = DemoDeclaration.metrics(
            baseURL: simulator.baseURL, tenantID: tenantID, subscriptionID: Estate.standardSubscription)
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "the demo's declaration", environment: [:], strict: true)
        guard let declaration else { throw Failure(description: problems.map(\.description).joined(separator: "\n")) }
        return declaration
    }

    private func configuration(
        _ declaration: MetricsDeclaration, options: SimulatorOptions, simulator: AzureSimulator, receiver: OTLPReceiver
    ) throws -> AgentConfiguration {
        let (collector, _) = OTLPSettings.resolve(
            configured: OTLPConfiguredValues(collectorURI: "http://127.0.0.1:\(receiver.port)"), environment: [:])
        guard let collector else { throw Failure(description: "the demo has no collector") }
        return AgentConfiguration(
            declaration: declaration, collection: CollectionDefaults(),
            environment: try AzureEnvironment(
                authenticationEndpoint: simulator.baseURL, metricsQueryAudience: simulator.baseURL),
            credential: ServicePrincipalSecret(
                tenantID: options.tenantID, clientID: options.clientID, secret: options.clientSecret),
            destinations: [Destination(name: Destination.collector, settings: collector)])
    }

    /// What the receiver holds, in the words of the truth: only the dimensions of each metric tell series apart.
    private func received(
        _ points: [ReceivedPoint], declaration: MetricsDeclaration
    ) -> [(key: PointKey, value: Double)] {
        var dimensionLabels: [String: Set<String>] = [:]
        for metric in declaration.metrics {
            for resource in metric.resources {
                dimensionLabels[metric.descriptor.name, default: []].formUnion(resource.dimensionLabels)
            }
        }
        // The end of a series is no value.
        return points.filter { $0.recordedValue != nil }.map { point in
            let names = dimensionLabels[point.metricName] ?? []
            let key = PointKey(
                metric: point.metricName, resource: point.resourceAttribute("cloud.resource_id") ?? "",
                dimensions: point.attributes.filter { names.contains($0.name) }, bucketEnd: point.time)
            return (key, point.value)
        }
    }

    private func printOpening(
        simulator: AzureSimulator, receiver: OTLPReceiver, declaration: MetricsDeclaration, start: Timestamp
    ) {
        let resources = Set(declaration.metrics.flatMap { $0.resources.map(\.resource.id) })
        let types = Set(declaration.metrics.map(\.resourceType))
        audience.say("simulated Azure  \(simulator.baseURL)")
        audience.say("OTLP receiver    http://127.0.0.1:\(receiver.port)/v1/metrics")
        audience.say(
            "declaration      \(declaration.metrics.count) metrics of \(resources.count) resources of \(types.count) types"
        )
        audience.say("clock            starts at \(start), a minute passes every second")
        audience.say("")
    }

    private func printSummary(
        _ comparison: Comparison, simulator: AzureSimulator, receiver: OTLPReceiver, cycles: Int, progress: Progress
    ) {
        let calls = simulator.callCounts
        let metricsCalls = (calls["metrics"] ?? 0) + (calls["metricsBatch"] ?? 0)
        let counters = receiver.counters
        let perPoint = counters.points == 0 ? 0 : counters.bytes / counters.points
        audience.say("")
        audience.say("\(cycles) minutes: \(metricsCalls) metrics calls, \(calls["token"] ?? 0) token")
        audience.say(
            "received \(counters.points) points in \(counters.requests) requests, \(counters.bytes) bytes gzip, \(perPoint) a point"
        )
        audience.say(
            "compared with the truth: \(comparison.correctCount) correct, \(comparison.missing.count) missing, "
                + "\(comparison.wrong.count) wrong, \(comparison.doubled.count) doubled, "
                + "\(comparison.unexpected.count) unexpected")
        for (name, keys) in [
            ("missing", comparison.missing), ("wrong", comparison.wrong), ("doubled", comparison.doubled),
            ("unexpected", comparison.unexpected),
        ] {
            for key in keys.prefix(5) { audience.say("  \(name): \(key)") }
        }
        for failure in progress.failures.prefix(5) { audience.say("  failed: \(failure)") }
        audience.say(comparison.isExact ? "every settled bucket arrived exactly once" : "NOT exactly once")
    }
}
