import Agent
import ArgumentParser
import Declaration
import HTTPTransport
import Logging
import MetricModel

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Scrapes by schedule and pushes to the collector, until it is told to stop.",
        discussion: """
            The identity comes from runtime.yaml and AZIMUTH_AUTH_APPID, AZIMUTH_AUTH_APPKEY (or Promitor's PROMITOR_… or
            the Azure SDKs' AZURE_… variables). Exit codes: 0 ok, 1 not everything arrived (--once), 2 invalid files,
            3 no folder, 4 a file is missing.

            Example:
              azimuth run --config ./config
              azimuth run --once --config ./config
            """)

    @OptionGroup var files: ConfigurationOptions

    @Flag(help: "Scrape every metric once, push, say what arrived, and end.")
    var once = false

    @Option(help: "With --once, and at the end: how long what is queued may take to leave.")
    var flushTimeout = Length(seconds: 30)

    @Option(help: "trace, debug, information, warning, error, critical; instead of what runtime.yaml says.")
    var logLevel: String?

    @Option(help: "text, or json: one object a line.")
    var logFormat = LogFormat.text

    func run() async throws {
        let level = try logLevel.map { name in
            guard let level = Logger.Level(promitor: name) else {
                throw ValidationError("--log-level \(name): use trace, debug, information, warning, error or critical")
            }
            return level
        }
        let loaded = try files.loadOrExit(strict: false)
        let format = logFormat
        let logger = Logger(label: "azimuth") { _ in
            LineLog(level: level ?? loaded.runtime?.verbosity.level ?? .info, format: format)
        }
        for diagnostic in loaded.diagnostics { report(diagnostic, to: logger) }
        guard !loaded.hasErrors, let declaration = loaded.declaration, let runtime = loaded.runtime else {
            throw ExitCode(2)
        }
        let configuration = try loaded.checkSetup(declaration, runtime)
        logStart(configuration, to: logger)

        let log = EventLog(logger)
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }
        let agent = Agent(configuration, client: client, clock: SystemClock()) { log.write($0) }
        if once {
            try await runOnce(agent, configuration)
        } else {
            try await runUntilStopped(agent, logger)
        }
    }

    private func runUntilStopped(_ agent: Agent, _ logger: Logger) async throws {
        try await agent.run(
            until: {
                let signal = try await TerminationSignal.wait()
                logger.notice("Stopping", metadata: ["signal": "\(signal)"])
            }, grace: flushTimeout.duration)
        let left = agent.delivery.queuedPoints
        if left > 0 {
            logger.error(
                """
                Stopped with points that the collector did not take. They are still in Azure, but an agent without a \
                state store does not ask for them again: use collection.backfill at the next start
                """, metadata: ["points": "\(left)", "reason": "\(agent.delivery.lastError ?? "-")"])
            throw ExitCode.failure
        }
    }

    private func runOnce(_ agent: Agent, _ configuration: AgentConfiguration) async throws {
        let outcome = try await withTaskCancelledBySignal {
            OnceSummary(
                reports: try await agent.runOnce(grace: flushTimeout.duration), delivery: agent.delivery,
                configuration: configuration)
        }
        outcome.lines.forEach { Output.standard($0) }
        if !outcome.isComplete { throw ExitCode.failure }
    }

    /// Runs `body`, and cancels it when the user interrupts.
    private func withTaskCancelledBySignal(
        _ body: @escaping @Sendable () async throws -> OnceSummary
    ) async throws -> OnceSummary {
        try await withThrowingTaskGroup(of: OnceSummary?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                _ = try await TerminationSignal.wait()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let summary = first else {
                Output.error("azimuth: interrupted; what was not pushed is still in Azure")
                throw ExitCode.failure
            }
            return summary
        }
    }

    /// Errors go to standard error as they are; in a log of JSON lines they are log lines too.
    private func report(_ diagnostic: Diagnostic, to logger: Logger) {
        if logFormat == .text {
            Output.error("\(diagnostic)")
        } else {
            logger.log(
                level: diagnostic.severity == .error ? .error : .warning, "\(diagnostic.message)",
                metadata: [
                    "file": "\(diagnostic.file)", "line": "\(diagnostic.mark?.line ?? 0)",
                    "column": "\(diagnostic.mark?.column ?? 0)", "fix": "\(diagnostic.fix ?? "")",
                ])
        }
    }

    private func logStart(_ configuration: AgentConfiguration, to logger: Logger) {
        let declaration = configuration.declaration
        let resources = Set(declaration.metrics.flatMap { $0.resources.map(\.resource.id) })
        logger.info(
            "Azimuth starts",
            metadata: [
                "version": "\(Agent.version)", "cloud": "\(declaration.azure.cloud.name)",
                "tenant": "\(declaration.azure.tenantID)", "identity": "\(configuration.credential.identity)",
                "metrics": "\(declaration.metrics.count)", "resources": "\(resources.count)",
                "schedules": "\(configuration.schedules.map(\.text).joined(separator: " | "))",
                "sinks": "openTelemetryCollector \(configuration.collector.displayEndpoint)",
            ])
    }
}

extension DeclaredCloud {
    /// As it is declared.
    var name: String {
        switch self {
        case .global: "Global"
        case .china: "China"
        case .usGov: "UsGov"
        case .custom: "Custom"
        }
    }
}

extension LogFormat: ExpressibleByArgument {}

extension Logger.Level {
    /// Promitor's and .NET's names, and swift-log's own.
    init?(promitor name: String) {
        guard let verbosity = Verbosity(rawValue: name.lowercased()) else {
            self.init(rawValue: name.lowercased())
            return
        }
        self = verbosity.level
    }
}

extension Verbosity {
    /// The least level that is logged; Promitor logs critical entries even with `None`.
    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .information: .info
        case .warning: .warning
        case .error: .error
        case .critical, .none: .critical
        }
    }
}
