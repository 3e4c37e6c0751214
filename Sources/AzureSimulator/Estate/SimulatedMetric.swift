import MetricModel

/// A row in the table of a resource type: what Azure's metric definition says, and how the values behave.
public struct SimulatedMetric: Sendable {
    public var name: String
    /// Azure's word: `Count`, `Bytes`, `Percent`, `MilliSeconds`, …
    public var unit: String
    public var primary: StoredAggregation
    /// What the definition lists.
    public var advertised: [StoredAggregation]
    /// What the store really has: another one is answered with `InvalidSamplingType`, or left out.
    public var stored: [StoredAggregation]
    /// An aggregation that is not stored is left out silently, instead of failing the metric.
    public var omitsUnstored = false
    /// Finest first.
    public var grains: [TimeGrain]
    public var dimensions: [SimulatedDimension]
    /// Sets of dimensions that can be used together; `nil` = any.
    public var combinations: [[String]]?
    /// `nil` = the platform's, named like the resource type.
    public var namespace: String?
    /// The SKUs of the resource that have it; `nil` = all.
    public var skus: [String]?
    /// From the end of a minute to its final value; `nil` = the simulator's default.
    public var delay: Duration?
    public var shape: ValueShape

    /// A metric that stores what it advertises, in all of Azure's usual grains.
    public init(
        _ name: String, _ unit: String, _ primary: StoredAggregation, _ advertised: [StoredAggregation],
        _ shape: ValueShape, dimensions: [SimulatedDimension] = [], grains: [TimeGrain] = Self.usualGrains,
        delay: Duration? = nil
    ) {
        self.name = name
        self.unit = unit
        self.primary = primary
        self.advertised = advertised
        self.stored = advertised
        self.grains = grains
        self.dimensions = dimensions
        self.delay = delay
        self.shape = shape
    }

    /// PT1M to P1D, as most metrics have them.
    public static let usualGrains = [60, 300, 900, 1800, 3600, 21_600, 43_200, 86_400].compactMap(TimeGrain.init)

    /// The same row, changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// Whether a resource of that SKU has it.
    func exists(in sku: String?) -> Bool {
        skus?.contains { $0.lowercased() == sku?.lowercased() } ?? true
    }

    /// Whether these dimensions (lower case) can be asked for together.
    func supports(combination names: Set<String>) -> Bool {
        guard names.isSubset(of: dimensions.map { $0.name.lowercased() }) else { return false }
        guard let combinations else { return true }
        return names.isEmpty || combinations.contains { names.isSubset(of: $0.map { $0.lowercased() }) }
    }
}

/// The usual lists of aggregations.
extension [StoredAggregation] {
    /// Levels.
    static let levels: Self = [.average, .minimum, .maximum]
    /// Amounts.
    static let amounts: Self = [.total, .average, .minimum, .maximum]
    /// Everything.
    static let all: Self = [.average, .minimum, .maximum, .total, .count]
}

/// A dimension of a metric.
public struct SimulatedDimension: Sendable {
    /// As the definition spells it: `EntityName`.
    public var name: String
    /// Unless the resource has its own.
    public var values: [DimensionValue]

    /// A dimension with its values.
    public init(_ name: String, _ values: [DimensionValue]) {
        self.name = name
        self.values = values
    }
}

/// One value of a dimension.
public struct DimensionValue: Sendable, ExpressibleByStringLiteral {
    public var value: String
    /// Its series exist and never have a value.
    public var isIdle: Bool
    /// Its series begin this long after the simulator's start; `nil` = they always were.
    public var appearsAfter: Duration?

    /// A value; by default alive from the beginning of time.
    public init(_ value: String, isIdle: Bool = false, appearsAfter: Duration? = nil) {
        self.value = value
        self.isIdle = isIdle
        self.appearsAfter = appearsAfter
    }

    public init(stringLiteral value: String) { self.init(value) }
}
