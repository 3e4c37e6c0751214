import Agent
import AgentServer
import ArgumentParser
import Declaration
import HTTPServer
import HTTPTransport
import Logging
import MetricModel
import StateStore

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Scrapes by schedule and pushes to the collector, until it is told to stop.",
        discussion: """
            Runs until SIGTERM or SIGINT; a second one ends it at once. The identity comes from runtime.yaml and
            AZIMUTH_AUTH_APPID, AZIMUTH_AUTH_APPKEY (or Promitor's PROMITOR_… or the Azure SDKs' AZURE_… variables). The
            collector is the one in runtime.yaml, else what OTEL_EXPORTER_OTLP_ENDPOINT and its kind say.
            Whether data flows is told at /api/v1/health on server.httpPort (`azimuth status` asks there); --once does not
            listen. Exit codes: 0 ok, 1 not everything arrived, the port is taken or the state cannot be used, 2 invalid files, 3 no folder, 4 a file
            is missing.

            Example:
              azimuth run --config ./config
              azimuth run --once --config ./config
            """)

    @OptionGroup var files: ConfigurationOptions

    @Option(
        help:
            "Folder in which to remember what was sent; else what runtime.yaml, STATE_DIRECTORY, or the files' folder say.",
        completion: .directory)
    var state: String?

    @Flag(help: "Scrape every metric once, push, say what arrived, and end.")
    var once = false

    @Option(help: "With --once, and at the end: how long what is queued may take to leave.")
    var flushTimeout = Length(seconds: 20)

    @Option(help: "trace, debug, information, warning, error, critical; instead of what runtime.yaml says.")
    var logLevel: LogLevel?

    @Option(help: "text, or json: one object a line.")
    var logFormat = LogFormat.text

    func run() async throws {
        let signals = TerminationSignals()
        let loaded: ConfigurationOptions.Loaded
        do throws(ConfigurationOptions.FileMissing) {
            loaded = try files.load(strict: false)
        } catch {
            let report = StartReport(logger: logger(nil), format: logFormat)
            error.diagnostics.forEach(report.write)
            report.write(error.error)
            report.writeNotStarted()
            throw ExitCode(error.error.exitCode)
        }
        let logger = logger(loaded.runtime?.verbosity.level)
        // What is found and begun is said whatever the verbosity, as in Promitor.
        let report = StartReport(logger: self.logger(nil), format: logFormat)
        loaded.diagnostics.forEach(report.write)
        guard let configuration = loaded.configuration, let runtime = loaded.runtime else {
            report.writeNotStarted()
            throw ExitCode(2)
        }
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }
        let clock = SystemClock()
        let kept: AgentState
        let agent: Agent
        do throws(StateStoreError) {
            kept = try AgentState.open(
                option: state, configured: runtime.state, beside: loaded.runtimePath,
                destinations: configuration.destinations.map(\.name), clock: clock)
            let log = EventLog(
                logger, collector: configuration.collectorEndpoint, isOnce: once, keepsState: kept.folder != nil)
            agent = try Agent(configuration, store: kept.store, client: client, clock: clock) { log.write($0) }
        } catch {
            report.write(error)
            report.writeNotStarted()
            throw ExitCode.failure
        }
        // Where it does not come to the end below.
        defer { kept.store.close() }
        let server: AgentServer?
        do throws(HTTPListenerError) {
            server =
                once
                ? nil
                : try AgentServer(
                    port: runtime.httpPort, version: Agent.version, checksHealth: runtime.checksHealth, clock: clock
                ) { agent.health }
        } catch {
            report.write(error, port: runtime.httpPort)
            report.writeNotStarted()
            throw ExitCode.failure
        }
        defer { server?.stop() }
        report.writeStart(configuration, port: server?.port)
        report.write(kept)
        do {
            if once {
                try await runOnce(agent, configuration, kept, logger, signals)
            } else {
                try await runUntilStopped(agent, kept, logger, signals)
            }
        } catch {
            _ = close(kept.store, logger)
            throw error
        }
        guard close(kept.store, logger) else { throw ExitCode.failure }
    }

    /// - Returns: false when it had to be said that the next run repeats what this one did.
    private func close(_ store: StateStore, _ logger: Logger) -> Bool {
        guard let unwritten = store.close() else { return true }
        logger.error("The state is not as it should be: the disk refuses", metadata: ["reason": "\(unwritten)"])
        return false
    }

    private func logger(_ configured: Logger.Level?) -> Logger {
        let handler = LineLog(level: logLevel?.level ?? configured ?? .info, format: logFormat)
        return Logger(label: "azimuth") { _ in handler }
    }

    private func runUntilStopped(
        _ agent: Agent, _ state: AgentState, _ logger: Logger, _ signals: TerminationSignals
    ) async throws {
        let (stop, sink) = AsyncStream<Void>.makeStream()
        let grace = flushTimeout.duration
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run(until: { for await _ in stop { return } }, grace: grace) }
            group.addTask {
                let signal = try await signals.next()
                logger.notice("Stopping", metadata: ["signal": "\(signal)"])
                sink.yield()
                // Who asks twice does not want to wait for the collector.
                _ = try await signals.next()
                logger.notice("Stopping at once")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        let left = agent.delivery.queuedPoints
        if left > 0 {
            logger.error(
                "Stopped with points that the collector did not take. \(state.fateOfWaiting)",
                metadata: ["points": "\(left)", "reason": "\(agent.delivery.lastError ?? "-")"])
            throw ExitCode.failure
        }
    }

    private func runOnce(
        _ agent: Agent, _ configuration: AgentConfiguration, _ state: AgentState, _ logger: Logger,
        _ signals: TerminationSignals
    ) async throws {
        let fate = state.fateOfWaiting
        let outcome = try await untilInterrupted(by: signals) {
            OnceSummary(
                reports: try await agent.runOnce(grace: flushTimeout.duration), delivery: agent.delivery,
                configuration: configuration, fateOfWaiting: fate)
        }
        guard let outcome else {
            let left = agent.delivery.queuedPoints
            logger.error(
                """
                Interrupted: what was not asked for is still in Azure; run again\
                \(left > 0 ? ". Points were asked for and not taken by the collector. \(fate)" : "")
                """, metadata: left > 0 ? ["points": "\(left)"] : [:])
            throw ExitCode.failure
        }
        outcome.lines.forEach { Output.standard($0) }
        if !outcome.isComplete { throw ExitCode.failure }
    }

    /// What `body` returns; `nil`, and `body` cancelled, when the user interrupts.
    private func untilInterrupted(
        by signals: TerminationSignals, _ body: @escaping @Sendable () async throws -> OnceSummary
    ) async throws -> OnceSummary? {
        try await withThrowingTaskGroup(of: OnceSummary?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                _ = try await signals.next()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
