import Agent
import AzureSimulator
import Declaration
import Demo
import FaultyVFS
import Foundation
import HTTPTransport
import MetricModel
import OTLPExporter
import OTLPReceiver
import StateStore

/// Azure, an agent with its state, and its destinations, in one process, on a clock that steps.
final class World {
    let clock: SteppedClock
    let agentClock: MeddledClock
    let simulator: AzureSimulator
    let switchboard: Switchboard
    let folder: String
    private(set) var store: StateStore?
    /// The state is lost whenever the agent ends: to see a test fail.
    private let isForgetful: Bool

    private let wall = SystemClock()
    private let client = CurlClient(userAgent: "azimuth-outage-test")
    private let configuration: AgentConfiguration
    private let storeSettings: StateStoreSettings
    private var receivers: [OTLPReceiver] = []
    private(set) var attendances: [Attendance] = []
    private var run: Task<Void, any Error>?
    private let trouble = Lock<[String]>([])

    /// - Parameters:
    ///   - destinations: How many; each is a receiver of its own.
    ///   - maxSize: Of the state, in bytes, all destinations together.
    ///   - fileLayer: SQLite's name of the layer below the state.
    init(
        _ scale: EstateScale, destinations: Int = 1, maxSize: Int = 256 << 20, fileLayer: String? = nil,
        isForgetful: Bool = false
    ) throws {
        self.isForgetful = isForgetful
        clock = SteppedClock(start: Timestamp(seconds: 1_795_000_000).floored(to: .oneHour))
        agentClock = MeddledClock(clock)
        switchboard = Switchboard(client: client)
        var options = SimulatorOptions(estate: .scaled(scale))
        options.journalCapacity = 0
        simulator = try AzureSimulator(options: options, clock: clock)
        for _ in 0..<destinations { receivers.append(try OTLPReceiver()) }
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-outage-\(UUID().uuidString)").path

        let text = ScaledDeclaration.metrics(
            estate: options.estate, baseURL: simulator.baseURL, tenantID: options.tenantID,
            subscriptionID: Estate.standardSubscription)
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "the declaration", environment: [:], strict: false)
        guard let declaration else { throw OutageError(problems.map(\.description).joined(separator: "\n")) }
        var collector = CollectorSettings()
        collector.collectorURI = "http://127.0.0.1:\(receivers[0].port)"
        let runtime = RuntimeConfiguration(
            identity: DeclaredIdentity(applicationID: options.clientID, secret: Secret(options.clientSecret)),
            openTelemetryCollector: collector)
        var configuration = try AgentConfiguration.make(declaration: declaration, runtime: runtime, environment: [:]).0
        for (number, receiver) in receivers.enumerated().dropFirst() {
            let (settings, _) = OTLPSettings.resolve(
                configured: OTLPConfiguredValues(collectorURI: "http://127.0.0.1:\(receiver.port)"), environment: [:])
            if let settings {
                configuration.destinations.append(Destination(name: "number\(number)", settings: settings))
            }
        }
        self.configuration = configuration
        var storeSettings = StateStoreSettings(
            folder: folder, maxSize: maxSize, destinations: configuration.destinations.map(\.name))
        storeSettings.fileLayer = fileLayer
        self.storeSettings = storeSettings
        let start = clock.systemNow
        attendances = receivers.map { _ in Attendance(declaration, simulator: simulator, start: start) }
    }

    // MARK: What happens to it

    /// The agent begins, or begins again, with what its folder holds.
    func startAgent() throws {
        let agentClock = agentClock
        let store = try StateStore(storeSettings) { agentClock.systemNow }
        let wall = wall
        let trouble = trouble
        let agent = try Agent(configuration, store: store, client: switchboard, clock: agentClock) { event in
            guard case .cycle(let report) = event, let range = report.skipped.first else { return }
            trouble.withLock { $0.append("skipped: \(range.metric) \(range.range)") }
        }
        self.store = store
        // A task of its own, because it is ended and begun anew in the middle of a scenario; ``stopAgent()`` waits for it.
        run = Task { try await agent.run(until: { try await wall.sleep(for: .seconds(86_400)) }, grace: .zero) }
    }

    /// The agent is gone, at once.
    func stopAgent() async {
        run?.cancel()
        _ = await run?.result
        run = nil
        store?.close()
        store = nil
        if isForgetful { try? FileManager.default.removeItem(atPath: folder) }
    }

    func setAzureAway(_ isAway: Bool) { switchboard.setAway(simulator.port, isAway) }

    func setCollectorAway(_ number: Int = 0, _ isAway: Bool) { switchboard.setAway(receivers[number].port, isAway) }

    /// Time goes on, in steps between which everybody comes to rest.
    func pass(minutes: Int) async throws {
        for _ in 0..<(minutes * 6) {
            clock.advance(by: .seconds(10))
            try await rest()
            for (number, receiver) in receivers.enumerated() { attendances[number].take(receiver.drainPoints()) }
        }
    }

    /// Returns when no request is under way and the process has nothing to reckon.
    private func rest() async throws {
        let limit = wall.monotonicNow + .seconds(30)
        var isQuiet = false
        while !isQuiet, wall.monotonicNow < limit {
            let before = processTime()
            try await wall.sleep(for: .milliseconds(6))
            isQuiet = switchboard.inFlight == 0 && processTime() - before < .milliseconds(1)
        }
    }

    private func processTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    // MARK: What became of it

    /// Bytes that wait for a destination.
    func waitingBytes(_ number: Int = 0) throws -> Int {
        try store?.outbox(of: configuration.destinations[number].name).statistics().bytes ?? 0
    }

    /// Buckets that are settled and did not come to a destination yet, but for those of the last minutes.
    func missing(_ number: Int = 0) -> (count: Int, first: [String]) {
        attendances[number].missing(until: (clock.systemNow - .seconds(360)).floored(to: .oneMinute))
    }

    /// Lets time pass until all have everything, at most so long.
    /// - Returns: What is wrong then; nothing when all is well.
    func complaints(withinMinutes minutes: Int) async throws -> [String] {
        var left = minutes
        while left > 0, attendances.indices.contains(where: { missing($0).count > 0 }) {
            try await pass(minutes: 10)
            left -= 10
        }
        var complaints = trouble.withLock { $0 }
        for number in attendances.indices {
            let (count, first) = missing(number)
            if count > 0 { complaints.append("destination \(number): \(count) buckets are missing: \(first)") }
            let attendance = attendances[number]
            if attendance.wrongCount > 0 {
                complaints.append("destination \(number): \(attendance.wrongCount) wrong: \(attendance.wrong)")
            }
        }
        return complaints
    }

    /// Ends everything and removes the state.
    func end() async {
        await stopAgent()
        simulator.stop()
        receivers.forEach { $0.stop() }
        client.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

struct OutageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
