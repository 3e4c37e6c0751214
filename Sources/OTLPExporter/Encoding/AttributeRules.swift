import MetricModel

/// Which attributes stand on the points.
struct AttributeRules {
    let mapping: OTLPMapping

    /// The labels of a resource's points that stand above all others, and those that stand below.
    struct PointLabels {
        var first: [Label]
        var last: [Label]

        /// Whether the points carry nothing of their resource.
        var isEmpty: Bool { first.isEmpty && last.isEmpty }
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
