import MetricModel

/// What is remembered of the metrics of one resource type: names and grains, which is all that an agent decides by.
///
/// A union over the resources that were asked: some have metrics that others of their type lack.
public struct KnownMetrics: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var name: String
        var grains: [TimeGrain]
    }

    private var entries: [String: Entry] = [:]

    /// Nothing yet.
    public init() {}

    /// All names, as Azure spells them, sorted.
    public var names: [String] { entries.values.map(\.name).sorted() }

    /// Whether a metric of that name is listed, ignoring case.
    public func contains(_ name: String) -> Bool { entries[name.lowercased()] != nil }

    /// What the metric of that name offers, ignoring case, in Azure's order; empty when Azure did not say, `nil` when
    /// it is not listed.
    public func grains(of name: String) -> [TimeGrain]? { entries[name.lowercased()]?.grains }

    /// Adds what `definitions` list; what is known already is replaced.
    public mutating func add(_ definitions: MetricDefinitions) {
        // Most metrics of a type offer the same grains: they share one list in memory.
        var shared: [[TimeGrain]: [TimeGrain]] = [:]
        for metric in definitions.metrics {
            let grains = shared[metric.grains] ?? metric.grains
            shared[grains] = grains
            entries[metric.name.lowercased()] = Entry(name: metric.name, grains: grains)
        }
    }
}
