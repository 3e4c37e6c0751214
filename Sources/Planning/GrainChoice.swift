import MetricModel

/// The grain at which a metric is read, given what was declared and what the metric offers.
public struct GrainChoice: Hashable, Sendable {
    /// How the grain came about.
    public enum Basis: Hashable, Sendable {
        /// It is what was declared, or nobody knows what the metric offers.
        case asDeclared
        /// The metric does not offer what was declared; this is its nearest.
        case nearest
        /// Nothing was declared; this is the metric's finest.
        case finest
    }

    public let grain: TimeGrain
    public let basis: Basis

    /// Chooses among `offered`.
    ///
    /// The nearest is meant in seconds; of two that are equally near the first in Azure's list, as in Promitor.
    /// - Parameters:
    ///   - declared: `nil` = no grain anywhere in the declaration.
    ///   - offered: In Azure's order; `nil` or empty = not known.
    ///   - fallback: For when nothing is known.
    public init(declared: TimeGrain?, offered: [TimeGrain]?, fallback: TimeGrain) {
        let offered = offered ?? []
        guard let finest = offered.min() else {
            (grain, basis) = (fallback, .asDeclared)
            return
        }
        guard let declared else {
            (grain, basis) = (finest, .finest)
            return
        }
        let nearest = offered.min { abs($0.seconds - declared.seconds) < abs($1.seconds - declared.seconds) }
        grain = nearest ?? declared
        basis = grain == declared ? .asDeclared : .nearest
    }
}
