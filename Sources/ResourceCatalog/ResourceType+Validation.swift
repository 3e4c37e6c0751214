extension ResourceType {
    /// What is wrong with the fields one by one: missing, blank, or a word that is not among those allowed.
    func fieldProblems(_ fields: [String: String]) -> [ResourceProblem] {
        self.fields.compactMap { field in
            guard let value = fields[field.name], !value.isBlank else {
                guard field.isRequired else { return nil }
                return fields[field.name] == nil ? field.missing(from: name) : field.blank
            }
            return field.refusal(of: value)
        }
    }
}

extension ResourceField {
    fileprivate func missing(from type: String) -> ResourceProblem {
        ResourceProblem(field: name, message: "`\(name)` is missing; every \(type) needs it", fix: "add `\(name)`")
    }

    fileprivate var blank: ResourceProblem {
        ResourceProblem(
            field: name, message: "`\(name)` is blank" + (mayBeBlank ? ": what goes by it has no name" : ""),
            fix: "give `\(name)` a value", severity: mayBeBlank ? .warning : .error)
    }

    fileprivate func refusal(of value: String) -> ResourceProblem? {
        guard let allowedValues, !allowedValues.contains(value) else { return nil }
        let near = allowedValues.first { $0.lowercased() == value.lowercased() }
        return ResourceProblem(
            field: name, message: "`\(name)` cannot be `\(value)`",
            fix: near.map { "write `\($0)`" } ?? "write " + list(allowedValues, joinedBy: "or"))
    }
}

extension ValidationRule {
    /// What breaks the rule, if anything does.
    func problem(_ values: FieldValues, metricName: String, dimensions: [String]) -> ResourceProblem? {
        switch self {
        case .exclusive(let names):
            let given = names.filter(values.isSpecified)
            guard given.count > 1 else { return nil }
            return ResourceProblem(
                field: given[1], message: list(given, joinedBy: "and") + " cannot both be given",
                fix: "keep one of them; a second resource can name the other")
        case .onlyMetric(let metric, let field):
            guard values.isSpecified(field), !metricName.isEmpty, metricName.lowercased() != metric.lowercased() else {
                return nil
            }
            return ResourceProblem(
                field: field, message: "`\(field)` goes with the metric `\(metric)` only, not with `\(metricName)`",
                fix: "remove `\(field)`, or ask for `\(metric)`")
        case .noDimension(let dimension, let names):
            guard let field = names.first(where: values.isSpecified),
                dimensions.contains(where: { $0.lowercased() == dimension.lowercased() })
            else { return nil }
            return ResourceProblem(
                field: field, message: "`\(field)` cannot be combined with the dimension `\(dimension)`",
                fix: "remove one of the two")
        case .dimensions(let limit):
            guard dimensions.count > limit else { return nil }
            return ResourceProblem(
                field: nil, message: "\(dimensions.count) dimensions are declared, but this type takes \(limit)",
                fix: "keep \(limit) and declare a metric for each of the others")
        case .noPrefix(let prefixes, let field, let fix):
            let value = values[field].lowercased()
            guard let prefix = prefixes.first(where: value.hasPrefix) else { return nil }
            return ResourceProblem(field: field, message: "`\(field)` cannot begin with `\(prefix)`", fix: fix)
        }
    }
}

/// `` `a`, `b` or `c` ``.
func list(_ words: [String], joinedBy conjunction: String) -> String {
    let quoted = words.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}
