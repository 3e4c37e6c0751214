import MetricModel

/// A question about metrics of many resources: one getBatch call.
///
/// Azure wants them to be of one subscription, one region and one type, and takes no custom metrics.
public struct BatchMetricsQuery: Hashable, Sendable {
    /// More resources in one call are refused by Azure.
    public static let maximumResources = 50

    public var subscriptionID: String
    /// The resources' location as Azure writes it, in any case: `West Europe`, `global`.
    public var region: String
    /// The resources' type: `Microsoft.Compute/virtualMachines`.
    public var resourceType: String
    /// 1 to 50, each once.
    public var resourceIDs: [ResourceID]
    /// 1 to 20 of Azure's metric names.
    public var metricNames: [String]
    /// At least one.
    public var aggregations: AggregationSet
    public var grain: TimeGrain
    /// Start of the first bucket; on a whole grain.
    public var start: Timestamp
    /// End of the last bucket, exclusive; on a whole grain. A bucket cut short would look like any other.
    public var end: Timestamp
    /// As in ``MetricsQuery``.
    public var filter: String?
    /// How many series of each metric of each resource are answered at most. Counts only with a filter; a cut is silent.
    public var top: Int

    /// A question, by default about all series in one.
    public init(
        subscriptionID: String, region: String, resourceType: String, resourceIDs: [ResourceID],
        metricNames: [String], aggregations: AggregationSet, grain: TimeGrain, start: Timestamp, end: Timestamp,
        filter: String? = nil, top: Int = MetricsQuery.defaultTop
    ) {
        self.subscriptionID = subscriptionID
        self.region = region
        self.resourceType = resourceType
        self.resourceIDs = resourceIDs
        self.metricNames = metricNames
        self.aggregations = aggregations
        self.grain = grain
        self.start = start
        self.end = end
        self.filter = filter
        self.top = top
    }

    /// Why this must not be asked; `nil` when it may.
    var problem: String? {
        if subscriptionID.isEmpty { return "no subscription is named" }
        if resourceType.isEmpty { return "no resource type is named" }
        if resourceIDs.isEmpty { return "no resource is named" }
        if resourceIDs.count > Self.maximumResources {
            return "\(resourceIDs.count) resources are named, \(Self.maximumResources) at most go into one call"
        }
        if Set(resourceIDs).count < resourceIDs.count { return "a resource is named twice" }
        return asked.problem
    }

    /// The same question about the first resource.
    private var asked: MetricsQuery {
        MetricsQuery(
            resourceID: resourceIDs.first ?? ResourceID(""), metricNames: metricNames, aggregations: aggregations,
            grain: grain, start: start, end: end, filter: filter, top: top)
    }
}

extension BatchMetricsQuery {
    /// The call at `base`, for instance `https://westeurope.metrics.monitor.azure.com`.
    func call(base: String) -> AzureCall {
        var parameters = [
            ("api-version", "2024-02-01"),
            ("metricnamespace", resourceType),
            ("starttime", start.description),
            ("endtime", end.description),
        ]
        parameters += asked.commonParameters(filterKey: "filter")
        var body = Array(#"{"resourceids":["#.utf8)
        for (position, id) in resourceIDs.enumerated() {
            if position > 0 { body.append(UInt8(ascii: ",")) }
            body += jsonString(id.description).utf8
        }
        body += "]}".utf8
        return AzureCall(
            api: .batchMetrics, method: .post,
            url: base + "/subscriptions/" + PercentEncoding.value(subscriptionID) + "/metrics:getBatch"
                + PercentEncoding.query(parameters),
            body: body, subscriptionID: subscriptionID)
    }

    var table: TableQuestion {
        TableQuestion(
            resources: resourceIDs, metricNames: metricNames, aggregations: aggregations, grain: grain, isBatch: true)
    }
}
