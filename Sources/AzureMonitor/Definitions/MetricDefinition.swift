import MetricModel

/// What Azure says about one metric of a resource: what may be asked of it.
public struct MetricDefinition: Hashable, Sendable {
    /// As Azure spells it.
    public var name: String
    /// Azure's words for people; may be empty.
    public var description: String
    /// Azure's word (`Percent`, `BytesPerSecond`); empty when it was not said.
    public var unit: String
    /// The namespace it belongs to, usually the resource's type; empty when it was not said.
    public var namespace: String
    /// What Azure uses where nobody says; `nil` = none or not said.
    public var primaryAggregation: Aggregation?
    /// What may be asked, in Azure's order; empty when it was not said. Some listed ones may be refused all the same.
    public var supportedAggregations: [Aggregation]
    /// The widths of buckets it offers, in Azure's order; empty when it was not said.
    public var grains: [TimeGrain]
    /// What it can be split and filtered by, as Azure spells it.
    public var dimensions: [String]

    /// A metric `name`; what is left out was not said.
    public init(
        name: String, description: String = "", unit: String = "", namespace: String = "",
        primaryAggregation: Aggregation? = nil, supportedAggregations: [Aggregation] = [], grains: [TimeGrain] = [],
        dimensions: [String] = []
    ) {
        self.name = name
        self.description = description
        self.unit = unit
        self.namespace = namespace
        self.primaryAggregation = primaryAggregation
        self.supportedAggregations = supportedAggregations
        self.grains = grains
        self.dimensions = dimensions
    }
}

/// The metrics that a resource offers in one namespace.
public struct MetricDefinitions: Hashable, Sendable {
    /// In Azure's order.
    public var metrics: [MetricDefinition]

    /// These metrics.
    public init(metrics: [MetricDefinition]) {
        self.metrics = metrics
    }

    /// The metric of that name, ignoring case, as Azure does.
    public func metric(named name: String) -> MetricDefinition? {
        let key = name.lowercased()
        return metrics.first { $0.name.lowercased() == key }
    }
}

/// A group of metrics of a resource: the platform's own, or what an agent or a program sends.
public struct MetricNamespace: Hashable, Sendable {
    /// `Microsoft.Storage/storageAccounts`, not escaped.
    public var name: String
    /// Azure's word: `Platform`, `Custom`, `Qos`; empty when it was not said.
    public var classification: String

    /// A namespace of this kind.
    public init(name: String, classification: String) {
        self.name = name
        self.classification = classification
    }

    /// Each name once, the platform's own namespace (the one named like `type`) first, other platform namespaces next.
    ///
    /// Azure repeats entries and lists custom namespaces first.
    static func ordered(_ namespaces: [MetricNamespace], type: String) -> [MetricNamespace] {
        var seen: Set<String> = []
        let distinct = namespaces.filter { seen.insert($0.name.lowercased()).inserted }
        func rank(_ namespace: MetricNamespace) -> Int {
            if namespace.name.lowercased() == type.lowercased() { return 0 }
            return namespace.classification.lowercased() == "platform" ? 1 : 2
        }
        return distinct.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}
