import MetricModel

/// Makes metrics of the same resources share them: 300 metrics of 1,300 resources each keep 20,000 resources, not 400,000.
final class SharedResources {
    private struct Key: Hashable {
        let id: String
        let instanceName: String
        let resourceType: String
        let tenantID: String
        let typeLabels: [Label]
    }

    private var resources: [Key: MonitoredResource] = [:]
    /// By their first resource.
    private var lists: [ObjectIdentifier: [[DeclaredResource]]] = [:]

    /// The resource that was read first of all that are the same.
    func resource(_ resource: MonitoredResource) -> MonitoredResource {
        let key = Key(
            id: resource.id.description, instanceName: resource.instanceName, resourceType: resource.resourceType,
            tenantID: resource.tenantID, typeLabels: resource.typeLabels)
        if let known = resources[key] { return known }
        resources[key] = resource
        return resource
    }

    /// The list that was read first of all that are the same. Aliases keep the places of their anchor, so theirs are.
    func list(_ list: [DeclaredResource]) -> [DeclaredResource] {
        guard let first = list.first else { return list }
        let key = ObjectIdentifier(first.resource)
        if let known = lists[key]?.first(where: { Self.areSame($0, list) }) { return known }
        lists[key, default: []].append(list)
        return list
    }

    private static func areSame(_ left: [DeclaredResource], _ right: [DeclaredResource]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy {
                $0.resource === $1.resource && $0.location == $1.location && $0.filter == $1.filter
                    && $0.dimensions == $1.dimensions && $0.dimensionRenames == $1.dimensionRenames
            }
    }
}
