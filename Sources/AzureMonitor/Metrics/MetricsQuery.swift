import MetricModel

/// A question about metrics of one resource: one call.
public struct MetricsQuery: Hashable, Sendable {
    /// More names in one call are refused by Azure.
    public static let maximumMetricNames = 20
    /// How many series are asked for where nobody has set a limit.
    public static let defaultTop = 10_000

    public var resourceID: ResourceID
    /// 1 to 20 of Azure's metric names.
    public var metricNames: [String]
    /// At least one.
    public var aggregations: AggregationSet
    public var grain: TimeGrain
    /// Start of the first bucket; on a whole grain.
    public var start: Timestamp
    /// End of the last bucket, exclusive; on a whole grain. A bucket cut short would look like any other.
    public var end: Timestamp
    /// An OData condition on dimensions with its values already quoted; `nil` = all series in one.
    public var filter: String?
    /// How many series of each metric are answered at most. Counts only with a filter; a cut is silent.
    public var top: Int

    /// A question, by default about all series in one.
    public init(
        resourceID: ResourceID, metricNames: [String], aggregations: AggregationSet, grain: TimeGrain,
        start: Timestamp, end: Timestamp, filter: String? = nil, top: Int = Self.defaultTop
    ) {
        self.resourceID = resourceID
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
        if metricNames.isEmpty { return "no metric is named" }
        if metricNames.count > Self.maximumMetricNames {
            return "\(metricNames.count) metrics are named, \(Self.maximumMetricNames) at most go into one call"
        }
        if metricNames.contains("") { return "a metric's name is empty" }
        if aggregations.members.isEmpty { return "no aggregation is asked for" }
        if start >= end { return "the window \(start) to \(end) is empty" }
        if start.floored(to: grain) != start || end.floored(to: grain) != end {
            return "the window \(start) to \(end) does not lie on whole \(grain) buckets"
        }
        if filter != nil, !(1...Int(Int32.max)).contains(top) { return "the limit of \(top) series is out of range" }
        return nil
    }
}

extension MetricsQuery {
    /// The call at `base`, for instance `https://management.azure.com`.
    func call(base: String) -> AzureCall {
        AzureCall(
            api: .metrics, url: url(base: base), subscriptionID: resourceID.subscriptionID, resource: resourceID)
    }

    /// The address of the question at `base`.
    func url(base: String) -> String {
        let path = PercentEncoding.path(resourceID.description) + "/providers/Microsoft.Insights/metrics"
        let parameters = [("api-version", "2024-02-01"), ("timespan", "\(start)/\(end)")]
        return base + path + PercentEncoding.query(parameters + commonParameters(filterKey: "$filter"))
    }

    var table: TableQuestion {
        TableQuestion(
            resources: [resourceID], metricNames: metricNames, aggregations: aggregations, grain: grain, isBatch: false)
    }

    /// What is said in the same way to both interfaces but for the name of the filter.
    func commonParameters(filterKey: String) -> [(String, String)] {
        var parameters = [
            ("interval", grain.description),
            ("metricnames", metricNames.map(Self.escapedInList).joined(separator: ",")),
            ("aggregation", aggregations.members.map(\.rawValue).joined(separator: ",")),
        ]
        if let filter {
            parameters += [(filterKey, filter), ("top", String(top))]
            // So that a cut at `top` keeps the same series from call to call.
            if let order = aggregations.members.first { parameters.append(("orderby", order.rawValue + " desc")) }
        }
        return parameters
    }

    /// A comma separates names; one inside a name is written `%2` (Azure's rule, besides the URL's own encoding).
    private static func escapedInList(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: ",")) else { return name }
        return name.split(separator: ",", omittingEmptySubsequences: false).joined(separator: "%2")
    }
}
