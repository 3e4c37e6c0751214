/// What Azure takes for a name that is part of a resource's id.
public enum ResourceNames {
    /// Why `text` can be the name of nothing in Azure, to be put behind its key; `nil` when it may be one.
    public static func problem(of text: String) -> String? {
        if [".", ".."].contains(text) { return "cannot be `\(text)`" }
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                return "holds a control character, which no name in Azure has"
            }
            if "/?#\\%&".unicodeScalars.contains(scalar) { return "holds `\(scalar)`, which no name in Azure has" }
        }
        return nil
    }

    /// What to write instead.
    public static let fix = "write the name as the portal shows it"
}

extension ResourceType {
    /// What is wrong with the fields that become parts of the id.
    func nameProblems(_ fields: [String: String]) -> [ResourceProblem] {
        let names = id.fieldNames + Self.sharedFields.map(\.name)
        return names.compactMap { name in
            guard let text = fields[name], !text.isBlank, let problem = self.problem(of: text) else { return nil }
            return ResourceProblem(field: name, message: "`\(name)` \(problem)", fix: ResourceNames.fix)
        }
    }

    /// The id of a type that stands for all comes with its slashes.
    private func problem(of text: String) -> String? {
        guard armTypes.isEmpty else { return ResourceNames.problem(of: text) }
        return text.split(separator: "/").lazy.compactMap { ResourceNames.problem(of: String($0)) }.first
    }
}
