/// An Azure resource that exists in the simulator.
public struct SimulatedResource: Sendable {
    /// With a leading slash, in the owner's spelling.
    public var id: String
    /// Azure's name of the region: `westeurope`.
    public var location: String
    /// What it was bought as (`Premium`); decides which metrics of its type it has. `nil` = the usual ones.
    public var sku: String?
    /// What tells resources of one type apart, a function app from a web app; empty for most.
    public var kind: String
    /// What it measures; by default the table of its type.
    public var metrics: [SimulatedMetric]
    /// Values of dimensions that are this resource's own (its queues, its disks), by the dimension's name.
    public var dimensionValues: [String: [DimensionValue]]
    /// Exists, answers, and never has a value.
    public var isStopped: Bool

    /// A resource of the type that its id names.
    /// - Parameter metrics: `nil` = those in the table of its type that its SKU has; none for a type without a table.
    public init(
        id: String, location: String = "westeurope", kind: String = "", sku: String? = nil,
        metrics: [SimulatedMetric]? = nil,
        dimensionValues: [String: [DimensionValue]] = [:], isStopped: Bool = false
    ) {
        self.id = id
        self.location = location
        self.kind = kind
        self.dimensionValues = dimensionValues
        self.isStopped = isStopped
        self.sku = sku
        let table = MetricTables.byType[Self.type(of: id).lowercased()] ?? []
        self.metrics = metrics ?? table.filter { $0.exists(in: sku) }
    }

    /// `Microsoft.Storage/storageAccounts/blobServices`: the namespace of its platform metrics.
    public var type: String { Self.type(of: id) }

    /// The platform's namespace and those of custom metrics, without repetition.
    var namespaces: [String] {
        var names = [type]
        for namespace in metrics.compactMap(\.namespace) where !names.contains(namespace) { names.append(namespace) }
        return names
    }

    /// The values that `dimension` has on this resource.
    func values(of dimension: SimulatedDimension) -> [DimensionValue] {
        let own = dimensionValues.first { $0.key.lowercased() == dimension.name.lowercased() }
        return own?.value ?? dimension.values
    }

    /// What stands behind the last `/providers/`, without the names.
    private static func type(of id: String) -> String {
        let segments = id.split(separator: "/")
        guard let providers = segments.lastIndex(where: { $0.lowercased() == "providers" }) else { return "" }
        let parts = segments[(providers + 1)...]
        return parts.enumerated().filter { $0.offset == 0 || $0.offset % 2 == 1 }.map { String($0.element) }
            .joined(separator: "/")
    }
}
