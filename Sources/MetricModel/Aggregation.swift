/// What Azure Monitor makes of the raw samples of one bucket. Raw values are Azure's query words.
public enum Aggregation: String, CaseIterable, Hashable, Sendable {
    case average, minimum, maximum, total, count

    /// Promitor's spelling in the declaration: `Average`, `Total`, …
    public var declaredName: String {
        rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
}

/// A small set of aggregations; `rawValue` has one bit per case in the order of `allCases`.
public struct AggregationSet: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    /// All that there are.
    public static let all = AggregationSet(rawValue: (1 << UInt8(Aggregation.allCases.count)) - 1)

    /// The set with these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The set of one aggregation.
    public init(_ aggregation: Aggregation) {
        rawValue = 1 << aggregation.index
    }

    /// The set of these.
    public init(_ aggregations: some Sequence<Aggregation>) {
        self = aggregations.reduce(into: []) { $0.insert(AggregationSet($1)) }
    }

    /// The members, in the order of `Aggregation.allCases`.
    public var members: [Aggregation] {
        Aggregation.allCases.filter { contains(AggregationSet($0)) }
    }
}

extension Aggregation {
    /// Position in `allCases`, which is also the column in an answer.
    public var index: Int {
        switch self {
        case .average: 0
        case .minimum: 1
        case .maximum: 2
        case .total: 3
        case .count: 4
        }
    }
}
