import Agent
import AzureSimulator
import Declaration
import Demo
import Foundation
import HTTPServer
import HTTPTransport
import MetricModel
import OTLPExporter
import StateStore
import TestServers

/// Whether the simulator counts exactly the calls that `azimuth plan` says.
public struct CallCounts: Sendable {
    /// What was planned, and what the simulator counted.
    public struct Outcome: Sendable, Equatable {
        /// Calls for values in each cycle, as planned.
        public var planned: Int
        /// Those that were made.
        public var cycles: [Int]
        /// Calls besides, by the simulator's name of them, as planned.
        public var plannedBesides: [String: Int]
        /// Those that were made.
        public var besides: [String: Int]

        /// What is not as planned, in sentences.
        public var complaints: [String] {
            var complaints: [String] = []
            for (number, count) in cycles.enumerated() where count != planned {
                complaints.append("cycle \(number + 1) made \(count) calls for values; planned were \(planned)")
            }
            for name in Set(besides.keys).union(plannedBesides.keys).sorted()
            where besides[name] ?? 0 != plannedBesides[name] ?? 0 {
                complaints.append("\(besides[name] ?? 0) \(name) calls; planned were \(plannedBesides[name] ?? 0)")
            }
            return complaints
        }
    }

    private let scale: EstateScale
    private let isStrict: Bool
    private let cycleCount: Int
    private let azimuth: String

    /// - Parameters:
    ///   - azimuth: The program whose plan is believed.
    ///   - isStrict: Whether metrics refuse aggregations that only others of their type have.
    ///   - cycles: Minutes that are scraped.
    public init(_ scale: EstateScale, azimuth: String, isStrict: Bool = false, cycles: Int = 10) {
        self.scale = scale
        self.isStrict = isStrict
        self.azimuth = azimuth
        cycleCount = cycles
    }

    /// Plans, and scrapes in this process, on a clock that steps a minute when a cycle is delivered.
    public func run() async throws -> Outcome {
        let clock = SteppedClock(start: Timestamp(seconds: 1_795_000_000).floored(to: .oneMinute) + .seconds(5))
        // A tenth is stopped: it never has a value, and is asked all the same.
        var options = SimulatorOptions(estate: .scaled(scale, stoppedShare: 0.1, isStrict: isStrict))
        options.journalCapacity = 0
        let azure = try AzureSimulator(options: options, clock: clock)
        defer { azure.stop() }
        let collector = try HTTPListener(host: "127.0.0.1", port: 0) { _ in ServedResponse(status: 200) }
        defer { collector.stop() }
        let declaration = ScaledDeclaration.metrics(
            estate: options.estate, baseURL: azure.baseURL, tenantID: options.tenantID,
            subscriptionID: Estate.standardSubscription)
        let plan = try await withThrowingTaskGroup(of: Void.self) { group in
            // Ends only by being cancelled.
            group.addTask { try await tick(clock, azure) }
            defer { group.cancelAll() }
            return try await self.plan(declaration, collector: collector.port, options)
        }
        // The plan's queries are no longer in the quota's window when the agent begins.
        clock.advance(by: .seconds(10))
        let before = azure.callCounts
        let cycles = try await scrape(declaration, azure: azure, collector: collector.port, options, clock)
        var besides = azure.callCounts
        for (name, count) in before { besides[name, default: 0] -= count }
        besides["metricsBatch"] = nil
        return Outcome(
            planned: plan.schedules[0].callsPerCycle, cycles: cycles,
            plannedBesides: [
                "token": plan.besides.tokens, "metricDefinitions": plan.besides.definitionsPerDay,
                "resourceGraph": plan.besides.graphQueriesPerStart,
            ], besides: besides.filter { $0.value != 0 })
    }

    /// Moves the clock on when no call comes: a quota or a retry waits by it, which nobody else moves within a minute; and
    /// a loop that was not asleep yet when a minute began waits for the next. Until cancelled.
    private func tick(_ clock: SteppedClock, _ azure: AzureSimulator) async throws {
        let wall = SystemClock()
        var seen = azure.callCounts
        while true {
            try await wall.sleep(for: .seconds(1))
            if azure.callCounts == seen { clock.advance(by: .seconds(10)) }
            seen = azure.callCounts
        }
    }

