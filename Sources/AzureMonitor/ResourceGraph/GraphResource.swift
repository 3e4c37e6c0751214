import MetricModel

/// What Azure Resource Graph knows of a resource.
public struct GraphResource: Hashable, Sendable {
    public var id: ResourceID
    /// As answered, usually in lower case: `microsoft.compute/virtualmachines`.
    public var type: String
    /// In lower case without spaces (`westeurope`, `global`); empty when it has none.
    public var location: String
    /// Such as `functionapp`; `nil` when it has none.
    public var kind: String?
    /// Name of the sku, or its tier where it has no name; `nil` when it has none.
    public var sku: String?
    /// In the order in which they were answered.
    public var tags: [Label]

    /// A resource, by default with nothing but its place.
    public init(
        id: ResourceID, type: String, location: String, kind: String? = nil, sku: String? = nil, tags: [Label] = []
    ) {
        self.id = id
        self.type = type
        self.location = location
        self.kind = kind
        self.sku = sku
        self.tags = tags
    }
}
