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

    /// The attributes of one series' points, sorted by key, and what lost its place to a label of higher precedence.
    ///
    /// A default label or the tenant that gives way is no loss worth a word: that is what they are for.
    func pointAttributes(
        of resource: MonitoredResource, metric: MetricDescriptor, dimensions: [Label]
    ) -> (sorted: [Label], shadowed: [Label]) {
        var set = LabelSet()
        if mapping.layout == .flat { set.add(resource.builtInLabels) }
        set.add(resource.typeLabels)
        set.add(dimensions)
        set.add(metric.labels)
        let shadowed = set.shadowed
        set.add(metric.defaultLabels)
        if mapping.layout == .flat {
            if !resource.tenantID.isEmpty { set.add(CollectionOfOne(Label("tenant_id", resource.tenantID))) }
            set.add(mapping.extraAttributes)
        }
        return (set.labels.filter { !$0.name.isEmpty }.sorted { $0.name < $1.name }, shadowed)
    }
}
