/// A `$filter`: groups joined by `and`; in a group, values of one dimension joined by `or`.
struct SeriesFilter: Sendable {
    /// The accepted values of one dimension.
    struct Group: Sendable, Equatable {
        /// In lower case.
        let dimension: String
        /// In lower case.
        var values: [String]
        /// `*` is among the values: every one is accepted.
        var hasWildcard: Bool

        /// Whether a series with this value of the dimension passes.
        func accepts(_ value: String) -> Bool { hasWildcard || values.contains(value.lowercased()) }
    }

    var groups: [Group]

    /// Reads the text of a filter.
    /// - Throws: Azure's 400 for whatever the grammar does not allow.
    init(_ text: String) throws(AzureError) {
        var scanner = FilterScanner(text)
        groups = [try scanner.condition()]
        while let joint = try scanner.joint() {
            let next = try scanner.condition()
            if joint == .and {
                groups.append(next)
            } else if groups[groups.count - 1].dimension == next.dimension {
                groups[groups.count - 1].values += next.values
                groups[groups.count - 1].hasWildcard = groups[groups.count - 1].hasWildcard || next.hasWildcard
            } else {
                throw .badRequest(
                    "Invalid filter '\(text)': the logical or operator cannot separate two different metadata names.")
            }
        }
    }

    /// The dimensions that it names, each once, in its order.
    var dimensions: [String] {
        var names: [String] = []
        for group in groups where !names.contains(group.dimension) { names.append(group.dimension) }
        return names
    }
}

/// Cuts a filter into conditions and the words between them.
private struct FilterScanner {
    enum Joint { case and, or }

    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    /// `NAME eq 'VALUE'`.
    mutating func condition() throws(AzureError) -> SeriesFilter.Group {
        let name = word()
        guard !name.isEmpty else { throw invalid("a dimension name is missing") }
        let relation = word()
        guard relation.lowercased() == "eq" else {
            throw invalid("'\(relation)' stands where 'eq' is expected, behind '\(name)'")
        }
        let value = try literal()
        return SeriesFilter.Group(
            dimension: name.lowercased(), values: value == "*" ? [] : [value.lowercased()], hasWildcard: value == "*")
    }

    /// `and`, `or`, or `nil` at the end.
    mutating func joint() throws(AzureError) -> Joint? {
        guard !rest.isEmpty else { return nil }
        guard rest.first == " " else { throw invalid("a value is not followed by a space") }
        let joint = word()
        switch joint.lowercased() {
        case "and": return .and
        case "or": return .or
        case "": return nil
        default: throw invalid("'\(joint)' stands where 'and' or 'or' is expected")
        }
    }

    private mutating func word() -> String {
        skipSpaces()
        let word = rest.prefix { $0 != " " && $0 != "'" }
        rest = rest[word.endIndex...]
        return String(word)
    }

    /// A quoted value; a quote inside is doubled.
    private mutating func literal() throws(AzureError) -> String {
        skipSpaces()
        guard rest.popFirst() == "'" else { throw invalid("a value is not in single quotes") }
        var value = ""
        while let character = rest.popFirst() {
            if character != "'" {
                value.append(character)
            } else if rest.first == "'" {
                rest.removeFirst()
                value.append("'")
            } else {
                return value
            }
        }
        throw invalid("a quote is not closed")
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == " " }
    }

    private func invalid(_ reason: String) -> AzureError {
        .badRequest("Invalid filter '\(text)': \(reason).")
    }
}
