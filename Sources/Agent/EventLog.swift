import AzureMonitor
import Logging
import MetricModel
import OTLPExporter

/// Turns an agent's events into log lines: a failure is said when it begins, changes and ends, not every minute.
public final class EventLog: Sendable {
    private struct Pair: Hashable {
        var metric: String
        var resource: ResourceID

        init(metric: String, resource: ResourceID) {
            self.metric = metric
            self.resource = resource
        }

        init(_ failure: PairFailure) { self.init(metric: failure.metric, resource: failure.resource) }
    }

    private struct State {
        /// What fails now, by schedule and cause.
        var troubles: [String: [String: Set<Pair>]] = [:]
        var isDelivering = true
        /// How long the exporter has been told to wait since its trouble was said.
        var silence = Duration.zero
        /// Schedules that wait for room in the queue.
        var heldBack: Set<String> = []
        var saidNotices: Set<String> = []
        var saidSkipped: Set<Pair> = []
    }

    private let logger: Logger
    private let collector: String
    private let isOnce: Bool
    private let keepsState: Bool
    private let state = Lock(State())

    /// Writes to `logger`.
    /// - Parameters:
    ///   - collector: Where points go, without user, password and query.
    ///   - isOnce: The process ends after one scrape.
    ///   - keepsState: What waits outlives the process.
    public init(_ logger: Logger, collector: String, isOnce: Bool = false, keepsState: Bool = true) {
        self.logger = logger
        self.collector = collector
        self.isOnce = isOnce
        self.keepsState = keepsState
    }

    /// Writes what is new about `event`.
    public func write(_ event: AgentEvent) {
        switch event {
        case .cycle(let report): write(report)
        case .delivery(let event): write(event)
        case .clockSkew(let skew): write(skew)
        case .storeTrouble(let trouble?):
            logger.error("The state cannot be kept on the disk", metadata: ["reason": "\(trouble)"])
        case .storeTrouble(nil): logger.notice("The state is on the disk again")
        case .regionsUnknown(let reason):
            logger.warning(
                """
                Where resources are could not be looked up: each is asked by itself until its first answer has told, which \
                takes more calls
                """, metadata: ["reason": "\(reason)"])
        case .shadowedLabel(let label):
            logger.warning(
                "A label is left out because a built-in one or a dimension has its name",
                metadata: ["metric": "\(label.metric)", "label": "\(label.label)"])
        }
    }

    private func write(_ skew: ClockSkew) {
        let metadata: Logger.Metadata = ["azureAheadBySeconds": "\(skew.azureAhead.secondsAsDouble)"]
        if skew.hasSystemClockJumped {
            logger.warning(
                """
                The system clock has jumped: Azure's answers go on as both had it before. Nothing is lost, buckets are \
                decided by Azure's time. Mend the time service of this machine
                """, metadata: metadata)
        } else {
            logger.error(
                """
                The system clock and the Date of Azure's answers differ, and which is wrong is not known. Nothing is \
                lost: until they agree, buckets are decided by the earlier of what Azure says and what held before, \
                which may delay them. Check the time service of this machine, and any proxy in front of Azure
                """, metadata: metadata)
        }
    }

