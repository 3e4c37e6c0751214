import MetricModel

/// A call of `metrics:getBatch` that Azure understands: who is asked about, and what.
struct BatchQuery: Sendable {
    /// Resources in one call.
    static let mostResources = 50

    /// The question to the first resource; see ``MetricsQuery/asked(of:)`` for the others.
    let first: MetricsQuery
    /// In the order of the call.
    let entries: [EstateTruth.Entry]

    /// What the plane does not have, with what it has instead.
    private static let refused = [
        "$filter": "the parameter is called filter here", "timespan": "use starttime and endtime",
        "autoadjusttimegrain": "ask for a time grain that the metrics have", "resulttype": "there are only data",
        "validatedimensions": "dimensions are always validated", "region": "the host names the region",
    ]

    /// Reads the call `exchange`, whose path names a subscription.
    /// - Throws: Azure's error for the first thing it does not accept.
    init(_ exchange: Exchange) throws(AzureError) {
        let parameters = exchange.parameters
        for (name, _) in parameters.all {
            if let why = Self.refused[name.lowercased()] {
                throw .badRequest("The parameter '\(name)' is not supported by this operation: \(why).")
            }
        }
        for name in ["metricnamespace", "metricnames"] where (parameters[name] ?? "").isEmpty {
            throw .badRequest("The required parameter '\(name)' is missing or empty.")
        }
        let ids = try Self.ids(exchange.request.body)
        entries = try Self.entries(ids, exchange, namespace: parameters["metricnamespace"] ?? "")
        // `entries` is never empty: a call without ids has been refused.
        first = try MetricsQuery(try Self.translated(parameters, exchange.now), for: entries[0], now: exchange.now)
    }

    private static func ids(_ body: [UInt8]) throws(AzureError) -> [String] {
        guard let json = JSONValue(body), case .object = json else {
            throw .badRequest("The body of the request is not a JSON object.")
        }
        guard let ids = json["resourceids"]?.texts, !ids.isEmpty else {
            throw .badRequest("The body of the request must have the resource ids in the array 'resourceids'.")
        }
        guard ids.count <= mostResources else {
            throw .badRequest("Requested resources count: \(ids.count) bigger than allowed max: \(mostResources)")
        }
        return ids
    }

    private static func entries(
        _ ids: [String], _ exchange: Exchange, namespace: String
    ) throws(AzureError) -> [EstateTruth.Entry] {
        var entries: [EstateTruth.Entry] = []
        var seen: Set<String> = []
        let subscription = "/subscriptions/\(exchange.captures[0].lowercased())/"
        let namespace = namespace.lowercased()
        for id in ids {
            let lowercased = (id.hasPrefix("/") ? id : "/" + id).lowercased()
            guard seen.insert(lowercased).inserted else { throw .badRequest("Duplicate resource id: \(id).") }
            guard lowercased.hasPrefix(subscription) else {
                throw .badRequest("The resource \(id) is not in the subscription \(exchange.captures[0]).")
            }
            guard let entry = exchange.azure.entry(lowercased, at: exchange.now) else { throw .notMapped(id) }
            guard entry.type.lowercased() == namespace else {
                throw .badRequest("The resource \(id) is not of the metric namespace \(namespace), but \(entry.type).")
            }
            let region = entry.resource.location
            let expected = exchange.address.site.region ?? entries.first?.resource.location ?? region
            guard region.lowercased() == expected.lowercased() else {
                throw .badRequest("The resource \(id) is in the region \(region), not in \(expected).")
            }
            entries.append(entry)
        }
        return entries
    }

    /// The parameters as Azure Resource Manager's operation calls them.
    private static func translated(_ parameters: Parameters, _ now: Timestamp) throws(AzureError) -> Parameters {
        var pairs = parameters.all.filter { !["starttime", "endtime", "filter"].contains($0.name.lowercased()) }
        if let filter = parameters["filter"] { pairs.append(("$filter", filter)) }
        let start = parameters["starttime"]
        let end = parameters["endtime"]
        guard start != nil || end == nil else {
            throw .badRequest("The parameter 'endtime' needs 'starttime'.")
        }
        if let start { pairs.append(("timespan", "\(start)/\(end ?? now.description)")) }
        return Parameters(pairs)
    }
}

extension AzureError {
    /// What the batch plane says of a resource that it has no record of.
    static func notMapped(_ id: String) -> Self {
        .manager(404, "NotFound", "Failed to find resource mapping for resource \(id).")
    }
}
