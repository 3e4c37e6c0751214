import MetricModel

/// A metrics call that Azure understands: parameters read, defaults in place, everything it names exists.
struct MetricsQuery: Sendable {
    /// Names in one call.
    static let mostMetrics = 20

    let entry: EstateTruth.Entry
    let namespace: String
    let metrics: [MetricTruth]
    let span: MetricsTimespan
    /// Of one bucket; for `FULL` the whole span.
    let interval: TimeGrain
    /// `nil` = each metric's primary one.
    let aggregations: [StoredAggregation]?
    let filter: SeriesFilter?
    /// Dimensions in lower case that are filtered by and not split by.
    let rolledUp: Set<String>
    /// Series per metric; counts only with a filter.
    let top: Int
    let order: SeriesOrder?
    /// The series alone, without points.
    let isMetadata: Bool

    /// Reads the parameters of a call for `entry`.
    /// - Throws: Azure's 400 for the first one it does not accept.
    init(_ parameters: Parameters, for entry: EstateTruth.Entry, now: Timestamp) throws(AzureError) {
        self.entry = entry
        namespace = try Self.namespace(parameters, entry)
        metrics = try Self.metrics(parameters, entry, namespace)
        span = try MetricsTimespan(parameters["timespan"], now: now)
        let adjusts = try Self.flag(parameters, "AutoAdjustTimegrain", default: false)
        let validates = try Self.flag(parameters, "ValidateDimensions", default: true)
        interval = try Self.interval(parameters, span, metrics, adjusts: adjusts)
        aggregations = try Self.aggregations(parameters)
        isMetadata = try Self.isMetadata(parameters)
        rolledUp = Set((parameters.list("rollupby") ?? []).map { $0.lowercased() })
        top = try Self.top(parameters)
        order = try parameters["orderby"].map { text throws(AzureError) in try SeriesOrder(text) }
        filter = try Self.filter(parameters, metrics, isMetadata: isMetadata, validates: validates)
    }

    private static func namespace(_ parameters: Parameters, _ entry: EstateTruth.Entry) throws(AzureError) -> String {
        let namespaces = entry.resource.namespaces
        guard let asked = parameters["metricnamespace"] else { return entry.resource.type }
        guard !asked.isEmpty else {
            let received = parameters.all.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
            throw .badRequest("The parameter metricnamespace is empty. Received: \(received). TraceId={\(guid(1))}")
        }
        if let match = namespaces.first(where: { $0.lowercased() == asked.lowercased() }) { return match }
        throw .badRequest(
            "The metric namespace '\(asked)' does not exist for this resource. "
                + "Leave metricnamespace out, or use \(namespaces.joined(separator: ", ")).")
    }

    private static func metrics(
        _ parameters: Parameters, _ entry: EstateTruth.Entry, _ namespace: String
    ) throws(AzureError) -> [MetricTruth] {
        let available = entry.metrics(in: namespace)
        // `%2` is a comma inside a name: this escape is Azure Monitor's own and is left after the URL's is undone.
        let names = (parameters.list("metricnames") ?? []).map {
            $0.split(separator: "%2", omittingEmptySubsequences: false).joined(separator: ",")
        }
        guard !names.isEmpty else {
            guard let main = available.first else { throw .badRequest("The resource has no metrics.") }
            return [main]
        }
        guard names.count <= mostMetrics else {
            throw .badRequest("Requested metrics count: \(names.count) bigger than allowed max: \(mostMetrics)")
        }
        var metrics: [MetricTruth] = []
        for name in names {
            guard let metric = entry.metric(name, namespace: namespace) else {
                throw .badRequest(
                    "Failed to find metric configuration for resource type: \(entry.resource.type), metric: \(name). "
                        + "Valid metrics: \(available.map(\.metric.name).joined(separator: ","))")
            }
            if !metrics.contains(where: { $0.metric.name == metric.metric.name }) { metrics.append(metric) }
        }
        return metrics
    }

