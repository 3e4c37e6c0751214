/// Reads the top level of a metrics declaration.
struct DeclarationReader {
    private static let keys = KnownKeys(required: ["version", "azureMetadata", "metricDefaults", "metrics"])

    let environment: [String: String]
    let diagnostics: Diagnostics

    /// The declaration, as far as it can be read; what is wrong is in the diagnostics.
    func declaration(_ root: YAMLNode) -> MetricsDeclaration? {
        guard let entries = root.entries else {
            diagnostics.error(
                "a declaration must be a mapping, not \(root.kind)", at: root.mark, fix: "begin with `version: v1`")
            return nil
        }
        let reader = MappingReader(entries, at: root.mark, keys: Self.keys, diagnostics: diagnostics)
        checkVersion(reader)
        let azure = AzureMetadataReader(diagnostics: diagnostics).metadata(reader)
        let defaults = MetricDefaultsReader(diagnostics: diagnostics).defaults(reader)
        let readings = metrics(reader, defaults: defaults, azure: azure)
        return azure.map { azure in
            readings.reduce(into: MetricsDeclaration(azure: azure, metrics: [])) { declaration, reading in
                switch reading {
                case .metric(let metric): declaration.metrics.append(metric)
                case .unsupported(let metric): declaration.unsupported.append(metric)
                }
            }
        }
    }

    private func checkVersion(_ reader: MappingReader) {
        guard let version = reader.requiredText("version"), version != "v1", let entry = reader.entry("version")
        else { return }
        diagnostics.error("the version `\(version)` is unknown", at: entry.valueMark, fix: "write `version: v1`")
    }

    private func metrics(
        _ reader: MappingReader, defaults: MetricDefaults, azure: AzureMetadata?
    ) -> [MetricReader.Reading] {
        guard let entry = reader.entry("metrics") else { return [] }
        if entry.value.isNull {
            diagnostics.error(
                "`metrics` has no list", at: entry.valueMark, fix: "write `metrics: []` to scrape nothing")
        } else if entry.value.items?.isEmpty == true {
            diagnostics.warn("`metrics` is empty: nothing is scraped", at: entry.valueMark, fix: "declare a metric")
        }
        var names = MetricNames()
        let metricReader = MetricReader(
            defaults: defaults, resources: ResourcesReader(azure: azure, environment: environment))
        return reader.mappings("metrics", example: "name: …", keys: MetricReader.keys).compactMap { item in
            names.register(item)
            return metricReader.metric(item)
        }
    }
}
