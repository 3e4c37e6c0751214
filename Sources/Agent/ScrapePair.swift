import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// One declared metric of one resource: what to ask, and what is known of it.
struct ScrapePair: Sendable {
    /// At the grain it is read at.
    private(set) var metric: MetricDescriptor
    let form: MetricForm
    let azureMetricName: String
    /// The same in lower case.
    let metricKey: String
    let filter: String?
    let top: Int
    let isTopDeclared: Bool
    private(set) var rules: SettlementRules
    /// Azure's lower-case dimension name → the label under which its value goes out.
    let dimensionLabels: [String: String]

    /// As declared; what Azure teaches about it is kept by the loop, once for all pairs.
    let resource: MonitoredResource
    /// `nil` until the pair is planned for the first time.
    var ledger: PairLedger?
    /// With whom it may share a call, as far as Azure's answers have taught.
    var company = Company.any
    /// Refusals and time-outs in a row, for the growing pause after them.
    private var setbacks = 0
    private var wasCulprit = false
    /// Not asked before; on the monotonic clock.
    var pausedUntil: Duration = .zero

    /// The pair of `metric` and one of its resources.
    init(_ metric: DeclaredMetric, _ declared: DeclaredResource, form: MetricForm) {
        self.metric = form.declared
        self.form = form
        azureMetricName = metric.azureMetricName
        metricKey = metric.azureMetricName.lowercased()
        filter = declared.filter?.text
        top = metric.limit ?? MetricsQuery.defaultTop
        isTopDeclared = metric.limit != nil
        rules = form.rules(at: form.declared.grain)
        resource = declared.resource
        var labels: [String: String] = [:]
        // A dimension that the filter pins to one value tells no series apart and is no label, as in Promitor.
        for condition in declared.filter?.conditions ?? [] where condition.values.count != 1 {
            labels[condition.name.lowercased()] = condition.name
        }
        for name in declared.dimensions { labels[name.lowercased()] = name }
        for (name, label) in declared.dimensionRenames { labels[name.lowercased()] = label }
        dimensionLabels = labels
    }

    /// From now on its buckets are `grain` wide (rule L2).
    mutating func read(at grain: TimeGrain, now: Timestamp) {
        guard grain != rules.grain else { return }
        let old = rules
        rules = form.rules(at: grain)
        metric = form.descriptor(at: grain)
        ledger = ledger?.regrained(from: old, to: rules, at: now)
        // What was refused was asked at the other grain.
        answered()
    }

    /// End of what is read; the distant past before it is planned.
    var mark: Timestamp { ledger?.mark ?? Timestamp(seconds: 0) }

    /// What moves when something was read: also a look back that reads nothing new.
    var progress: Progress? { ledger.map { Progress(mark: $0.mark, reach: $0.reach) } }

    /// How far a pair has come.
    struct Progress: Equatable {
        var mark: Timestamp
        var reach: Timestamp
    }

    /// What has to be asked for it at `now`, if anything.
    func request(number: Int, at now: Timestamp) -> PairRequest? {
        guard let ledger, let window = ledger.window(at: now, rules: rules) else { return nil }
        return PairRequest(
            pair: number, resourceID: resource.id, metricName: azureMetricName, metricKey: metricKey,
            aggregation: metric.aggregation,
            grain: metric.grain, filter: filter, top: top, window: window, mark: ledger.mark,
            reachBackWidth: rules.reachBackWidth, company: company)
    }

    /// A permanent refusal: ask again after 1, 2, 4 … 60 minutes. The marks stay, so nothing is lost.
    /// - Parameter isCulprit: A call that it shared would be refused as a whole.
    mutating func refused(at monotonicNow: Duration, isCulprit: Bool) {
        if isCulprit {
            company = .none
            wasCulprit = true
        }
        pause(from: monotonicNow)
    }

    /// No answer in time although others had theirs: it must not hold them up every time (promise P3).
    mutating func stalled(at monotonicNow: Duration) { pause(from: monotonicNow) }

    private mutating func pause(from monotonicNow: Duration) {
        setbacks += 1
        pausedUntil = monotonicNow + .seconds(60 * min(60, 1 << min(setbacks - 1, 6)))
    }

    /// An answer that could be used. What was refused before and is accepted now may share calls again.
    mutating func answered() {
        setbacks = 0
        pausedUntil = .zero
        if wasCulprit {
            wasCulprit = false
            company = .any
        }
    }
}

/// One metric of an answer, read as the settlement wants it.
struct MetricReading: PairAnswer {
    let answer: MetricAnswer
    let aggregation: Aggregation
    let dimensionLabels: [String: String]

    var seriesCount: Int { answer.series.count }

    /// Only the dimensions that were asked for, under the names that were declared: Azure answers in lower case.
    func dimensions(ofSeries series: Int) -> [Label] {
        answer.series[series].dimensions.compactMap { dimension in
            dimensionLabels[dimension.name.lowercased()].map { Label($0, dimension.value) }
        }
    }

    func bucketCount(ofSeries series: Int) -> Int { answer.series[series].count }

    func bucket(_ index: Int, ofSeries series: Int) -> (start: Timestamp, value: Double?) {
        let points = answer.series[series]
        return (points.bucketStart(at: index), points.value(of: aggregation, at: index))
    }
}
