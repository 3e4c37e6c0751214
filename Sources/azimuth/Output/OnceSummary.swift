import Agent
import MetricModel
import OTLPExporter

/// What one scrape of everything brought, for people and scripts.
struct OnceSummary: Sendable {
    let reports: [CycleReport]
    let delivery: OTLPExporterStatistics
    let configuration: AgentConfiguration
    /// What becomes of points that the collector has not taken.
    let fateOfWaiting: String

    private var decided: Int { reports.reduce(0) { $0 + $1.pointCount } }
    private var failures: [PairFailure] { reports.flatMap(\.failures) }

    /// Series that Azure did not give although nobody asked for fewer.
    private var losses: [PairNotice] { reports.flatMap(\.notices).filter { $0.severity == .error } }

    /// Everything was read, and nothing of it, or left by an earlier run, failed to arrive.
    var isComplete: Bool {
        failures.isEmpty && losses.isEmpty && !reports.contains { $0.isHeldBack }
            && delivery.queuedPoints + delivery.droppedPoints + delivery.rejectedPoints == 0
    }

    /// One line a metric, a total, and what is missing.
    var lines: [String] {
        let points = reports.reduce(into: [:]) { $0.merge($1.pointsByMetric) { $0 + $1 } }
        let failed = Dictionary(grouping: failures, by: \.metric)
        var lines = configuration.declaration.metrics.map { metric in
            let name = metric.descriptor.name
            let count = points[name] ?? 0
            let bad = min(metric.resources.count, failed[name]?.reduce(0) { $0 + $1.pairCount } ?? 0)
            return
                "\(name): \(count) points, \(metric.resources.count - bad) of \(metric.resources.count) resources read"
        }
        lines += configuration.declaration.unsupported.map { "\($0.name): not scraped, \($0.reason)" }
        let calls = reports.reduce(0) { $0 + $1.callCount }
        lines.append(
            "total: \(decided) points decided in \(calls) calls, \(delivery.acceptedPoints) delivered to "
                + configuration.collectorEndpoint)
        if !failures.isEmpty {
            lines += FailureGroup.groups(failures).map { "missing: \($0.subject): \($0.message)" }
            lines.append("what is missing is still in Azure: mend it and run again")
        }
        lines += losses.map { "missing: \($0.metric) of \($0.resource.name): \($0.message)" }
        if reports.contains(where: \.isHeldBack) {
            lines.append("missing: the queue was full and the rest was not asked for; it is still in Azure")
        }
        if delivery.queuedPoints > 0 {
            lines.append(
                "missing: \(delivery.queuedPoints) points were not taken in time by \(configuration.collectorEndpoint): "
                    + "\(delivery.lastError ?? "it takes them too slowly for --flush-timeout"). \(fateOfWaiting): mend "
                    + "the collector or its settings in runtime.yaml and run again")
        }
        for (reason, count) in delivery.droppedPointsByReason.sorted(by: { $0.key < $1.key }) {
            lines.append("missing: \(count) points were refused for good: \(reason)")
        }
        if delivery.rejectedPoints > 0 {
            lines.append("missing: \(delivery.rejectedPoints) points were rejected out of requests that were taken")
        }
        return lines
    }
}