    private static func interval(
        _ parameters: Parameters, _ span: MetricsTimespan, _ metrics: [MetricTruth], adjusts: Bool
    ) throws(AzureError) -> TimeGrain {
        let text = parameters["interval"] ?? "PT1M"
        if text.uppercased() == "FULL", let whole = TimeGrain(seconds: span.end.seconds - span.start.seconds) {
            return whole
        }
        let shared = metrics.dropFirst().reduce(metrics[0].metric.grains) { grains, other in
            grains.filter(other.metric.grains.contains)
        }
        guard let asked = TimeGrain(iso8601: text) else { throw unsupported(text, shared) }
        if shared.contains(asked) { return asked }
        let nearest = shared.min { abs($0.seconds - asked.seconds) < abs($1.seconds - asked.seconds) }
        guard adjusts, let nearest else {
            throw unsupported(text, shared)
        }
        return nearest
    }

    private static func unsupported(_ interval: String, _ supported: [TimeGrain]) -> AzureError {
        .badRequest(
            "Detected invalid time grain input: \(interval). "
                + "Valid time grains: \(supported.map(\.description).joined(separator: ","))")
    }

    private static func aggregations(_ parameters: Parameters) throws(AzureError) -> [StoredAggregation]? {
        guard let words = parameters.list("aggregation"), !words.isEmpty else { return nil }
        var aggregations: [StoredAggregation] = []
        for word in words {
            guard let aggregation = StoredAggregation(rawValue: word.lowercased()) else {
                throw .badRequest(
                    "Invalid aggregation type: \(word). Valid types: "
                        + StoredAggregation.allCases.map(\.definitionName).joined(separator: ","))
            }
            if !aggregations.contains(aggregation) { aggregations.append(aggregation) }
        }
        return aggregations
    }

    private static func isMetadata(_ parameters: Parameters) throws(AzureError) -> Bool {
        switch parameters["resultType"]?.lowercased() {
        case nil, "data": return false
        case "metadata": return true
        case let other?: throw .badRequest("Invalid resultType '\(other)': expected Data or Metadata.")
        }
    }

    private static func top(_ parameters: Parameters) throws(AzureError) -> Int {
        guard let text = parameters["top"] else { return 10 }
        guard let top = Int32(text), top > 0 else {
            throw .badRequest("The value '\(text)' is not valid for top: expected a positive 32-bit integer.")
        }
        return Int(top)
    }

    private static func filter(
        _ parameters: Parameters, _ metrics: [MetricTruth], isMetadata: Bool, validates: Bool
    ) throws(AzureError) -> SeriesFilter? {
        guard let text = parameters["$filter"], !trimmed(text).isEmpty else { return nil }
        var filter = try SeriesFilter(text)
        if !validates {
            filter.groups.removeAll { group in
                metrics.contains { $0.index(ofDimension: group.dimension) == nil }
            }
        }
        let names = filter.dimensions
        for metric in metrics where !metric.metric.supports(combination: Set(names)) {
            let supported = metric.metric.combinations ?? [metric.metric.dimensions.map(\.name)]
            throw .badRequest(
                "Metric: \(metric.metric.name) does not support requested dimension combination: "
                    + "\(names.joined(separator: ",")), supported ones are: "
                    + "\(supported.map { $0.joined(separator: ",") }.joined(separator: "; ")), TraceId: {\(guid(2))}")
        }
        guard !isMetadata || filter.groups.filter(\.hasWildcard).count <= 1 else {
            throw .badRequest("Invalid filter '\(text)': a Metadata request can have one wildcard only.")
        }
        return filter
    }

    private static func flag(
        _ parameters: Parameters, _ name: String, default fallback: Bool
    ) throws(AzureError) -> Bool {
        switch parameters[name]?.lowercased() {
        case nil: return fallback
        case "true": return true
        case "false": return false
        case let other?: throw .badRequest("The value '\(other)' is not valid for \(name): expected true or false.")
        }
    }
}

/// `total desc`: by what the series of an answer are sorted, over the whole span.
struct SeriesOrder: Sendable {
    let aggregation: StoredAggregation
    let isDescending: Bool

    /// Reads one aggregation and, if it is there, a direction; ascending is the default.
    init(_ text: String) throws(AzureError) {
        let words = text.split(separator: " ")
        guard (1...2).contains(words.count), let aggregation = StoredAggregation(word: words[0]),
            words.count == 1 || ["asc", "desc"].contains(words[1].lowercased())
        else {
            throw .badRequest("Invalid orderby '\(text)': expected one aggregation, then asc or desc.")
        }
        self.aggregation = aggregation
        isDescending = words.count == 2 && words[1].lowercased() == "desc"
    }
}
