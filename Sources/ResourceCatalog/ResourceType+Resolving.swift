import MetricModel

extension ResourceType {
    /// What the declared `fields` of a resource of this type mean for Azure.
    ///
    /// - Parameters:
    ///   - fields: Key and text as declared, own and ``sharedFields``. A blank text counts as not given; other keys are ignored.
    ///   - metricName: Azure's name of the metric, on which some types depend; empty when it is not known.
    ///   - dimensions: The metric's declared dimensions; blank ones are left out.
    /// - Returns: Always a resolution; ``ResourceResolution/problems`` says what is wrong with it.
    public func resolve(
        _ fields: [String: String], metricName: String, defaults: ResourceDefaults, dimensions: [String]
    ) -> ResourceResolution {
        let values = FieldValues(fields, of: self)
        let declared = distinct(dimensions)
        let scope = scope(values, metricName: metricName, dimensions: declared)
        let broken = rules.compactMap { $0.problem(values, metricName: metricName, dimensions: declared) }
        // One word about the dimensions is enough.
        let others = broken.contains { $0.field == nil } ? scope.problems.filter { $0.field != nil } : scope.problems
        return ResourceResolution(
            resource: resource(values, fields, defaults, labels: scope.labels),
            uniqueName: uniqueName.text(values),
            filter: scope.filter,
            dimensions: scope.dimensions,
            dimensionRenames: scope.renames,
            problems: fieldProblems(fields) + nameProblems(fields) + broken + others)
    }

    private func resource(
        _ values: FieldValues, _ fields: [String: String], _ defaults: ResourceDefaults, labels: [Label]
    ) -> MonitoredResource {
        func given(_ name: String, else standard: String) -> String {
            let value = fields[name] ?? ""
            return value.isBlank ? standard : value
        }
        let subscription = given("subscriptionId", else: defaults.subscriptionID)
        let group = given("resourceGroupName", else: defaults.resourceGroupName)
        // A `Generic` resource's part may come with its slash.
        let behindProviders = id.text(values).drop { $0 == "/" }
        return MonitoredResource(
            id: ResourceID("/subscriptions/\(subscription)/resourceGroups/\(group)/providers/\(behindProviders)"),
            resourceType: name,
            instanceName: instanceName.text(values),
            tenantID: defaults.tenantID,
            typeLabels: labels)
    }

    /// The filter, the dimensions and the labels, which depend on each other.
    private func scope(_ values: FieldValues, metricName: String, dimensions: [String]) -> MetricScope {
        var scope = MetricScope(dimensions: dimensions, labels: plainLabels(values))
        switch filter {
        case .none: break
        case .declared(let field): scope.restrict(to: values[field], field: field)
        case .when(let template, let dimension): scope.restrict(dimension, to: template.text(values))
        case .split(let template, let byMetric, let label):
            let dimension = byMetric.name(metric: metricName)
            let value = template.text(values)
            scope.restrict(dimension, to: value)
            switch label {
            case .always(let name) where value.isEmpty:
                scope.split(byNothingBut: dimension, type: self.name, fields: template.fieldNames)
                scope.renames = [dimension: name]
            case .declared where value.isEmpty:
                scope.split(byNothingBut: dimension, type: self.name, fields: template.fieldNames)
            case .always(let name), .declared(let name): scope.labels.append(Label(name, value))
            }
        case .unsupported: scope.splitByNothing(type: name)
        }
        return scope
    }

    private func plainLabels(_ values: FieldValues) -> [Label] {
        labels.map { Label($0.name, $0.value.text(values)) }.filter { !$0.value.isEmpty }
    }
}

/// Azure takes a dimension once, however it is spelled.
private func distinct(_ dimensions: [String]) -> [String] {
    DimensionFilter(conditions: []).splitting(by: dimensions).conditions.map(\.name)
}

/// What a type makes of the metric's dimensions.
private struct MetricScope {
    var dimensions: [String]
    var labels: [Label]
    var filter: DimensionFilter?
    var renames: [String: String] = [:]
    var problems: [ResourceProblem] = []

    mutating func restrict(_ dimension: String, to value: String) {
        guard !value.isEmpty else { return }
        filter = DimensionFilter(conditions: [.init(name: dimension, values: [value])])
    }

    mutating func restrict(to text: String, field: String) {
        do {
            let parsed = try DimensionFilter(parsing: text)
            filter = parsed.isEmpty ? nil : parsed
            for name in try DimensionFilter.repeatedNames(in: text) {
                problems.append(
                    ResourceProblem(
                        field: field, message: "`\(name)` stands twice in the filter; only the last one counts",
                        fix: "join values of one dimension with `or`", severity: .warning))
            }
        } catch {
            problems.append(
                ResourceProblem(
                    field: field,
                    message: "the filter cannot be read at character \(error.offset + 1): \(error.message)",
                    fix: "write `Name eq 'value'`, joined by `and`"))
        }
    }

    mutating func split(byNothingBut dimension: String, type: String, fields: [String]) {
        ignore(
            dimensions.filter { $0.lowercased() != dimension.lowercased() },
            because: "a \(type) without \(list(fields, joinedBy: "or")) is split by `\(dimension)`",
            fix: "remove the dimension, or name the part that it is wanted of")
        dimensions = [dimension]
    }

    mutating func splitByNothing(type: String) {
        ignore(dimensions, because: "a \(type) has none", fix: "remove the dimension")
        dimensions = []
    }

    private mutating func ignore(_ names: [String], because reason: String, fix: String) {
        guard !names.isEmpty else { return }
        let (noun, verb) = names.count == 1 ? ("dimension", "is") : ("dimensions", "are")
        problems.append(
            ResourceProblem(
                field: nil, message: "the \(noun) \(list(names, joinedBy: "and")) \(verb) ignored: \(reason)", fix: fix,
                severity: .warning))
    }
}
