import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// One declared metric of one resource: what to ask, and what is known of it.
struct ScrapePair: Sendable {
    let metric: MetricDescriptor
    let azureMetricName: String
    let filter: String?
    let top: Int
    let isTopDeclared: Bool
    let rules: SettlementRules
    /// Azure's lower-case dimension name → the label under which its value goes out.
    let dimensionLabels: [String: String]

    var resource: MonitoredResource
    /// `nil` until the pair is planned for the first time.
    var ledger: PairLedger?
    /// With whom it may share a call, as far as Azure's answers have taught.
    var company = Company.any
    /// Failures in a row, for the growing pause after permanent ones.
    var refusals = 0
    /// Not asked before; on the monotonic clock.
    var pausedUntil: Duration = .zero

    /// The pair of `metric` and one of its resources.
    init(_ metric: DeclaredMetric, _ declared: DeclaredResource, rules: SettlementRules) {
        self.metric = metric.descriptor
        azureMetricName = metric.azureMetricName
        filter = declared.filter?.text
        top = metric.limit ?? Self.defaultTop
        isTopDeclared = metric.limit != nil
        self.rules = rules
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

    /// Promitor's: high enough that nobody is cut, and low enough that Azure accepts it.
    static let defaultTop = 10_000

    /// What has to be asked for it at `now`, if anything.
    func request(number: Int, at now: Timestamp) -> PairRequest? {
        guard let ledger, let window = ledger.window(at: now, rules: rules) else { return nil }
        return PairRequest(
            pair: number, resourceID: resource.id, metricName: azureMetricName, aggregation: metric.aggregation,
            grain: metric.grain, filter: filter, top: top, window: window, mark: ledger.mark,
            reachBackWidth: rules.reachBackWidth, company: company)
    }

    /// A permanent refusal: ask again after 1, 2, 4 … 60 minutes. The marks stay, so nothing is lost.
    /// - Parameter isCulprit: A call that it shared would be refused as a whole.
    mutating func refused(at monotonicNow: Duration, isCulprit: Bool) {
        if isCulprit { company = .none }
        refusals += 1
        let minutes = min(60, 1 << min(refusals - 1, 6))
        pausedUntil = monotonicNow + .seconds(60 * minutes)
    }

    /// An answer that could be used. What was refused before and is accepted now may share calls again.
    mutating func answered() {
        guard refusals > 0 else { return }
        refusals = 0
        pausedUntil = .zero
        company = .any
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
