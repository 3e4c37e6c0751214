import Agent
import Declaration
import HTTPServer
import Logging
import StateStore

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

    /// A state that cannot be had.
    func write(_ error: StateStoreError) {
        guard format == .json else { return Output.error("azimuth: error: \(error)") }
        logger.critical("\(error)")
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
            "sinks": "openTelemetryCollector \(configuration.collectorEndpoint)",
        ]
        if let port { facts["health"] = "http://127.0.0.1:\(port)/api/v1/health" }
        logger.info("Azimuth starts", metadata: facts)
    }

    /// Where what was sent is remembered, and what was found there.
    func write(_ state: AgentState) {
        guard let folder = state.folder else {
            return logger.warning(
                """
                What was sent is remembered in memory only: after a restart the agent begins anew, and what happened in \
                between is not asked for. Name a folder that it may write to with --state or `state.folder`
                """, metadata: state.problem.map { ["reason": "\($0)"] } ?? [:])
        }
        var facts: Logger.Metadata = ["state": "\(folder)"]
        switch state.store.opening.event {
        case .fresh: logger.info("What is sent is remembered in a new state", metadata: facts)
        case .reopened: logger.info("Going on where the last run ended", metadata: facts)
        case .migrated(let version):
            facts["from"] = "\(version)"
            logger.notice("Going on where the last run ended; the state was brought to this version", metadata: facts)
        case .movedAside(let aside, let reason, let rows):
            facts["movedTo"] = "\(aside)"
            facts["reason"] = "\(reason)"
            facts["savedRequests"] = "\(rows)"
            facts["againFrom"] = "\(resumption(state.store.opening))"
            logger.error(
                """
                The state could not be used and was moved aside. What waited in it is saved as far as it can be read; \
                values from `againFrom` on are asked from Azure again, and what was sent of them arrives once more, with \
                the same times and with the same values unless Azure changed them
                """, metadata: facts)
        }
        for copy in state.store.opening.removedCopies {
            logger.notice(
                "A state that was moved aside earlier was removed: the newest two are kept",
                metadata: ["file": "\(copy)"])
        }
        for (name, rows) in state.store.opening.removedDestinations.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "Points waited for a destination that is not configured any more: they are dropped",
                metadata: [
                    "destination": "\(name)", "points": "\(rows.points)", "from": "\(rows.oldest)",
                    "to": "\(rows.newest)",
                ])
        }
    }

    /// From when on values are asked for again (rule L5).
    private func resumption(_ opening: StateOpening) -> String {
        if let time = opening.progress.values.min() { return "\(time), less overlap" }
        if let born = opening.born { return "the first scrape, at \(born)" }
        return "as long ago as catchUp says, which may be more than was ever sent"
    }
}
