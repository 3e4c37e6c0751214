import Agent
import Declaration
import Foundation
import HTTPTransport
import Logging
import MetricModel
import OTLPExporter
import StateStore
import Testing

/// One scrape of everything by the agent's library in this process, with its own client but less patience: some answers
/// have half a second, and waits between tries pass a hundred times as fast. The binary would need minutes for the same.
struct AgentRun {
    let reports: [CycleReport]
    let delivery: OTLPExporterStatistics
    /// Lines of the log: level, message, facts.
    let log: [String]

    /// Runs once with the files of `folder`.
    /// - Parameter part: Of the URLs whose answers have half a second instead of a minute.
    static func once(_ folder: AgentFolder, impatientAbout part: String) async throws -> AgentRun {
        let environment = [
            "AZIMUTH_AUTH_APPID": "ceb249a3-44ce-4c90-8863-6776336f5b7e",
            "AZIMUTH_AUTH_APPKEY": AgentFolder.secret,
        ]
        let reading = ConfigurationLoader.loadRuntime(
            path: folder.file("runtime.yaml"), environment: environment, strict: true)
        let declaration = DeclarationLoader.load(
            path: folder.file("metrics-declaration.yaml"), environment: environment, strict: true)
        let (configuration, _) = try AgentConfiguration.make(
            declaration: try #require(declaration.0), runtime: try #require(reading.configuration),
            environment: environment)

        let lines = Lock<[String]>([])
        let logger = Logger(label: "test") { _ in LineRecorder(lines: lines) }
        let log = EventLog(logger, collector: configuration.collectorEndpoint)
        let client = CurlClient(userAgent: "azimuth-test/1")
        let store = try StateStore.inMemory(
            maxSize: 64 << 20, destinations: configuration.destinations.map(\.name))
        let agent = try Agent(
            configuration, store: store, client: Impatient(client: client, part: part), clock: HastyClock()
        ) { log.write($0) }
        let reports = try await agent.runOnce(grace: .seconds(2_000))
        client.shutdown()
        return AgentRun(reports: reports, delivery: agent.delivery, log: lines.withLock { $0 })
    }

    /// Everything that was said, to look for what must be nowhere.
    var said: String { (log + reports.flatMap(\.failures).map(\.message)).joined(separator: "\n") }
}

/// Waits half a second for answers from URLs that contain `part`.
private struct Impatient: HTTPClient {
    let client: CurlClient
    let part: String

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = request
        if request.url.contains(part) { request.limits.total = .milliseconds(500) }
        return try await client.send(request)
    }
}

/// The machine's clocks; every wait is a hundredth of what it should be.
private struct HastyClock: AgentClock {
    private let clock = SystemClock()

    var monotonicNow: Duration { clock.monotonicNow }
    var systemNow: Timestamp { clock.systemNow }

    func sleep(untilMonotonic deadline: Duration) async throws {
        try await clock.sleep(for: (deadline - clock.monotonicNow) / 100)
    }
}

private struct LineRecorder: LogHandler {
    let lines: Lock<[String]>
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        lines.withLock { $0.append("\(event.level.rawValue) \(event.message)\(facts)") }
    }
}
