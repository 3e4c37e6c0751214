import MetricModel
import ResourceCatalog

/// Reads one item of `metrics`.
struct MetricReader {
    private static let collectionKeys = KnownKeys(optional: ["settle", "overlap", "backfill", "monotonic"])

    /// What a metric knows: all types but one need `azureMetricConfiguration`.
    static func keys(_ entries: [YAMLEntry]) -> KnownKeys {
        let typeName = entries.first { $0.key == "resourceType" }?.value.text.map(Self.typeName)
        let configurations = ["azureMetricConfiguration", "logAnalyticsConfiguration"]
        let isLogAnalytics = typeName.flatMap { ResourceCatalog.type(named: $0) }?.source == .logAnalytics
        return KnownKeys(
            required: ["name", "description", "resourceType", configurations[isLogAnalytics ? 1 : 0]],
            optional: [
                configurations[isLogAnalytics ? 0 : 1], "labels", "scraping", "collection", "resources",
                "resourceDiscoveryGroups",
            ],
            formerKeys: [
                "resourceCollections": "this list is called `resourceDiscoveryGroups` since Promitor 2.0"
            ])
    }

    let defaults: MetricDefaults
    let resources: ResourcesReader

    /// What became of an item.
    enum Reading {
        case metric(DeclaredMetric)
        /// Checked, and reported as not supported.
        case unsupported(UnsupportedMetric)
    }

    /// The metric; `nil` when it has errors, which are reported.
    func metric(_ reader: MappingReader) -> Reading? {
        let name = reader.requiredText("name")
        let description = description(reader)
        let typeName = typeName(reader)
        let type = typeName.flatMap { knownType($0, reader) }
        let configuration = configuration(reader, type: type)
        let labels = LabelsReader(diagnostics: reader.diagnostics).labels(reader)
        let schedule = schedule(reader)
        let (collection, isMonotonic) = collection(reader, aggregation: configuration?.aggregation)
        let groups = DiscoveryGroupsReader().groupCount(reader)
        checkResourceLists(reader, groups: groups)
        guard let type else { return nil }
        checkMetricName(configuration?.metricName, of: type, reader)
        let declared = resources.resources(
            reader, type: type, metricName: configuration?.metricName ?? "", dimensions: configuration?.dimensions ?? []
        )
        warnAboutHiddenLabels(reader, declared)
        guard type.source == .azureMonitor else {
            warnOfLaterSource(type, of: name, reader)
            return name.map {
                .unsupported(.init(name: $0, reason: "the resource type \(type.name) is not supported yet"))
            }
        }
        if let name, groups > 0, declared.isEmpty {
            return .unsupported(.init(name: name, reason: "resource discovery is not supported yet"))
        }
        guard let name, let configuration, let aggregation = configuration.aggregation, let schedule,
            let interval = configuration.interval, !declared.isEmpty
        else { return nil }
        var metric = DeclaredMetric(
            descriptor: MetricDescriptor(
                name: name, description: description, aggregation: aggregation, grain: interval.grain, labels: labels,
                defaultLabels: defaults.labels),
            resourceType: type.name, azureMetricName: configuration.metricName, dimensions: configuration.dimensions,
            limit: configuration.limit, schedule: schedule, collection: collection, resources: declared,
            location: reader.mark, places: configuration.places)
        metric.requestedGrain = interval.requested
        metric.isMonotonic = isMonotonic
        return .metric(metric)
    }

    /// Promitor takes a number for a name.
    private static func typeName(_ text: String) -> String {
        Int(text.trimmingBlanks).flatMap(ResourceCatalog.name(numbered:)) ?? text
    }

    private func typeName(_ reader: MappingReader) -> String? {
        guard let text = reader.requiredText("resourceType") else { return nil }
        let name = Self.typeName(text)
        if name != text {
            reader.diagnostics.warn(
                "the number `\(text)` is taken for the resource type `\(name)`, as Promitor counts them",
                at: reader.entry("resourceType")?.valueMark, fix: "write `resourceType: \(name)`")
        }
        return name
    }

    /// May be empty, but must be there.
    private func description(_ reader: MappingReader) -> String {
        guard let entry = reader.entry("description") else { return "" }
        guard let text = entry.value.text else {
            reader.diagnostics.warn(
                "`description` must be text, not \(entry.value.kind); it is left empty", at: entry.valueMark,
                fix: "put it in quotation marks")
            return ""
        }
        if entry.value.isNull, !entry.value.isEmpty { reader.warnAboutNull(entry, outcome: "leaves it empty") }
        return entry.value.isNull ? "" : text
    }