    // MARK: The plan

    private struct Plan: Decodable {
        struct Schedule: Decodable { var callsPerCycle: Int, mostCallsPerCycle: Int }
        struct Besides: Decodable { var tokens: Int, definitionsPerDay: Int, graphQueriesPerStart: Int }
        var schedules: [Schedule]
        var besides: Besides
    }

    /// What the program says.
    private func plan(_ declaration: String, collector: UInt16, _ options: SimulatorOptions) async throws -> Plan {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-plan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let runtime = DemoDeclaration.runtime(collectorURI: "http://127.0.0.1:\(collector)")
        for (name, text) in ["metrics-declaration.yaml": declaration, "runtime.yaml": runtime] {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let ended = try await Child(
            azimuth, ["plan", "--online", "--format", "json", "--config", folder.path],
            environment: ["AZIMUTH_AUTH_APPID": options.clientID, "AZIMUTH_AUTH_APPKEY": options.clientSecret]
        ).ended()
        guard ended.status == 0 else { throw CallCountsError("azimuth plan: \(ended)") }
        return try JSONDecoder().decode(Plan.self, from: Data(ended.output.joined(separator: "\n").utf8))
    }

    // MARK: The agent

    /// Calls for values in each cycle.
    private func scrape(
        _ text: String, azure: AzureSimulator, collector: UInt16, _ options: SimulatorOptions, _ clock: SteppedClock
    ) async throws -> [Int] {
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "the declaration", environment: [:], strict: false)
        guard let declaration else { throw CallCountsError(problems.map(\.description).joined(separator: "\n")) }
        var settings = CollectorSettings()
        settings.collectorURI = "http://127.0.0.1:\(collector)"
        let configuration = try AgentConfiguration.make(
            declaration: declaration,
            runtime: RuntimeConfiguration(
                identity: DeclaredIdentity(applicationID: options.clientID, secret: Secret(options.clientSecret)),
                openTelemetryCollector: settings), environment: [:]
        ).0
        let client = CurlClient(userAgent: "azimuth-call-counts")
        defer { client.shutdown() }
        let store = try StateStore.inMemory(
            maxSize: 1 << 30, destinations: configuration.destinations.map(\.name))
        defer { store.close() }
        let (reports, sink) = AsyncStream<CycleReport>.makeStream()
        let agent = try Agent(configuration, store: store, client: client, clock: clock) { event in
            if case .cycle(let report) = event { sink.yield(report) }
        }
        let wall = SystemClock()
        return try await withThrowingTaskGroup(of: [Int]?.self) { group in
            group.addTask {
                try await agent.run(until: { try await wall.sleep(for: .seconds(86_400)) }, grace: .zero)
                return nil
            }
            // A child like the agent: an error of either ends the other.
            group.addTask {
                try await self.tick(clock, azure)
                return nil
            }
            group.addTask {
                try await self.drive(reports, agent: agent, azure: azure, clock)
            }
            while let ended = try await group.next() {
                guard let ended else { continue }
                group.cancelAll()
                return ended
            }
            throw CancellationError()
        }
    }

    private func drive(
        _ reports: AsyncStream<CycleReport>, agent: Agent, azure: AzureSimulator, _ clock: SteppedClock
    ) async throws -> [Int] {
        var counts: [Int] = []
        var total = 0
        for await report in reports {
            if let failure = report.failures.first {
                throw CallCountsError("\(failure.metric): \(failure.message)")
            }
            let all = azure.callCounts
            let calls = (all["metricsBatch"] ?? 0) + (all["metrics"] ?? 0)
            counts.append(calls - total)
            total = calls
            try await agent.waitUntilDelivered()
            if counts.count == cycleCount { return counts }
            // Time for the loop to fall asleep, so that it is woken by what comes.
            try await SystemClock().sleep(for: .milliseconds(100))
            let now = clock.systemNow
            clock.advance(by: now.floored(to: .oneMinute) + .seconds(65) - now)
        }
        throw CancellationError()
    }
}

/// Why there is no outcome.
struct CallCountsError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
