import Agent
import Declaration
import HTTPServer
import Logging

/// What `run` says before it begins: what is wrong with the files, and what it is about to do.
///
/// Problems go to standard error as `validate` writes them, whatever the log level; in a log of JSON lines they are log
/// lines too.
struct StartReport {
    let logger: Logger
    let format: LogFormat

    /// A problem in one of the files.
    func write(_ diagnostic: Diagnostic) {
        guard format == .json else { return Output.error("\(diagnostic)") }
        var facts: Logger.Metadata = ["file": "\(diagnostic.file)"]
        if let mark = diagnostic.mark {
            facts["line"] = "\(mark.line)"
            facts["column"] = "\(mark.column)"
        }
        if let fix = diagnostic.fix { facts["fix"] = "\(fix)" }
        // Critical, because errors keep the agent from starting.
        logger.log(
            level: diagnostic.severity == .error ? .critical : .warning, "\(diagnostic.message)", metadata: facts)
    }

    /// A file that is not there.
    func write(_ error: ConfigurationError) {
        guard format == .json else { return Output.error("azimuth: error: \(error)") }
        logger.critical("\(error.message)", metadata: ["fix": "\(error.fix)"])
    }

    /// A port that cannot be had.
    func write(_ error: HTTPListenerError, port: UInt16) {
        let message =
            error.code == .portTaken
            ? "port \(port) is taken by another program" : "port \(port) cannot be had: \(error)"
        let fix =
            "name another with `server.httpPort` in runtime.yaml (0 takes a free one)"
            + (error.code == .portTaken ? ", or stop the other program" : "")
        guard format == .json else { return Output.error("azimuth: error: \(message); \(fix)") }
        logger.critical("\(message)", metadata: ["fix": "\(fix)"])
    }

    /// What follows from the errors that were written.
    func writeNotStarted() {
        let text =
            "Azimuth does not start: nothing is scraped or sent, and Azure keeps its data. Mend this and start again"
        if format == .json { logger.critical("\(text)") } else { Output.error(text) }
    }

    /// What begins now: from where, as whom, what and to where.
    /// - Parameter port: Where the agent is asked for its health, if it listens.
    func writeStart(_ configuration: AgentConfiguration, port: UInt16?) {
        let declaration = configuration.declaration
        let resources = Set(declaration.metrics.flatMap { $0.resources.map(\.resource.id) })
        var facts: Logger.Metadata = [
            "version": "\(Agent.version)", "cloud": "\(declaration.azure.cloud.name)",
            "tenant": "\(declaration.azure.tenantID)", "identity": "\(configuration.credential.identity)",
            "metrics": "\(declaration.metrics.count)", "resources": "\(resources.count)",
            "schedules": "\(configuration.schedules.map(\.text).joined(separator: " | "))",
            "sinks": "openTelemetryCollector \(configuration.collector.displayEndpoint)",
        ]
        if let port { facts["health"] = "http://127.0.0.1:\(port)/api/v1/health" }
        logger.info("Azimuth starts", metadata: facts)
    }

    /// What a user of this version has to know about stopping it.
    func writeMemoryOnly() {
        logger.notice(
            """
            This version remembers what it sent in memory only: after a restart it begins anew. Set collection.backfill to \
            the longest pause that must be made good; what was sent before is then sent once more, with the same times
            """)
    }
}
