import AzureMonitor
import MetricModel
import Planning

@testable import Agent

/// Answers calls by rule and remembers them.
final class ScriptedAzure: MetricsSource {
    typealias Rule = @Sendable (MetricsQuestion) -> Result<MetricsTable, AzureError>

    private struct State {
        var questions: [MetricsQuestion] = []
        var rule: Rule
    }

    let clock: SteppedClock
    private let state: Lock<State>

    init(clock: SteppedClock, rule: @escaping Rule) {
        self.clock = clock
        state = Lock(State(rule: rule))
    }

    /// What the system clock is off, until the time is learned.
    let skew = Lock(Duration.zero)

    var now: Timestamp { clock.systemNow + skew.withLock { $0 } }

    var latest: Timestamp { max(now, clock.systemNow) }

    /// Whether all clocks are wrong: then learning the time does not help.
    let keepsSkew = Lock(false)

    /// Why the time cannot be learned.
    let timeTrouble = Lock<AzureError?>(nil)

    func learnTime() async -> AzureError? {
        let trouble = timeTrouble.withLock { $0 }
        if trouble == nil, !keepsSkew.withLock({ $0 }) { skew.withLock { $0 = .zero } }
        return trouble
    }

    var questions: [MetricsQuestion] { state.withLock { $0.questions } }
    var calls: [MetricsCall] { questions.map(\.call) }

    /// What was asked since the last time.
    func takeQuestions() -> [MetricsQuestion] {
        state.withLock { state in
            defer { state.questions = [] }
            return state.questions
        }
    }

    func setRule(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

    func answer(to question: MetricsQuestion) async -> Result<MetricsTable, AzureError> {
        let rule = state.withLock { state in
            state.questions.append(question)
            return state.rule
        }
        return rule(question)
    }

    static func error(
        _ code: AzureError.Code, _ message: String = "refused", status: Int? = nil, retryAfter: Duration? = nil
    ) -> AzureError {
        AzureError(
            code, host: "azure.test", status: status, message: message, remedy: "mend it", retryAfter: retryAfter)
    }
}

/// Answers.
extension ScriptedAzure {
    /// Every bucket of every asked metric has the value of its minute of the hour.
    static func healthy(_ question: MetricsQuestion) -> MetricsTable { table(question) }

    /// - Parameters:
    ///   - region: What the answer says about where resources are.
    ///   - cell: What is said about a metric of a resource; `nil` = as in a healthy answer.
    ///   - isAnswered: Whether there is an entry for the resource; by default for every one.
    static func table(
        _ question: MetricsQuestion, answeredAt: Timestamp? = nil, region: String? = nil,
        cell: (ResourceID, String) -> MetricsTable.Metric? = { _, _ in nil },
        isAnswered: (ResourceID) -> Bool = { _ in true }
    ) -> MetricsTable {
        let call = question.call
        let usual = MetricsTable.Metric.answered(unit: "Percent", [series(question)])
        return MetricsTable(
            host: "azure.test", answeredAt: answeredAt, aggregations: call.aggregations,
            metricCount: call.metricNames.count,
            resources: question.resourceIDs.map { id in
                guard isAnswered(id) else { return nil }
                return MetricsTable.Resource(region: region, metrics: call.metricNames.map { cell(id, $0) ?? usual })
            })
    }

    /// The buckets of the window; those for which `value` says `nil` are empty.
    static func series(
        _ question: MetricsQuestion, dimensions: [Label] = [],
        value: (Int64) -> Double? = { Double($0 / 60 % 60) }
    ) -> MetricsTable.Series {
        let (call, grain) = (question.call, question.call.feed.grain.seconds)
        let starts = stride(from: call.window.lowerBound.seconds, to: call.window.upperBound.seconds, by: Int(grain))
        return MetricsTable.Series(
            dimensions: dimensions,
            starts.map { start in
                guard let value = value(start) else { return MetricsTable.Bucket(start: start) }
                return MetricsTable.Bucket(
                    start: start,
                    Dictionary(uniqueKeysWithValues: call.aggregations.members.map { ($0, value) }))
            })
    }
}
