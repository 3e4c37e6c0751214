/// How the resources of a type are found in Azure Resource Graph, as data.
public struct ResourceDiscovery: Sendable {
    /// What the column `type` holds, in lower case as there.
    public let types: [String]
    /// What tells types apart that share their ARM types; `nil` when nothing has to.
    let kind: KindRule?
    let fields: [DiscoveredField]

    init(_ types: [String], kind: KindRule? = nil, fields: [DiscoveredField]) {
        self.types = types.map { $0.lowercased() }
        self.kind = kind
        self.fields = fields
    }

    /// What to filter the table `Resources` by: `where type in~ ('microsoft.keyvault/vaults')`, case ignored.
    public var clause: String {
        "where type in~ (\(types.map { "'\($0)'" }.joined(separator: ", ")))"
            + (kind.map { " and \($0.condition)" } ?? "")
    }

    /// The declared fields of a resource that was found, without its subscription and group.
    ///
    /// - Parameters:
    ///   - kind: The column `kind`; empty for most types.
    /// - Returns: `nil` when the resource is not of this type, or its id is not as its type has it.
    public func fields(type: String, name: String, id: String, kind: String = "") -> [String: String]? {
        let type = type.lowercased()
        guard types.contains(type), self.kind?.admits(kind) ?? true else { return nil }
        var values: [String: String] = [:]
        for field in fields {
            guard let value = field.source.value(type: type, name: name, id: id), !value.isEmpty else { return nil }
            values[field.name] = value
        }
        return values
    }
}

/// What the column `kind` says, case ignored.
enum KindRule: Sendable {
    case contains(String)
    case lacks(String)

    fileprivate var condition: String {
        switch self {
        case .contains(let word): "kind contains '\(word)'"
        case .lacks(let word): "kind !contains '\(word)'"
        }
    }

    fileprivate func admits(_ kind: String) -> Bool {
        let kind = kind.lowercased()
        return switch self {
        case .contains(let word): kind.contains(word)
        case .lacks(let word): !kind.contains(word)
        }
    }
}

/// A field of a declared resource and the column that it comes from.
struct DiscoveredField: Sendable {
    enum Source: Sendable {
        case name
        /// What stands before or behind the slash of a child's name; `standard` when there is none.
        case nameBeforeSlash
        case nameBehindSlash(standard: String)
        /// The segment of the id behind this one, the last time it stands there.
        case segment(behind: String)
        /// By the ARM type in lower case.
        case type([String: String])
    }

    let name: String
    let source: Source

    init(_ name: String, _ source: Source = .name) {
        self.name = name
        self.source = source
    }
}

extension DiscoveredField.Source {
    fileprivate func value(type: String, name: String, id: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        switch self {
        case .name: return name
        case .nameBeforeSlash: return parts.count <= 2 ? parts.first.map(String.init) : nil
        case .nameBehindSlash(let standard): return parts.count == 2 ? String(parts[1]) : standard
        case .segment(let key):
            let segments = id.split(separator: "/")
            guard let index = segments.lastIndex(where: { $0.lowercased() == key.lowercased() }),
                index + 1 < segments.count
            else { return nil }
            return String(segments[index + 1])
        case .type(let values): return values[type]
        }
    }
}
