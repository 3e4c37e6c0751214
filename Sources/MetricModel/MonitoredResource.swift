/// One Azure resource whose metrics are scraped.
public final class MonitoredResource: Sendable {
    public let id: ResourceID
    /// Promitor's name of the type: `VirtualMachine`.
    public let resourceType: String
    /// Promitor's `instance_name`; empty when it has none.
    public let instanceName: String
    /// The Entra tenant, as declared.
    public let tenantID: String
    /// Labels that the resource type adds (`queue_name`, …).
    public let typeLabels: [Label]
    /// Azure region, lower case without spaces (`westeurope`), once it is known.
    public let region: String?

    /// A resource with its identity and its labels.
    public init(
        id: ResourceID, resourceType: String, instanceName: String, tenantID: String, typeLabels: [Label] = [],
        region: String? = nil
    ) {
        self.id = id
        self.resourceType = resourceType
        self.instanceName = instanceName
        self.tenantID = tenantID
        self.typeLabels = typeLabels
        self.region = region
    }

    /// The same resource, now that its region is known.
    public func located(in region: String) -> MonitoredResource {
        MonitoredResource(
            id: id, resourceType: resourceType, instanceName: instanceName, tenantID: tenantID,
            typeLabels: typeLabels, region: region)
    }

    /// Promitor's labels that every series of this resource carries first, with the highest precedence.
    ///
    /// `resource_uri` has no leading slash, as in Promitor's single-resource mode.
    public var builtInLabels: [Label] {
        var labels = [
            Label("resource_group", id.resourceGroup), Label("subscription_id", id.subscriptionID),
            Label("resource_uri", String(id.description.dropFirst())),
        ]
        if !instanceName.isEmpty { labels.append(Label("instance_name", instanceName)) }
        return labels
    }
}
