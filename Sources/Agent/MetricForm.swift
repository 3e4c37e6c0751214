import Declaration
import MetricModel
import Settlement

/// What all pairs of one declared metric share: how it was declared, and what it becomes at the grain it is read at.
final class MetricForm: Sendable {
    /// As declared; its grain is used as long as nobody knows what the metric offers.
    let declared: MetricDescriptor
    /// As written; `nil` when no grain is declared anywhere.
    let requestedGrain: TimeGrain?
    private let settlement: SettlementSettings
    private let descriptors: Lock<[TimeGrain: MetricDescriptor]>

    /// The form of `metric`, settled by `settlement`.
    init(_ metric: DeclaredMetric, settlement: SettlementSettings) {
        declared = metric.descriptor
        requestedGrain = metric.requestedGrain
        self.settlement = settlement
        descriptors = Lock([metric.descriptor.grain: metric.descriptor])
    }

    /// The metric as its points carry it, read at `grain`; one object for all pairs.
    func descriptor(at grain: TimeGrain) -> MetricDescriptor {
        descriptors.withLock { descriptors in
            if let known = descriptors[grain] { return known }
            let descriptor = declared.at(grain)
            descriptors[grain] = descriptor
            return descriptor
        }
    }

    /// The rules by which it is settled at `grain`.
    func rules(at grain: TimeGrain) -> SettlementRules { settlement.rules(grain: grain) }
}
