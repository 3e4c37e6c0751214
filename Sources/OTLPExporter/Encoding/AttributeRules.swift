import MetricModel

/// Which attributes stand on the OTLP resource and which on its points.
struct AttributeRules {
    let mapping: OTLPMapping

    /// The attributes of the OTLP resource, sorted by key.
    ///
    /// What comes from the resource's id is in lower case, except the provider: Azure spells ids now so, now so, and a
    /// change of spelling would start new series.
    func resourceAttributes(of resource: MonitoredResource) -> [Label] {
        var attributes = LabelSet()
        attributes.add([
            Label("service.name", mapping.serviceName ?? Self.defaultServiceName(resource.id)),
            Label("service.namespace", mapping.serviceNamespace),
            Label("service.instance.id", resource.id.canonical),
        ])
        if mapping.layout == .resource {
            attributes.add(Self.cloudAttributes(of: resource))
            attributes.add(mapping.extraAttributes)
        }
        return attributes.labels.filter { !$0.name.isEmpty && !$0.value.isEmpty }.sorted { $0.name < $1.name }
    }

    private static func cloudAttributes(of resource: MonitoredResource) -> [Label] {
        [
            Label("cloud.provider", "azure"),
            Label("cloud.account.id", resource.id.subscriptionID.lowercased()),
            Label("cloud.region", resource.region ?? ""),
            Label("cloud.resource_id", resource.id.canonical),
            Label("azure.resource_group.name", resource.id.resourceGroup.lowercased()),
            Label("azure.resource_provider.namespace", resource.id.providerNamespace),
        ]
    }

    private static func defaultServiceName(_ id: ResourceID) -> String {
        let type = id.type.lowercased()
        return type.isEmpty ? "azure" : String(type.map { $0 == "/" ? "." : $0 })
    }

    /// The labels of a resource's points that stand above all others, and those that stand below.
    struct PointLabels {
        var first: [Label]
        var last: [Label]
    }

    /// What the points of all series of a resource have in common.
    func pointLabels(of resource: MonitoredResource) -> PointLabels {
        guard mapping.layout == .flat else { return PointLabels(first: resource.typeLabels, last: []) }
        let tenant = resource.tenantID.isEmpty ? [] : [Label("tenant_id", resource.tenantID)]
        return PointLabels(
            first: resource.builtInLabels + resource.typeLabels, last: tenant + mapping.extraAttributes)
    }

    /// The attributes of one series' points, sorted by key, and what lost its place to a label of higher precedence.
    ///
    /// A default label or the tenant that gives way is no loss worth a word: that is what they are for.
    func pointAttributes(
        _ common: PointLabels, metric: MetricDescriptor, dimensions: [Label]
    ) -> (sorted: [Label], shadowed: [Label]) {
        var set = LabelSet()
        set.add(common.first)
        set.add(dimensions)
        set.add(metric.labels)
        let shadowed = set.shadowed
        set.add(metric.defaultLabels)
        set.add(common.last)
        return (set.labels.filter { !$0.name.isEmpty }.sorted { $0.name < $1.name }, shadowed)
    }
}
