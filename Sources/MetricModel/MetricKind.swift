/// What the values of a metric are on the wire.
public enum MetricKind: Hashable, Sendable {
    /// How a sum's points relate to each other.
    public enum Temporality: Hashable, Sendable {
        /// Each bucket's sum stands for itself.
        case delta
        /// Each point is everything since a fixed start.
        case cumulative
    }

    /// Each value stands for itself.
    case gauge
    /// Values that add up over time.
    case sum(temporality: Temporality, isMonotonic: Bool)

    /// Whether values add up over time although Azure aggregates them by something else unless asked: those of a level,
    /// such as a percentage, may be no amounts (rule S1).
    /// - Parameter primary: Azure's primary aggregation of the metric; `nil` = not known.
    public func isDoubtful(primaryAggregation primary: Aggregation?) -> Bool {
        guard case .sum = self, let primary else { return false }
        return primary != .total && primary != .count
    }
}

/// As what totals and counts are sent (rules S1 to S4). Raw values are the words of the configuration.
public enum SumForm: String, CaseIterable, Sendable {
    /// As every other value.
    case gauge
    /// Each bucket a sum of its own. A request that is repeated after a lost answer counts twice at the receiver.
    case delta
    /// Running totals.
    case cumulative

    /// The kind of a metric whose values are `aggregation`s: sums are `Total` and `Count` alone.
    ///
    /// Azure's counts never fall below zero; totals may, so they are monotonic only where it is declared.
    /// - Parameter isMonotonic: Whether the declaration says so.
    public func kind(of aggregation: Aggregation, isMonotonic: Bool) -> MetricKind {
        guard aggregation == .total || aggregation == .count else { return .gauge }
        let isMonotonic = isMonotonic || aggregation == .count
        switch self {
        case .gauge: return .gauge
        case .delta: return .sum(temporality: .delta, isMonotonic: isMonotonic)
        case .cumulative: return .sum(temporality: .cumulative, isMonotonic: isMonotonic)
        }
    }
}