    /// The row of the type; `nil` when there is none, which is reported.
    private func knownType(_ typeName: String, _ reader: MappingReader) -> ResourceType? {
        if let type = ResourceCatalog.type(named: typeName) { return type }
        reader.diagnostics.error(
            "the resource type `\(typeName)` is unknown", at: reader.entry("resourceType")?.valueMark,
            fix: Suggestion.fix(for: typeName, among: ResourceCatalog.names)
                ?? "write one of Promitor's types, or `Generic` with a `resourceUri`")
        return nil
    }

    /// What is checked in full and waits for a later version.
    private func warnOfLaterSource(_ type: ResourceType, of name: String?, _ reader: MappingReader) {
        let metric = name.map { "`\($0)`" } ?? "this metric"
        reader.diagnostics.warn(
            "the resource type `\(type.name)` is not supported yet: \(metric) is checked, but not scraped",
            at: reader.entry("resourceType")?.valueMark, fix: "keep the metric for a later version, or remove it")
    }

    /// Types that are not asked of Azure Monitor have a few metrics of their own.
    private func checkMetricName(_ metricName: String?, of type: ResourceType, _ reader: MappingReader) {
        guard let metricName, let names = type.metricNames,
            !names.contains(where: { $0.lowercased() == metricName.lowercased() })
        else { return }
        let entries = reader.entry("azureMetricConfiguration")?.value.entries ?? []
        reader.diagnostics.error(
            "a \(type.name) has no metric `\(metricName)`", at: entries.first { $0.key == "metricName" }?.valueMark,
            fix: "write " + names.map { "`\($0)`" }.joined(separator: " or "))
    }

    private func configuration(_ reader: MappingReader, type: ResourceType?) -> AzureMetricConfiguration? {
        let isLogAnalytics = type?.source == .logAnalytics
        let unused = isLogAnalytics ? "azureMetricConfiguration" : "logAnalyticsConfiguration"
        if let type, let entry = reader.entry(unused) {
            reader.diagnostics.warn(
                "`\(unused)` does not go with the resource type `\(type.name)` and is ignored", at: entry.keyMark,
                fix: "remove it")
        }
        guard isLogAnalytics else {
            return AzureMetricConfigurationReader(defaults: defaults).configuration(
                reader, needsInterval: type.map { $0.source == .azureMonitor } ?? true)
        }
        LogAnalyticsConfigurationReader(cloud: resources.azure?.cloud).check(reader)
        return nil
    }

    /// Promitor neither refuses nor uses an empty schedule; the default's is used instead.
    private func schedule(_ reader: MappingReader) -> CronSchedule? {
        guard let scraping = reader.optionalMapping("scraping", keys: scrapingKeys),
            let entry = scraping.entry("schedule")
        else { return defaults.schedule }
        guard !entry.value.isNull, entry.value.text?.isBlank != true else {
            reader.diagnostics.warn(
                "`schedule` has no value; that of `metricDefaults` is used", at: entry.valueMark,
                fix: "write one, or remove `scraping`")
            return defaults.schedule
        }
        return scraping.requiredText("schedule").flatMap { scraping.schedule($0) }
    }

    private func collection(
        _ reader: MappingReader, aggregation: Aggregation?
    ) -> (CollectionOverrides, isMonotonic: Bool) {
        guard let block = reader.optionalMapping("collection", keys: Self.collectionKeys) else {
            return (CollectionOverrides(), false)
        }
        let overrides = CollectionOverrides(
            settle: block.duration("settle", limit: .history), overlap: block.duration("overlap", limit: .history),
            backfill: block.duration("backfill", limit: .history))
        let isMonotonic = block.boolean("monotonic")
        if isMonotonic != nil, let aggregation, aggregation != .total {
            let reason = aggregation == .count ? "counts are monotonic anyhow" : "it is for totals"
            reader.diagnostics.warn(
                "`monotonic` has no effect on the aggregation \(aggregation.declaredName): \(reason)",
                at: block.entry("monotonic")?.keyMark, fix: "remove it")
        }
        return (overrides, isMonotonic ?? false)
    }

    private func checkResourceLists(_ reader: MappingReader, groups: Int) {
        let hasResources = reader.entry("resources").map { !$0.value.isNull && $0.value.items?.isEmpty != true }
        if groups == 0, hasResources != true {
            reader.diagnostics.error(
                "the metric has no resources", at: reader.entry("resources")?.keyMark ?? reader.mark,
                fix: "list at least one under `resources`")
        }
    }

    /// A label of the metric that every series has from Azure already.
    private func warnAboutHiddenLabels(_ reader: MappingReader, _ resources: [DeclaredResource]) {
        var names: Set<String> = []
        for resource in resources {
            names.formUnion(resource.resource.typeLabels.map(\.name))
            names.formUnion(resource.dimensions.map { resource.dimensionRenames[$0] ?? $0 })
        }
        LabelsReader(diagnostics: reader.diagnostics).warn(labels: reader, hiddenBy: names)
    }
}
