/// Checks `logAnalyticsConfiguration`, as Promitor does.
struct LogAnalyticsConfigurationReader {
    private static let keys = KnownKeys(required: ["query"], optional: ["aggregation"])
    private static let aggregationKeys = KnownKeys(optional: ["interval"])

    /// Reports what is wrong with it.
    func check(_ metric: MappingReader) {
        guard let reader = metric.requiredMapping("logAnalyticsConfiguration", keys: Self.keys) else { return }
        if let query = reader.requiredText("query"), !query.contains("project result"),
            let entry = reader.entry("query")
        {
            reader.diagnostics.error(
                "the query has no `project result`, with one space and in this spelling", at: entry.valueMark,
                fix: "let it end in `| project result`, a single number")
        }
        _ = reader.optionalMapping("aggregation", keys: Self.aggregationKeys)?.durationText("interval")
    }
}
