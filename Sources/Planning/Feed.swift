import MetricModel

/// Which of Azure's two questions a call is.
public enum CallRoute: Hashable, Sendable {
    /// `metrics:getBatch`: up to 50 resources of one subscription, region and type.
    case batch
    /// The metrics list of Azure Resource Manager: one resource.
    case single
}

/// What one call may span: only requests of the same feed can share one.
public struct Feed: Hashable, Sendable {
    public var route: CallRoute
    /// In lower case.
    public var subscriptionID: String
    /// In lower case without blanks; empty on the route ``CallRoute/single``, which needs none.
    public var region: String
    /// The metric namespace, which is the resource type, in lower case.
    public var namespace: String
    public var grain: TimeGrain
    /// The dimension filter as OData text; `nil` without dimensions.
    public var filter: String?
    /// The most series to answer; only sent with a filter.
    public var top: Int

    /// A feed; without a filter `top` counts for nothing.
    public init(
        route: CallRoute, subscriptionID: String, region: String, namespace: String, grain: TimeGrain, filter: String?,
        top: Int
    ) {
        self.route = route
        self.subscriptionID = subscriptionID
        self.region = route == .batch ? region : ""
        self.namespace = namespace
        self.grain = grain
        self.filter = filter
        self.top = filter == nil ? 0 : top
    }
}

/// With whom a metric may share a call.
public enum Company: Hashable, Sendable {
    /// With every metric of its feed that supports what the others need.
    case any
    /// With nobody, because a call it shared was refused for it, or may be.
    case none
}

/// What some resources need asked of one declared metric.
public struct MetricRequest: Sendable {
    /// The caller's number of (metric, block of resources), handed back in ``MetricsCall/Part``.
    public var strip: Int
    /// Which of the block's resources, one bit each.
    public var slots: UInt64
    /// The caller's number of the resource in each slot.
    public var resources: [Int]
    public var feed: Feed
    /// Azure's name of the metric, as declared.
    public var metricName: String
    /// The same in lower case, by which Azure's names are compared.
    public var metricKey: String
    public var aggregation: Aggregation
    /// The buckets to ask for, grain-aligned.
    public var window: Range<Timestamp>
    /// End of what the least of them has read.
    public var mark: Timestamp
    /// Whose mark is farther behind its neighbours than this leaves their call (rule T11).
    public var reachBackWidth: Duration
    /// Slots that no call may name together with this metric, because Azure has refused one for it.
    public var barred: UInt64
    public var company: Company
    /// What a call may ask of the metric, as far as anybody knows; what it needs itself may be asked in any case.
    public var supported: AggregationSet

    /// What `slots` of `strip` need.
    public init(
        strip: Int, slots: UInt64, resources: [Int], feed: Feed, metricName: String, metricKey: String,
        aggregation: Aggregation, window: Range<Timestamp>, mark: Timestamp, reachBackWidth: Duration,
        barred: UInt64 = 0, company: Company = .any, supported: AggregationSet = .all
    ) {
        self.strip = strip
        self.slots = slots
        self.resources = resources
        self.feed = feed
        self.metricName = metricName
        self.metricKey = metricKey
        self.aggregation = aggregation
        self.window = window
        self.mark = mark
        self.reachBackWidth = reachBackWidth
        self.barred = barred
        self.company = company
        self.supported = supported.union(AggregationSet(aggregation))
    }
}
