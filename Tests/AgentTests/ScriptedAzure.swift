import AzureMonitor
import MetricModel
import Planning

@testable import Agent

/// Answers calls by rule and remembers them.
final class ScriptedAzure: MetricsSource {
    private struct State {
        var calls: [MetricsCall] = []
        var rule: @Sendable (MetricsCall) -> Result<MetricsAnswer, AzureError>
    }

    let clock: SteppedClock
    private let state: Lock<State>

    init(clock: SteppedClock, rule: @escaping @Sendable (MetricsCall) -> Result<MetricsAnswer, AzureError>) {
        self.clock = clock
        state = Lock(State(rule: rule))
    }

    /// What the system clock is off, until the time is learned.
    let skew = Lock(Duration.zero)

    var now: Timestamp { clock.systemNow + skew.withLock { $0 } }

    func learnTime() async { skew.withLock { $0 = .zero } }
    var calls: [MetricsCall] { state.withLock { $0.calls } }

    func setRule(_ rule: @escaping @Sendable (MetricsCall) -> Result<MetricsAnswer, AzureError>) {
        state.withLock { $0.rule = rule }
    }

    func answer(to call: MetricsCall) async -> Result<MetricsAnswer, AzureError> {
        let rule = state.withLock { state in
            state.calls.append(call)
            return state.rule
        }
        return rule(call)
    }

    /// Every bucket of every asked metric has the value of its minute of the hour.
    static func healthy(_ call: MetricsCall) -> MetricsAnswer {
        MetricsAnswer(
            region: "westeurope", answeredAt: nil, host: "azure.test", grain: call.grain,
            metrics: call.metricNames.map { MetricAnswer(name: $0, unit: "Percent", series: [series(call)]) })
    }

    static func series(_ call: MetricsCall, dimensions: [Label] = []) -> SeriesAnswer {
        var times: [Int64] = []
        var bucket = call.window.lowerBound
        while bucket < call.window.upperBound {
            times.append(bucket.seconds)
            bucket = bucket + call.grain.duration
        }
        let width = call.aggregations.members.count
        let values = times.flatMap { repeatElement(Double($0 / 60 % 60), count: width) }
        let columns = MetricColumns(
            aggregations: call.aggregations, times: times, values: values,
            present: times.map { _ in call.aggregations.rawValue })
        return SeriesAnswer(dimensions: dimensions, columns: columns, points: 0..<times.count)
    }

    static func error(
        _ code: AzureError.Code, _ message: String = "refused", status: Int? = nil, retryAfter: Duration? = nil
    ) -> AzureError {
        AzureError(
            code, host: "azure.test", status: status, message: message, remedy: "mend it", retryAfter: retryAfter)
    }
}

/// Keeps what it takes; can be full.
actor RecordingOutbox: Outbox {
    private(set) var batches: [MetricBatch] = []
    private var room: Int

    init(room: Int = .max) { self.room = room }

    func setRoom(_ points: Int) { room = points }

    var hasRoom: Bool { room > 0 }

    func take(_ batch: MetricBatch) -> Bool {
        guard batch.pointCount <= room else { return false }
        room -= batch.pointCount
        batches.append(batch)
        return true
    }

    /// `metric@resource` → bucket starts in the order they were taken.
    var sent: [String: [Int64]] {
        var sent: [String: [Int64]] = [:]
        for resource in batches.flatMap(\.resources) {
            for metric in resource.metrics {
                for point in metric.points {
                    sent["\(metric.metric.name)@\(resource.resource.id.name)", default: []].append(
                        point.bucketStart.seconds)
                }
            }
        }
        return sent
    }
}
