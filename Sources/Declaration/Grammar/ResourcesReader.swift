import MetricModel
import ResourceCatalog

/// Reads `resources` by the row of their type.
struct ResourcesReader {
    let azure: AzureMetadata?
    let environment: [String: String]
    private let shared = SharedResources()

    init(azure: AzureMetadata?, environment: [String: String]) {
        self.azure = azure
        self.environment = environment
    }

    /// The resources of a metric, each once; those that cannot be scraped are reported and left out.
    func resources(
        _ metric: MappingReader, type: ResourceType, metricName: String, dimensions: [String]
    ) -> [DeclaredResource] {
        let fields = type.fields + ResourceType.sharedFields
        let keys = KnownKeys(
            required: fields.filter(\.isRequired).map(\.name), optional: fields.filter { !$0.isRequired }.map(\.name))
        let items = metric.mappings("resources", example: "\(keys.all[0]): …") { _ in keys }
        var firstLines: [String: Int] = [:]
        var membersLines: [String: Int] = [:]
        let resources: [DeclaredResource] = items.compactMap { item in
            let resolution = resolution(item, metric, type: type, metricName: metricName, dimensions: dimensions)
            guard !resolution.problems.contains(where: { $0.severity == .error }) else { return nil }
            let identity = identity(of: resolution, type)
            if let line = firstLines[identity] {
                item.diagnostics.warn(
                    "this resource stands twice, first in line \(line); it is scraped once", at: item.mark,
                    fix: "remove one of them")
                return nil
            }
            firstLines[identity] = item.mark.line
            // Both would have one ledger, and mostly the same labels: the receiver could not tell their values apart.
            if type.source == .azureMonitor, let line = membersLines[resolution.resource.identity] {
                item.diagnostics.warn(
                    "this resource stands in line \(line) already, with another filter; only that one is scraped",
                    at: item.entry("filter")?.valueMark ?? item.mark,
                    fix: "give each filter a metric of its own, or split one metric by `dimensions`")
                return nil
            }
            membersLines[resolution.resource.identity] = item.mark.line
            return DeclaredResource(
                resource: shared.resource(resolution.resource), filter: resolution.requestFilter,
                dimensions: resolution.dimensions, dimensionRenames: resolution.dimensionRenames, location: item.mark)
        }
        return shared.list(resources)
    }

    private func resolution(
        _ item: MappingReader, _ metric: MappingReader, type: ResourceType, metricName: String, dimensions: [String]
    ) -> ResourceResolution {
        var texts: [String: String] = [:]
        for field in type.fields + ResourceType.sharedFields { texts[field.name] = text(of: field, item) }
        let defaults = ResourceDefaults(
            tenantID: azure?.tenantID ?? "", subscriptionID: azure?.subscriptionID ?? "",
            resourceGroupName: azure?.resourceGroupName ?? "")
        let resolution = type.resolve(texts, metricName: metricName, defaults: defaults, dimensions: dimensions)
        for problem in resolution.problems { report(problem, texts, item, metric) }
        let faulty = Set(resolution.problems.map(\.field))
        for name in texts.keys where !faulty.contains(name) { item.warnOfPlaceholder(name) }
        return resolution
    }

    /// Two resources with the same one would be the same series. What has no filter is told apart by its name alone.
    private func identity(of resolution: ResourceResolution, _ type: ResourceType) -> String {
        let part = type.source == .azureMonitor ? resolution.filter?.text ?? "" : resolution.uniqueName
        return resolution.resource.id.canonical + " " + part
    }

    /// A secret's text stays where it was read: what a type makes of its fields needs none.
    private func text(of field: ResourceField, _ item: MappingReader) -> String? {
        if field.isSecret { return SecretReader(environment: environment).secret(field.name, item)?.description }
        if field.mayBeBlank, let value = item.entry(field.name)?.value, value.isNull || value.text?.isBlank == true {
            return ""
        }
        return field.isRequired ? item.requiredText(field.name) : item.optionalText(field.name)
    }

    /// A required field without text has been reported when it was read.
    private func report(
        _ problem: ResourceProblem, _ texts: [String: String], _ item: MappingReader, _ metric: MappingReader
    ) {
        let mark: SourceMark
        if let field = problem.field {
            guard texts[field] != nil, let entry = item.entry(field) else { return }
            mark = entry.valueMark
        } else {
            mark = dimensionsMark(metric) ?? item.mark
        }
        switch problem.severity {
        case .error: item.diagnostics.error(problem.message, at: mark, fix: problem.fix)
        case .warning: item.diagnostics.warn(problem.message, at: mark, fix: problem.fix)
        }
    }

    /// What concerns no field concerns the metric's dimensions.
    private func dimensionsMark(_ metric: MappingReader) -> SourceMark? {
        let configuration = metric.entry("azureMetricConfiguration")?.value.entries ?? []
        return configuration.first { ["dimensions", "dimension"].contains($0.key) }?.keyMark
    }
}
