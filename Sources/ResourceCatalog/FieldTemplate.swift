/// A text with fields in it: `Microsoft.Web/sites/{webAppName}[/slots/{slotName}]`.
///
/// - `{a}` is the field's value, `{a|b}` the first of the two that is not blank.
/// - `[…]` is left out when a field in it is blank or has its default.
struct FieldTemplate: ExpressibleByStringLiteral, Sendable {
    private enum Part: Sendable {
        case text(String)
        case field([String])
        case section([Part])

        func isSpecified(in values: FieldValues) -> Bool {
            guard case .field(let names) = self else { return true }
            return names.contains(where: values.isSpecified)
        }
    }

    private let parts: [Part]

    init(stringLiteral template: StaticString) {
        self.init(template.description)
    }

    init(_ template: String) {
        var rest = template[...]
        parts = Self.parts(of: &rest)
    }

    /// The fields that it may show, in their order.
    var fieldNames: [String] { Self.fieldNames(parts) }

    private static func fieldNames(_ parts: [Part]) -> [String] {
        parts.flatMap { part -> [String] in
            switch part {
            case .text: []
            case .field(let names): names
            case .section(let inner): fieldNames(inner)
            }
        }
    }

    /// The text with the values put in.
    func text(_ values: FieldValues) -> String {
        Self.text(parts, values)
    }

    private static func text(_ parts: [Part], _ values: FieldValues) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .field(let names): text += values.first(of: names)
            case .section(let inner):
                if inner.allSatisfy({ $0.isSpecified(in: values) }) { text += Self.text(inner, values) }
            }
        }
        return text
    }

    private static func parts(of rest: inout Substring) -> [Part] {
        var parts: [Part] = []
        while let character = rest.first, character != "]" {
            switch character {
            case "{":
                let inside = rest.dropFirst().prefix { $0 != "}" }
                parts.append(.field(inside.split(separator: "|").map(String.init)))
                rest = rest[inside.endIndex...].dropFirst()
            case "[":
                rest = rest.dropFirst()
                parts.append(.section(Self.parts(of: &rest)))
                rest = rest.dropFirst()
            default:
                let literal = rest.prefix { !"{[]".contains($0) }
                parts.append(.text(String(literal)))
                rest = rest[literal.endIndex...]
            }
        }
        return parts
    }
}

/// The fields of one resource with their defaults put in.
struct FieldValues {
    private var values: [String: String] = [:]
    private var defaults: [String: String] = [:]

    init(_ fields: [String: String], of type: ResourceType) {
        for field in type.fields {
            let given = fields[field.name] ?? ""
            values[field.name] = given.isBlank ? field.defaultValue : given
            defaults[field.name] = field.defaultValue
        }
        for derived in type.derived {
            values[derived.name] = derived.values[self[derived.field]] ?? ""
        }
    }

    /// The value; empty when there is none.
    subscript(name: String) -> String { values[name] ?? "" }

    /// The first of these that is not empty.
    func first(of names: [String]) -> String {
        names.lazy.map { self[$0] }.first { !$0.isEmpty } ?? ""
    }

    /// Whether the field says something that its absence would not. Azure compares names ignoring case.
    func isSpecified(_ name: String) -> Bool {
        !self[name].isEmpty && self[name].lowercased() != (defaults[name] ?? "").lowercased()
    }
}

extension String {
    /// Nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
