/// Decided points of some resources, on their way to the sinks, in flat columns: a pair of resource and metric costs no
/// allocation of its own.
///
/// It is filled from front to back:
///
///     batch.begin(resource)
///     batch.begin(metric, unit: "Percent")
///     let series = batch.addSeries([])
///     batch.add(Point(series: series, start: start, end: end, value: 12.5))
public struct MetricBatch: Sendable {
    private struct ResourceEntry {
        let resource: MonitoredResource
        let firstMetric: Int
    }

    private struct MetricEntry {
        let metric: MetricDescriptor
        let unit: String
        let firstSeries: Int
        let firstPoint: Int
    }

    private var resourceEntries: [ResourceEntry] = []
    private var metricEntries: [MetricEntry] = []
    private var series: [[Label]] = []
    /// Of all series, in the order in which they were added.
    public private(set) var points: [Point] = []

    /// A batch without points.
    public init() {}

    /// Makes room, so that what is added grows no column twice.
    public mutating func reserve(resources: Int, metrics: Int, points: Int) {
        resourceEntries.reserveCapacity(resources)
        metricEntries.reserveCapacity(metrics)
        series.reserveCapacity(metrics)
        self.points.reserveCapacity(points)
    }

    /// What is added from now on belongs to `resource`. A resource may come more than once.
    public mutating func begin(_ resource: MonitoredResource) {
        resourceEntries.append(ResourceEntry(resource: resource, firstMetric: metricEntries.count))
    }

    /// What is added from now on belongs to `metric` of the current resource. Needs a resource.
    /// - Parameter unit: As in ``MetricPoints/unit``.
    public mutating func begin(_ metric: MetricDescriptor, unit: String) {
        precondition(!resourceEntries.isEmpty, "a metric before the first resource")
        metricEntries.append(
            MetricEntry(metric: metric, unit: unit, firstSeries: series.count, firstPoint: points.count))
    }

    /// A further series of the current metric.
    /// - Parameter dimensions: As in ``MetricPoints/series``; empty without dimensions.
    /// - Returns: Its number among the series of this metric, for ``Point/series``.
    public mutating func addSeries(_ dimensions: [Label]) -> Int {
        precondition(!metricEntries.isEmpty, "a series before the first metric")
        series.append(dimensions)
        return series.count - 1 - metricEntries[metricEntries.count - 1].firstSeries
    }

    /// A further point of one of the series of the current metric.
    public mutating func add(_ point: Point) {
        precondition(!metricEntries.isEmpty, "a point before the first metric")
        points.append(point)
    }

    /// The number of points in it.
    public var pointCount: Int { points.count }
    /// The number of times that ``begin(_:)`` was called.
    public var resourceCount: Int { resourceEntries.count }

    /// The resource at `index` (0 ..< ``resourceCount``).
    public func resource(at index: Int) -> MonitoredResource { resourceEntries[index].resource }

    /// The resource that ``begin(_:)`` was called with last.
    public var lastResource: MonitoredResource? { resourceEntries.last?.resource }

    /// The positions of the metrics of the resource at `index`.
    public func metrics(ofResource index: Int) -> Range<Int> {
        let next = index + 1
        let end = next < resourceEntries.count ? resourceEntries[next].firstMetric : metricEntries.count
        return resourceEntries[index].firstMetric..<end
    }

    /// The metric at a position of ``metrics(ofResource:)``.
    public func metric(at position: Int) -> MetricDescriptor { metricEntries[position].metric }

    /// Azure's word for its unit.
    public func unit(at position: Int) -> String { metricEntries[position].unit }

    /// Its points' positions in ``points``.
    public func points(ofMetric position: Int) -> Range<Int> {
        let next = position + 1
        let end = next < metricEntries.count ? metricEntries[next].firstPoint : points.count
        return metricEntries[position].firstPoint..<end
    }

    /// The dimension values of each of its series.
    public func series(ofMetric position: Int) -> ArraySlice<[Label]> {
        let next = position + 1
        let end = next < metricEntries.count ? metricEntries[next].firstSeries : series.count
        return series[metricEntries[position].firstSeries..<end]
    }
}

extension MetricBatch {
    /// A batch of points that stand together already.
    public init(resources: [ResourceMetrics]) {
        self.init()
        for resource in resources { append(resource) }
    }

    /// The points of one more resource.
    public mutating func append(_ resource: ResourceMetrics) {
        begin(resource.resource)
        for metric in resource.metrics { append(metric) }
    }

    /// The points of one more metric of the current resource. Needs a resource.
    public mutating func append(_ metric: MetricPoints) {
        begin(metric.metric, unit: metric.unit)
        series += metric.series
        points += metric.points
    }

    /// The same, put together for readers to whom an allocation for each metric is nothing.
    public var resources: [ResourceMetrics] {
        (0..<resourceCount).map { index in
            ResourceMetrics(
                resource: resource(at: index),
                metrics: metrics(ofResource: index).map { position in
                    MetricPoints(
                        metric: metric(at: position), unit: unit(at: position),
                        series: Array(series(ofMetric: position)), points: Array(points[points(ofMetric: position)]))
                })
        }
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
    public var pointCount: Int { metrics.reduce(0) { $0 + $1.points.count } }
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

/// One value of one series, or its end.
public struct Point: Hashable, Sendable {
    /// Index into the series of its metric.
    public var series: Int
    /// Start of the bucket, inclusive; of a cumulative sum the start of the running total.
    public var start: Timestamp
    /// End of the bucket.
    public var end: Timestamp
    /// In Azure's unit, unscaled: the bucket's value, or the total of all that was sent since `start`. Not-a-number, which
    /// Azure has no word for, says that the series has no value any more (rule T12).
    public var value: Double

    /// False for a point that only says that its series has ended.
    public var isRecorded: Bool { !value.isNaN }

    /// A value of `series` over `start` to `end`.
    public init(series: Int, start: Timestamp, end: Timestamp, value: Double) {
        self.series = series
        self.start = start
        self.end = end
        self.value = value
    }
}