    private func write(_ report: CycleReport) {
        logger.info(
            "Scraped",
            metadata: [
                "schedule": "\(report.schedule)", "pairs": "\(report.pairCount)", "calls": "\(report.callCount)",
                "points": "\(report.pointCount)", "failed": "\(report.failedPairCount)",
                "paused": "\(report.pausedCount)", "late": "\(report.lateCount)",
                "settledUntil": "\(report.settledUntil.map(\.description) ?? "-")",
            ])
        writeHeldBack(of: report)
        writeSkipped(of: report)
        writeRanges(report.gaps, "Sums lost their totals and begin anew; these buckets are in none of them")
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

    /// One line a cause when it begins, one when it hits further pairs, and one when all is over; never one a minute.
    private func writeFailures(of report: CycleReport) {
        var news: [FailureGroup] = []
        var repeated: [FailureGroup] = []
        let isOver = state.withLock { state in
            var now: [String: Set<Pair>] = [:]
            for group in FailureGroup.groups(report.failures) {
                let known = state.troubles.values.compactMap { $0[group.cause] }
                let old = known.reduce(into: Set()) { $0.formUnion($1) }
                let fresh = group.failures.filter { !old.contains(Pair($0)) }
                let isNews = known.isEmpty || !fresh.isEmpty && group.failures.contains { !$0.isShared }
                if isNews {
                    news.append(FailureGroup(cause: group.cause, failures: fresh))
                } else {
                    repeated.append(group)
                }
                now[group.cause] = Set(group.failures.map(Pair.init))
            }
            let before = state.troubles[report.schedule] ?? [:]
            // What is paused is not asked and so cannot fail: it is still in trouble.
            state.troubles[report.schedule] =
                report.pausedCount == 0 ? now : now.merging(before) { $0.union($1) }
            return now.isEmpty && report.pausedCount == 0 && !before.isEmpty
        }
        for group in news { write(group, level: .error, "Azure could not be read") }
        for group in repeated { write(group, level: .debug, "Azure still cannot be read") }
        if isOver { logger.notice("Everything can be read again", metadata: ["schedule": "\(report.schedule)"]) }
    }

    private func write(_ group: FailureGroup, level: Logger.Level, _ message: Logger.Message) {
        logger.log(
            level: level, message,
            metadata: [
                "what": "\(group.subject)", "count": "\(group.pairCount)", "reason": "\(group.message)",
            ])
    }

    /// Once a pair: one that fails for longer than `catchUp` gives up a bucket every minute.
    private func writeSkipped(of report: CycleReport) {
        let fresh = state.withLock { state in
            report.skipped.filter { state.saidSkipped.insert(Pair(metric: $0.metric, resource: $0.resource)).inserted }
        }
        writeRanges(fresh, "Buckets older than collection.catchUp are given up")
    }

    private func writeRanges(_ ranges: [UnsentRange], _ message: Logger.Message) {
        guard let from = ranges.map(\.range.lowerBound).min(), let to = ranges.map(\.range.upperBound).max() else {
            return
        }
        let first = ranges.prefix(2).map { "\($0.metric) of \($0.resource.name)" }.joined(separator: ", ")
        logger.error(
            message, metadata: ["what": "\(first)", "count": "\(ranges.count)", "from": "\(from)", "to": "\(to)"])
    }

    private func writeNotices(of report: CycleReport) {
        for notice in report.notices {
            let key = "\(notice.metric) \(notice.resource.canonical) \(notice.kind.rawValue)"
            guard state.withLock({ $0.saidNotices.insert(key).inserted }) else { continue }
            logger.log(
                level: notice.severity.level, "\(notice.message)",
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
            logger.warning(
                """
                The collector took a request, but its answer is cut off, too large or not OTLP: whether it left points \
                out is not known, and they are not sent again. Check collectorUri in runtime.yaml, and what is in between
                """)
        case .retrying(let reason, let delay):
            writeTrouble(
                "The collector cannot be reached or asks to wait", reason, delay,
                remedy: "check that it runs, collectorUri and tls in runtime.yaml, and the network")
        case .holding(let reason, let delay):
            writeTrouble(
                "The collector refuses everything", reason, delay,
                remedy: "check collectorUri and headers in runtime.yaml, and the collector's own log")
        case .dividing(let points, let reason):
            logger.warning(
                "The collector refuses a request; it is sent again in parts, to find those that it does not take",
                metadata: ["collector": "\(collector)", "points": "\(points)", "reason": "\(reason)"])
        case .dropped(let points, let oldest, let newest, let reason):
            logger.error(
                "The collector refuses these points but takes others: they are dropped",
                metadata: [
                    "points": "\(points)", "oldest": "\(oldest)", "newest": "\(newest)", "reason": "\(reason)",
                ])
        case .expired(let points, let oldest, let newest):
            logger.error(
                "The collector did not take these points in time: they are dropped",
                metadata: [
                    "collector": "\(collector)", "points": "\(points)", "oldest": "\(oldest)", "newest": "\(newest)",
                    "remedy": "mend the collector, or raise state.maxAge in runtime.yaml",
                ])
        case .storeFailed(let reason):
            logger.error(
                "The queue on disk cannot be read or written; nothing is sent until it can, nothing is lost",
                metadata: [
                    "reason": "\(reason)", "remedy": "check the disk of state.folder: space, permissions, errors",
                ])
        case .storeRecovered: logger.notice("The queue on disk can be read and written again")
        }
    }

    /// An outage that lasts is said again after so long, so that a log of today tells it.
    private static let longestSilence = Duration.seconds(600)

    private func writeTrouble(_ message: Logger.Message, _ reason: String, _ delay: Duration, remedy: String) {
        let level = state.withLock { state -> Logger.Level in
            let isNew = state.isDelivering
            let isOverdue = state.silence >= Self.longestSilence
            state.isDelivering = false
            state.silence = isNew || isOverdue ? delay : state.silence + delay
            return isNew ? .error : isOverdue ? .warning : .debug
        }
        let fate =
            switch (isOnce, keepsState) {
            case (false, true): "kept until it is taken, nothing is lost"
            case (false, false): "kept in memory until it is taken or the agent ends; Azure still has it"
            case (true, true):
                "kept for as long as --flush-timeout, then in the state folder for the next run; nothing is lost"
            case (true, false): "kept for as long as --flush-timeout, then forgotten here; Azure still has it"
            }
        logger.log(
            level: level, message,
            metadata: [
                "collector": "\(collector)", "reason": "\(reason)",
                "nextTry": "\((delay.secondsAsDouble * 10).rounded() / 10) s", "data": "\(fate)", "remedy": "\(remedy)",
            ])
    }
}

extension PairNotice.Severity {
    fileprivate var level: Logger.Level {
        switch self {
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
