/// A declared metric: what its points are called and how their values come about.
public final class MetricDescriptor: Sendable {
    /// The declared name, which is also the name on every sink.
    public let name: String
    public let description: String
    public let aggregation: Aggregation
    /// The width of its buckets.
    public let grain: TimeGrain
    /// What its values are on the wire.
    public let kind: MetricKind
    /// Labels of this metric, in the order of the declaration.
    public let labels: [Label]
    /// Labels of `metricDefaults`, which have lower precedence.
    public let defaultLabels: [Label]

    /// A metric as declared.
    public init(
        name: String, description: String, aggregation: Aggregation, grain: TimeGrain, kind: MetricKind = .gauge,
        labels: [Label] = [], defaultLabels: [Label] = []
    ) {
        self.name = name
        self.description = description
        self.aggregation = aggregation
        self.grain = grain
        self.kind = kind
        self.labels = labels
        self.defaultLabels = defaultLabels
    }

    /// The same metric with buckets of another width.
    public func at(_ grain: TimeGrain) -> MetricDescriptor {
        MetricDescriptor(
            name: name, description: description, aggregation: aggregation, grain: grain, kind: kind, labels: labels,
            defaultLabels: defaultLabels)
    }

    /// The same metric with values of another kind.
    public func sent(as kind: MetricKind) -> MetricDescriptor {
        MetricDescriptor(
            name: name, description: description, aggregation: aggregation, grain: grain, kind: kind, labels: labels,
            defaultLabels: defaultLabels)
    }
}
