/// Decided points of some resources, on their way to the sinks.
public struct MetricBatch: Sendable {
    /// In the order in which they were decided. A resource may stand more than once.
    public var resources: [ResourceMetrics]

    /// A batch of these resources' points.
    public init(resources: [ResourceMetrics] = []) {
        self.resources = resources
    }

    /// The number of points in it.
    public var pointCount: Int {
        resources.reduce(0) { $0 + $1.pointCount }
    }
}

/// Points of one resource.
public struct ResourceMetrics: Sendable {
    public var resource: MonitoredResource
    public var metrics: [MetricPoints]

    /// `metrics` of `resource`.
    public init(resource: MonitoredResource, metrics: [MetricPoints]) {
        self.resource = resource
        self.metrics = metrics
    }

    /// The number of points in it.
    public var pointCount: Int {
        metrics.reduce(0) { $0 + $1.points.count }
    }
}

/// Points of one declared metric of one resource.
public struct MetricPoints: Sendable {
    public var metric: MetricDescriptor
    /// Azure's word for the unit, as answered: `Percent`, `BytesPerSecond`, `Count`. Empty when it was not said.
    public var unit: String
    /// The dimension values of each series; without dimensions one empty list.
    /// Names are spelled as declared, or as the resource type renames them (`entity_name`).
    public var series: [[Label]]
    /// In rising time within one series.
    public var points: [Point]

    /// Points of `metric`, told apart by `series`.
    public init(metric: MetricDescriptor, unit: String, series: [[Label]], points: [Point]) {
        self.metric = metric
        self.unit = unit
        self.series = series
        self.points = points
    }
}

/// The value of one bucket of one series.
public struct Point: Hashable, Sendable {
    /// Index into ``MetricPoints/series``.
    public var series: Int
    /// Start of the bucket, inclusive; its end is one grain later.
    public var bucketStart: Timestamp
    /// In Azure's unit, unscaled.
    public var value: Double

    /// The value of the bucket of `series` that starts at `bucketStart`.
    public init(series: Int, bucketStart: Timestamp, value: Double) {
        self.series = series
        self.bucketStart = bucketStart
        self.value = value
    }
}
