import MetricModel

/// A metrics call that Azure understands: parameters read, defaults in place, everything it names exists.
struct MetricsQuery: Sendable {
    /// Names in one call.
    static let mostMetrics = 20

    private(set) var entry: EstateTruth.Entry
    let namespace: String
    private(set) var metrics: [MetricTruth]
    /// Where ``metrics`` stand among those of the resource.
    private var positions: [Int]
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
    /// The buckets of the span of which there can be anything by now.
    let buckets: BucketTimes
    /// For each of ``metrics`` what its answer says besides id, errors and series, as JSON text: the same for all resources.
    let heads: [[UInt8]]

    /// Reads the parameters of a call for `entry`.
    /// - Throws: Azure's 400 for the first one it does not accept.
    init(_ parameters: Parameters, for entry: EstateTruth.Entry, now: Timestamp) throws(AzureError) {
        self.entry = entry
        namespace = try Self.namespace(parameters, entry)
        positions = try Self.positions(parameters, entry, namespace)
        metrics = positions.map { entry.truth(of: entry.resource.metrics[$0]) }
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
        buckets = BucketTimes(span, width: interval.duration, now: now)
        heads = metrics.map { MetricsRoute.head(of: $0.metric) }
    }

    /// The same question about another resource of the type.
    /// - Throws: Azure's 400 for a metric that `other` does not have.
    func asked(of other: EstateTruth.Entry) throws(AzureError) -> MetricsQuery {
        var copy = self
        copy.entry = other
        let rows = other.resource.metrics
        for (index, truth) in metrics.enumerated() {
            let wanted = truth.metric
            // Resources of one type mostly have one table.
            if !rows.indices.contains(positions[index]) || rows[positions[index]].name != wanted.name {
                guard let position = rows.firstIndex(where: { $0.name == wanted.name }) else {
                    throw Self.unknown(wanted.name, of: other, in: namespace)
                }
                copy.positions[index] = position
            }
            copy.metrics[index] = other.truth(of: rows[copy.positions[index]])
        }
        return copy
    }

    private static func namespace(_ parameters: Parameters, _ entry: EstateTruth.Entry) throws(AzureError) -> String {
        let namespaces = entry.resource.namespaces
        guard let asked = parameters["metricnamespace"] else { return entry.type }
        guard !asked.isEmpty else {
            let received = parameters.all.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
            throw .badRequest("The parameter metricnamespace is empty. Received: \(received). TraceId={\(guid(1))}")
        }
        if let match = namespaces.first(where: { $0.lowercased() == asked.lowercased() }) { return match }
        throw .badRequest(
            "The metric namespace '\(asked)' does not exist for this resource. "
                + "Leave metricnamespace out, or use \(namespaces.joined(separator: ", ")).")
    }

    private static func positions(
        _ parameters: Parameters, _ entry: EstateTruth.Entry, _ namespace: String
    ) throws(AzureError) -> [Int] {
        // `%2` is a comma inside a name: this escape is Azure Monitor's own and is left after the URL's is undone.
        let names = (parameters.list("metricnames") ?? []).map {
            $0.split(separator: "%2", omittingEmptySubsequences: false).joined(separator: ",")
        }
        guard names.count <= mostMetrics else {
            throw .badRequest("Requested metrics count: \(names.count) bigger than allowed max: \(mostMetrics)")
        }
        let wanted = namespace.lowercased()
        let available = entry.resource.metrics.enumerated().filter { row in
            (row.element.namespace ?? entry.type).lowercased() == wanted
        }
        guard !names.isEmpty else {
            guard let main = available.first else { throw .badRequest("The resource has no metrics.") }
            return [main.offset]
        }
        var positions: [Int] = []
        for name in names {
            let lowercased = name.lowercased()
            guard let row = available.first(where: { $0.element.name.lowercased() == lowercased }) else {
                throw unknown(name, of: entry, in: namespace)
            }
            if !positions.contains(row.offset) { positions.append(row.offset) }
        }
        return positions
    }

    private static func unknown(_ name: String, of entry: EstateTruth.Entry, in namespace: String) -> AzureError {
        .badRequest(
            "Failed to find metric configuration for resource type: \(entry.type), metric: \(name). "
                + "Valid metrics: \(entry.rows(in: namespace).map(\.name).joined(separator: ","))")
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
