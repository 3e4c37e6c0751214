/// The id of a resource in Azure Resource Manager.
///
/// Azure compares ids without regard to case, so equality and hashing do too; `description` keeps the spelling it came with.
public struct ResourceID: Hashable, Sendable, CustomStringConvertible {
    /// With a leading slash: `/subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/kv-1`.
    public let description: String
    /// `description` in lower case: the form that identifies a resource on the wire.
    public let canonical: String

    /// The id written with or without its leading slash, which is added.
    public init(_ text: String) {
        description = text.hasPrefix("/") ? text : "/" + text
        canonical = description.lowercased()
    }

    public static func == (left: ResourceID, right: ResourceID) -> Bool { left.canonical == right.canonical }

    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

    private var segments: [Substring] { description.split(separator: "/") }

    private func segment(after key: String) -> String? {
        let parts = segments
        guard let index = parts.firstIndex(where: { $0.lowercased() == key }), index + 1 < parts.count else {
            return nil
        }
        return String(parts[index + 1])
    }

    /// The subscription, as spelled; empty when the id has none.
    public var subscriptionID: String { segment(after: "subscriptions") ?? "" }

    /// The resource group, as spelled; empty when the id has none.
    public var resourceGroup: String { segment(after: "resourcegroups") ?? "" }

    /// What follows the last `/providers/`: namespace, then type and name in turn.
    fileprivate var providerSegments: [Substring] {
        let parts = segments
        guard let index = parts.lastIndex(where: { $0.lowercased() == "providers" }) else { return [] }
        return Array(parts[(index + 1)...])
    }

    /// `Microsoft.Compute`; empty when the id names no provider.
    public var providerNamespace: String { providerSegments.first.map(String.init) ?? "" }

    /// `Microsoft.Compute/virtualMachines`, child types included (`Microsoft.Sql/servers/databases`).
    public var type: String {
        let parts = providerSegments
        guard let namespace = parts.first else { return "" }
        let types = stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
        return ([namespace] + types).joined(separator: "/")
    }

    /// The last segment.
    public var name: String { segments.last.map(String.init) ?? "" }
}

extension ResourceID {
    /// The resource that this one is a part of (`…/servers/sql-1` of `…/servers/sql-1/databases/db-1`); `nil` for a
    /// resource of its own.
    public var parent: ResourceID? {
        guard providerSegments.count >= 5 else { return nil }
        let segments = description.split(separator: "/")
        return ResourceID("/" + segments.dropLast(2).joined(separator: "/"))
    }
}
