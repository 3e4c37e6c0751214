import MetricModel

/// What is remembered of the metrics of one resource type: names, grains and aggregations, which is all that an
/// agent decides by.
///
/// A union over the resources that were asked: some have metrics that others of their type lack.
public struct KnownMetrics: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var name: String
        var grains: [TimeGrain]
        var aggregations: AggregationSet
        var primary: Aggregation?
    }

    /// By the name in lower case.
    private(set) var entries: [String: Entry] = [:]

    /// Nothing yet.
    public init() {}

    /// All names, as Azure spells them, sorted.
    public var names: [String] { entries.values.map(\.name).sorted() }

    /// Whether a metric of that name is listed, ignoring case.
    public func contains(_ name: String) -> Bool { entries[name.lowercased()] != nil }

    /// What the metric of that name offers, ignoring case, in Azure's order; empty when Azure did not say, `nil` when
    /// it is not listed.
    public func grains(of name: String) -> [TimeGrain]? { entries[name.lowercased()]?.grains }

    /// What may be asked of the metric of that name, ignoring case; `nil` when Azure did not say or it is not listed.
    public func aggregations(of name: String) -> AggregationSet? {
        entries[name.lowercased()].flatMap { $0.aggregations.isEmpty ? nil : $0.aggregations }
    }

    /// What Azure aggregates the metric of that name by unless asked for something else, ignoring case; `nil` when it is not
    /// listed or Azure did not say.
    public func primaryAggregation(of name: String) -> Aggregation? { entries[name.lowercased()]?.primary }

    /// These entries; most of a type offer the same grains, which then share one list in memory.
    init(_ entries: [Entry]) {
        var shared: [[TimeGrain]: [TimeGrain]] = [:]
        for var entry in entries {
            entry.grains = shared[entry.grains] ?? entry.grains
            shared[entry.grains] = entry.grains
            self.entries[entry.name.lowercased()] = entry
        }
    }

    /// Adds what `definitions` list; what is known already is replaced.
    public mutating func add(_ definitions: MetricDefinitions) {
        let added = KnownMetrics(
            definitions.metrics.map { metric in
                Entry(
                    name: metric.name, grains: metric.grains,
                    aggregations: AggregationSet(metric.supportedAggregations), primary: metric.primaryAggregation)
            })
        entries.merge(added.entries) { $1 }
    }
}
