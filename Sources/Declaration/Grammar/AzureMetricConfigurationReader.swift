import MetricModel

/// What is asked of Azure Monitor.
struct AzureMetricConfiguration {
    let metricName: String
    /// `nil` when it is wrong, and for Promitor's `None`, of which nothing comes.
    let aggregation: Aggregation?
    /// `nil` when it is wrong.
    let interval: DeclaredInterval?
    let limit: Int?
    let dimensions: [String]
    let places: MetricPlaces
}

/// Reads `azureMetricConfiguration`.
struct AzureMetricConfigurationReader {
    private static let keys = KnownKeys(
        required: ["metricName", "aggregation"], optional: ["limit", "dimensions", "dimension"])
    private static let aggregationKeys = KnownKeys(required: ["type"], optional: ["interval"])

    /// Promitor takes a number for a name, counted from 0.
    private static let numberedNames = ["None", "Average", "Count", "Minimum", "Maximum", "Total"]

    let defaults: MetricDefaults

    /// What the metric says under `azureMetricConfiguration`; `nil` when that is wrong or not there.
    /// - Parameter needsInterval: False for types that are not asked of Azure Monitor.
    func configuration(_ metric: MappingReader, needsInterval: Bool) -> AzureMetricConfiguration? {
        guard let reader = metric.requiredMapping("azureMetricConfiguration", keys: Self.keys) else { return nil }
        let metricName = reader.requiredText("metricName")
        let limit = reader.integer("limit", in: seriesLimits) ?? defaults.limit
        let dimensions = DimensionsReader().dimensions(reader)
        let mark = reader.entry("metricName")?.valueMark ?? reader.mark
        let aggregation = reader.requiredMapping("aggregation", keys: Self.aggregationKeys)
        let type: Setting<Aggregation> = aggregation.map { aggregationType($0) } ?? .faulty
        let grain = aggregation.flatMap { effectiveGrain($0, isNeeded: needsInterval) }
        guard let metricName else { return nil }
        return AzureMetricConfiguration(
            metricName: metricName, aggregation: type.value, interval: grain, limit: limit,
            dimensions: dimensions.map(\.text),
            places: MetricPlaces(
                metricName: mark, aggregation: aggregation?.entry("type")?.valueMark ?? mark,
                interval: aggregation?.entry("interval")?.valueMark,
                dimensions: Dictionary(dimensions.map { ($0.text, $0.mark) }, uniquingKeysWith: { first, _ in first })))
    }

    /// Absent for `None`.
    private func aggregationType(_ reader: MappingReader) -> Setting<Aggregation> {
        guard let text = reader.requiredText("type"), let entry = reader.entry("type") else { return .faulty }
        let number = Int(text.trimmingBlanks)
        let name = number.flatMap { Self.numberedNames.indices.contains($0) ? Self.numberedNames[$0] : nil } ?? text
        if let aggregation = Aggregation.allCases.first(where: { $0.declaredName == name }) {
            if number != nil {
                reader.diagnostics.warn(
                    "the number `\(text)` is taken for the aggregation `\(name)`, as Promitor counts them",
                    at: entry.valueMark, fix: "write `type: \(name)`")
            }
            return .given(aggregation)
        }
        let names = Aggregation.allCases.map(\.declaredName)
        if name == "None" {
            reader.diagnostics.warn(
                "the aggregation `\(text)`\(number == nil ? "" : ", which is `None`,") has no values: the metric is not scraped",
                at: entry.valueMark,
                fix: "write " + names.joined(separator: ", "))
            return .absent
        }
        reader.diagnostics.error(
            "the aggregation `\(name)` is unknown", at: entry.valueMark,
            fix: Suggestion.fix(for: name, among: names) ?? "write one of " + names.joined(separator: ", "))
        return .faulty
    }

    /// Promitor lets a metric without interval pass and then fails at each scrape.
    private func effectiveGrain(_ reader: MappingReader, isNeeded: Bool) -> DeclaredInterval? {
        let setting = reader.interval("interval", unusable: "the metric is not scraped").orElse(defaults.interval)
        if case .absent = setting {
            guard isNeeded else { return nil }
            reader.diagnostics.warn(
                """
                `interval` is given neither here nor in `metricDefaults`: the finest that the metric offers is used, or 5 \
                minutes when Azure does not say
                """, at: reader.mark,
                fix: "add `interval: 00:05:00` here, or `aggregation: {interval: 00:05:00}` to `metricDefaults`")
            return DeclaredInterval(grain: .fiveMinutes, requested: nil)
        }
        return setting.value
    }
}
