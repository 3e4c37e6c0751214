/// Checks `logAnalyticsConfiguration`, as Promitor does, except that a query is not parsed.
struct LogAnalyticsConfigurationReader {
    private static let keys = KnownKeys(required: ["query"], optional: ["aggregation"])
    private static let aggregationKeys = KnownKeys(optional: ["interval"])

    /// `nil` when it is wrong.
    let cloud: DeclaredCloud?

    /// Reports what is wrong with it.
    func check(_ metric: MappingReader) {
        checkEndpoint(metric)
        guard let reader = metric.requiredMapping("logAnalyticsConfiguration", keys: Self.keys) else { return }
        if let query = reader.requiredText("query"), !query.contains("project result"),
            let entry = reader.entry("query")
        {
            reader.diagnostics.error(
                "the query has no `project result`, with one space and in this spelling", at: entry.valueMark,
                fix: "let it end in `| project result`, a single number")
        }
        if let aggregation = reader.optionalMapping("aggregation", keys: Self.aggregationKeys) {
            checkLookBack(aggregation)
        }
    }

    /// A cloud of one's own has this endpoint only if it is declared, and Promitor does not start without.
    private func checkEndpoint(_ metric: MappingReader) {
        guard case .custom(let endpoints) = cloud, endpoints.logAnalyticsEndpoint == nil else { return }
        metric.diagnostics.error(
            "a query of Log Analytics needs an endpoint, and the cloud has none",
            at: metric.entry("resourceType")?.valueMark ?? metric.mark,
            fix: "add `logAnalyticsEndpoint` to the `endpoints` of `azureMetadata`")
    }

    /// How far back the query looks. Promitor starts with what is no length of time to look at, and then each query fails.
    private func checkLookBack(_ aggregation: MappingReader) {
        guard let reading = aggregation.durationText("interval").value,
            let mark = aggregation.entry("interval")?.valueMark
        else { return }
        if reading.duration <= .zero {
            aggregation.diagnostics.warn(
                "`interval` must be longer than zero: it is how far back the query looks", at: mark,
                fix: "write 00:05:00 for 5 minutes")
        } else if let trap = reading.trap {
            aggregation.warn(about: trap, meaning: reading.duration.words, at: mark)
        }
    }
}
