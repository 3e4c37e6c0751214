/// What Azure takes for a name that is part of a resource's id.
public enum ResourceNames {
    /// Why `text` can be the name of nothing in Azure, to be put behind its key; `nil` when it may be one.
    public static func problem(of text: String) -> String? {
        if [".", ".."].contains(text) { return "cannot be `\(text)`" }
        if hasControlCharacter(text) { return controlProblem }
        for scalar in text.unicodeScalars {
            if "/?#\\%&".unicodeScalars.contains(scalar) { return "holds `\(scalar)`, which no name in Azure has" }
        }
        return nil
    }

    static let controlProblem = "holds a control character, which no name in Azure has"

    /// Whether `text` holds a tab, a line break or another control character: Unicode's category Cc, whose members are
    /// fixed for ever. The standard library would look each up in a table, for each field of each resource of each metric.
    public static func hasControlCharacter(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
    }

    /// What to write instead.
    public static let fix = "write the name as the portal shows it"
}

extension ResourceType {
    /// What is wrong with the fields that become parts of the id, or of labels.
    func nameProblems(_ values: [String: String]) -> [ResourceProblem] {
        let names = id.fieldNames + Self.sharedFields.map(\.name)
        let others = fields.filter { !$0.isSecret && !names.contains($0.name) && !isFilter($0.name) }.map(\.name)
        return (names + others).compactMap { name in
            guard let text = values[name], !text.isBlank else { return nil }
            let control = ResourceNames.hasControlCharacter(text) ? ResourceNames.controlProblem : nil
            guard let problem = names.contains(name) ? self.problem(of: text) : control else { return nil }
            return ResourceProblem(field: name, message: "`\(name)` \(problem)", fix: ResourceNames.fix)
        }
    }

    /// An expression may have line breaks.
    private func isFilter(_ name: String) -> Bool {
        if case .declared(let field) = filter { return field == name }
        return false
    }

    /// The id of a type that stands for all comes with its slashes.
    private func problem(of text: String) -> String? {
        guard armTypes.isEmpty else { return ResourceNames.problem(of: text) }
        return text.split(separator: "/").lazy.compactMap { ResourceNames.problem(of: String($0)) }.first
    }
}
