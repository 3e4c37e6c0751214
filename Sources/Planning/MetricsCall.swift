import MetricModel

/// With whom a pair may share a call.
public enum Company: Hashable, Sendable {
    /// With every metric of the resource.
    case any
    /// With metrics that need the same aggregations: Azure refused one that only a neighbour needed.
    case sameAggregations
    /// With nobody, because a call it shared was refused for it.
    case none
}

/// What one pair (declared metric, resource) needs asked.
public struct PairRequest: Sendable {
    /// The caller's number of the pair, handed back in ``MetricsCall/pairs``.
    public var pair: Int
    public var resourceID: ResourceID
    /// Azure's name of the metric, as declared.
    public var metricName: String
    /// The same in lower case, by which Azure's names are compared.
    public var metricKey: String
    public var aggregation: Aggregation
    public var grain: TimeGrain
    /// The dimension filter as OData text; `nil` without dimensions.
    public var filter: String?
    /// The most series to answer; only sent with a filter.
    public var top: Int
    /// The buckets to ask for, grain-aligned.
    public var window: Range<Timestamp>
    /// End of what the pair has read.
    public var mark: Timestamp
    /// A pair whose mark is farther behind its neighbours than this leaves their call (rule T11).
    public var reachBackWidth: Duration
    /// Why it may not share a call freely.
    public var company: Company

    /// What `pair` needs.
    public init(
        pair: Int, resourceID: ResourceID, metricName: String, metricKey: String? = nil, aggregation: Aggregation,
        grain: TimeGrain,
        filter: String?, top: Int, window: Range<Timestamp>, mark: Timestamp, reachBackWidth: Duration,
        company: Company = .any
    ) {
        self.pair = pair
        self.resourceID = resourceID
        self.metricName = metricName
        self.metricKey = metricKey ?? metricName.lowercased()
        self.aggregation = aggregation
        self.grain = grain
        self.filter = filter
        self.top = top
        self.window = window
        self.mark = mark
        self.reachBackWidth = reachBackWidth
        self.company = company
    }
}

/// One call of the metrics list of one resource.
public struct MetricsCall: Hashable, Sendable {
    public var resourceID: ResourceID
    /// 1 to 20 names, each once.
    public var metricNames: [String]
    /// All that any of its pairs needs.
    public var aggregations: AggregationSet
    public var grain: TimeGrain
    public var filter: String?
    public var top: Int
    /// Grain-aligned, end exclusive.
    public var window: Range<Timestamp>
    /// The pairs it serves, by the caller's numbers.
    public var pairs: [Int]
}
