import MetricModel

/// Every value of an estate, past and future: a pure function of the seed and the series.
struct EstateTruth: Sendable {
    /// One resource with its metrics, in the order of its table.
    struct Entry: Sendable {
        let resource: SimulatedResource
        let metrics: [MetricTruth]

        /// The metric `name`, in any case, of `namespace`, in any case.
        func metric(_ name: some StringProtocol, namespace: String) -> MetricTruth? {
            let name = name.lowercased()
            return metrics(in: namespace).first { $0.metric.name.lowercased() == name }
        }

        /// The metrics of `namespace`, in any case.
        func metrics(in namespace: String) -> [MetricTruth] {
            let namespace = namespace.lowercased()
            return metrics.filter { ($0.metric.namespace ?? resource.type).lowercased() == namespace }
        }
    }

    let entries: [Entry]
    private let positions: [String: Int]

    /// The truth of `options.estate`, which came to be at `start`.
    init(_ options: SimulatorOptions, start: Timestamp) {
        entries = options.estate.resources.map { resource in
            Entry(
                resource: resource,
                metrics: resource.metrics.map { metric in
                    MetricTruth(
                        metric, of: resource, seed: options.seed, start: start, delay: options.delay(of: metric))
                })
        }
        positions = Dictionary(
            entries.enumerated().map { ($1.resource.id.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The resource with this id, in any case, with or without its leading slash.
    func entry(_ id: String) -> Entry? {
        positions[(id.hasPrefix("/") ? id : "/" + id).lowercased()].map { entries[$0] }
    }

    /// The metric `name` of the resource `id`, whatever its namespace; a platform metric goes first.
    func metric(_ name: String, of id: String) -> MetricTruth? {
        guard let entry = entry(id) else { return nil }
        let name = name.lowercased()
        return entry.metric(name, namespace: entry.resource.type)
            ?? entry.metrics.first { $0.metric.name.lowercased() == name }
    }
}
