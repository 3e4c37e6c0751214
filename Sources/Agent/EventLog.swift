import Logging
import MetricModel
import OTLPExporter

/// Turns an agent's events into log lines: a failure is said when it begins, changes and ends, not every minute.
public final class EventLog: Sendable {
    private struct State {
        /// What fails now, by schedule: a host that is down fails all of them and is said once.
        var causes: [String: Set<String>] = [:]
        var isDelivering = true
        /// Schedules that wait for room in the queue.
        var heldBack: Set<String> = []
        var saidNotices: Set<String> = []
        var saidSkipped: Set<String> = []
    }

    private let logger: Logger
    private let collector: String
    private let state = Lock(State())

    /// Writes to `logger`.
    /// - Parameter collector: Where points go, without user, password and query.
    public init(_ logger: Logger, collector: String) {
        self.logger = logger
        self.collector = collector
    }

    /// Writes what is new about `event`.
    public func write(_ event: AgentEvent) {
        switch event {
        case .cycle(let report): write(report)
        case .delivery(let event): write(event)
        case .clockSkew(let skew):
            logger.warning(
                "The system clock is off against Azure's. Buckets are decided by Azure's; mend the time service",
                metadata: ["seconds": "\(skew.secondsAsDouble)"])
        case .shadowedLabel(let label):
            logger.warning(
                "A label is left out because a built-in one or a dimension has its name",
                metadata: ["metric": "\(label.metric)", "label": "\(label.label)"])
        }
    }

    private func write(_ report: CycleReport) {
        logger.info(
            "Scraped",
            metadata: [
                "schedule": "\(report.schedule)", "pairs": "\(report.pairCount)", "calls": "\(report.callCount)",
                "points": "\(report.pointCount)", "failed": "\(report.failures.count)", "late": "\(report.lateCount)",
                "settledUntil": "\(report.settledUntil.map(\.description) ?? "-")",
            ])
        writeHeldBack(of: report)
        writeSkipped(of: report)
        writeFailures(of: report)
        writeNotices(of: report)
    }

    private func writeHeldBack(of report: CycleReport) {
        let wasHeldBack = state.withLock { state in
            report.isHeldBack
                ? !state.heldBack.insert(report.schedule).inserted : state.heldBack.remove(report.schedule) != nil
        }
        if report.isHeldBack, !wasHeldBack {
            logger.error(
                """
                The queue for the collector is full: values are left in Azure and asked for again. See why the collector \
                does not take them
                """, metadata: ["schedule": "\(report.schedule)"])
        } else if !report.isHeldBack, wasHeldBack {
            logger.notice("The queue for the collector has room again", metadata: ["schedule": "\(report.schedule)"])
        }
    }

    /// One line a cause when it begins and one when it is over, not one a pair and minute.
    private func writeFailures(of report: CycleReport) {
        let groups = FailureGroup.groups(report.failures)
        let now = Set(groups.map(\.cause))
        let (before, known) = state.withLock { state in
            // What is paused is not asked and so cannot fail: it is still in trouble.
            defer {
                state.causes[report.schedule] =
                    report.pausedMetrics.isEmpty ? now : now.union(state.causes[report.schedule] ?? [])
            }
            return (state.causes[report.schedule] ?? [], state.causes.values.reduce(into: Set()) { $0.formUnion($1) })
        }
        for group in groups {
            let isNew = !known.contains(group.cause)
            logger.log(
                level: isNew ? .error : .debug,
                isNew ? "Azure could not be read" : "Azure still cannot be read",
                metadata: [
                    "what": "\(group.subject)", "count": "\(group.failures.count)", "reason": "\(group.message)",
                ])
        }
        if now.isEmpty, !before.isEmpty, report.pausedMetrics.isEmpty {
            logger.notice("Everything can be read again", metadata: ["schedule": "\(report.schedule)"])
        }
    }

    /// Once a pair: one that fails for longer than `catchUp` gives up a bucket every minute.
    private func writeSkipped(of report: CycleReport) {
        for skipped in report.skipped {
            let key = "\(skipped.metric) \(skipped.resource.canonical)"
            let isNew = state.withLock { $0.saidSkipped.insert(key).inserted }
            logger.log(
                level: isNew ? .error : .debug, "Buckets older than collection.catchUp are given up",
                metadata: [
                    "metric": "\(skipped.metric)", "resource": "\(skipped.resource)",
                    "from": "\(skipped.range.lowerBound)", "to": "\(skipped.range.upperBound)",
                ])
        }
    }

    private func writeNotices(of report: CycleReport) {
        for notice in report.notices {
            let key = "\(notice.metric) \(notice.resource.canonical) \(notice.kind.rawValue)"
            guard state.withLock({ $0.saidNotices.insert(key).inserted }) else { continue }
            logger.log(
                level: notice.isWarning ? .warning : .info, "\(notice.message)",
                metadata: ["metric": "\(notice.metric)", "resource": "\(notice.resource)"])
        }
    }

    private func write(_ event: OTLPExporterEvent) {
        switch event {
        case .delivered(let points, let bytes):
            let wasDelivering = state.withLock { state in
                defer { state.isDelivering = true }
                return state.isDelivering
            }
            if !wasDelivering { logger.notice("The collector takes points again") }
            logger.info("Delivered", metadata: ["points": "\(points)", "bytes": "\(bytes)"])
        case .partialSuccess(let rejected, let message):
            logger.error(
                "The collector took a request but not all of its points; the rejected ones are gone",
                metadata: ["rejected": "\(rejected)", "reason": "\(message ?? "-")"])
        case .warning(let message):
            logger.warning("The collector warns", metadata: ["reason": "\(message)"])
        case .unreadableAnswer:
            logger.warning("The collector took a request, but its answer is not OTLP. Is the address right?")
        case .retrying(let reason, let delay):
            writeTrouble(
                "The collector cannot be reached or asks to wait", reason, delay,
                remedy: "check that it runs, collectorUri in runtime.yaml and the network")
        case .holding(let reason, let delay):
            writeTrouble(
                "The collector refuses everything", reason, delay,
                remedy: "check collectorUri and headers in runtime.yaml, and the collector's own log")
        case .dropped(let points, let oldest, let newest, let reason):
            logger.error(
                "The collector refuses these points but takes others: they are dropped",
                metadata: [
                    "points": "\(points)", "oldest": "\(oldest)", "newest": "\(newest)", "reason": "\(reason)",
                ])
        }
    }

    private func writeTrouble(_ message: Logger.Message, _ reason: String, _ delay: Duration, remedy: String) {
        let isNew = state.withLock { state in
            defer { state.isDelivering = false }
            return state.isDelivering
        }
        logger.log(
            level: isNew ? .error : .debug, message,
            metadata: [
                "collector": "\(collector)", "reason": "\(reason)", "nextTry": "\(delay.secondsAsDouble) s",
                "data": "kept in memory, nothing is lost", "remedy": "\(remedy)",
            ])
    }
}
