import MetricModel

/// Every value of an estate, past and future: a pure function of the seed and the series.
///
/// Nothing is kept per metric: what a call asks about is made for it, so that an estate of many resources stays small.
struct EstateTruth: Sendable {
    /// One resource with its metrics, in the order of its table.
    struct Entry: Sendable {
        let resource: SimulatedResource
        /// The namespace of its platform metrics; see ``SimulatedResource/type``.
        let type: String
        /// Of the seed and the resource: where the hash of each of its series begins.
        let hash: StableHash
        /// When it exists.
        var lifetime = Lifetime.always
        fileprivate let world: World

        /// All of its metrics with their series.
        var metrics: [MetricTruth] { resource.metrics.map(truth) }

        /// The series of `metric`, which is one of the resource's.
        func truth(of metric: SimulatedMetric) -> MetricTruth {
            let options = world.options
            var truth = MetricTruth(
                metric, of: resource, hash: hash, start: world.start, delay: options.delay(of: metric),
                oddShare: options.oddContent)
            truth.rules = options.lateness.filter { $0.isAbout(metric, of: resource.id) }
            truth.lifetime = lifetime
            return truth
        }

        /// The metric `name`, in any case, of `namespace`, in any case.
        func metric(_ name: some StringProtocol, namespace: String) -> MetricTruth? {
            let name = name.lowercased()
            return rows(in: namespace).first { $0.name.lowercased() == name }.map(truth)
        }

        /// The metric `name`, in any case, whatever its namespace; a platform metric goes first.
        func metric(_ name: String) -> MetricTruth? {
            if let platform = metric(name, namespace: type) { return platform }
            let name = name.lowercased()
            return resource.metrics.first { $0.name.lowercased() == name }.map(truth)
        }

        /// The metrics of `namespace`, in any case, without their series.
        func rows(in namespace: String) -> [SimulatedMetric] {
            let namespace = namespace.lowercased()
            let isPlatform = type.lowercased() == namespace
            return resource.metrics.filter { $0.namespace.map { $0.lowercased() == namespace } ?? isPlatform }
        }
    }

    /// What all entries share.
    fileprivate final class World: Sendable {
        let options: SimulatorOptions
        let start: Timestamp

        init(_ options: SimulatorOptions, start: Timestamp) {
            self.options = options
            self.start = start
        }
    }

    let entries: [Entry]
    private let positions: [String: Int]

    /// The truth of `options.estate`, which came to be at `start`.
    init(_ options: SimulatorOptions, start: Timestamp) {
        let world = World(options, start: start)
        entries = options.estate.resources.map { resource in
            var hash = StableHash(seed: options.seed)
            hash.combine(resource.id)
            return Entry(resource: resource, type: resource.type, hash: hash, world: world)
        }
        positions = Dictionary(
            entries.enumerated().map { ($1.resource.id.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The resource with this id, in any case, with or without its leading slash.
    func entry(_ id: String) -> Entry? {
        positions[(id.hasPrefix("/") ? id : "/" + id).lowercased()].map { entries[$0] }
    }
}
