import AzureMonitor
import Declaration
import MetricModel
import Settlement

/// What all pairs of one declared metric share: how it was declared, and what it becomes at the grain it is read at.
final class MetricForm: Sendable {
    /// As declared; its grain is used as long as nobody knows what the metric offers.
    let declared: MetricDescriptor
    /// As written; `nil` when no grain is declared anywhere.
    let requestedGrain: TimeGrain?
    let azureMetricName: String
    /// The same in lower case.
    let metricKey: String
    /// The most series of one resource.
    let top: Int
    let isTopDeclared: Bool
    /// Whether points carry the sum of all that was sent.
    let isCumulative: Bool
    private let settlement: SettlementSettings
    private let readings: Lock<[TimeGrain: Reading]>

    /// The metric at one grain; one object for all its pairs.
    final class Reading: Sendable {
        let descriptor: MetricDescriptor
        let rules: SettlementRules
        let times: SettlementTimes

        fileprivate init(_ descriptor: MetricDescriptor, _ rules: SettlementRules) {
            self.descriptor = descriptor
            self.rules = rules
            times = SettlementTimes(rules)
        }
    }

    /// The form of `metric`, settled by `settlement`.
    init(_ metric: DeclaredMetric, settlement: SettlementSettings, sums: SumForm = .gauge) {
        let kind = sums.kind(of: metric.descriptor.aggregation, isMonotonic: metric.isMonotonic)
        declared = metric.descriptor.sent(as: kind)
        if case .sum(.cumulative, _) = kind { isCumulative = true } else { isCumulative = false }
        requestedGrain = metric.requestedGrain
        azureMetricName = metric.azureMetricName
        metricKey = metric.azureMetricName.lowercased()
        top = metric.limit ?? MetricsQuery.defaultTop
        isTopDeclared = metric.limit != nil
        self.settlement = settlement
        readings = Lock([:])
    }

    /// The metric as it is read at `grain`.
    func reading(at grain: TimeGrain) -> Reading {
        readings.withLock { readings in
            if let known = readings[grain] { return known }
            let descriptor = grain == declared.grain ? declared : declared.at(grain)
            let reading = Reading(descriptor, settlement.rules(grain: grain))
            readings[grain] = reading
            return reading
        }
    }

    /// What makes its values others, apart from the grain: a change of it begins anew (rule L2).
    var signature: UInt64 {
        SeriesKey([Label("metric", metricKey), Label("aggregation", declared.aggregation.rawValue)]).rawValue
    }
}
