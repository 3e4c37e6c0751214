/// A resource as a row of the table `resources`.
struct GraphRow: Sendable {
    /// As the table spells them, in its order.
    static let columns = [
        "id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "sku", "tags",
    ]

    private let entry: EstateTruth.Entry
    private let tenantID: String

    init(_ entry: EstateTruth.Entry, tenantID: String) {
        self.entry = entry
        self.tenantID = tenantID
    }

    /// The value of one of ``columns`` that is a text; empty for the others.
    func text(_ column: String) -> String {
        switch column {
        case "id": entry.resource.id
        case "name": entry.resource.id.split(separator: "/").last.map(String.init) ?? ""
        case "type": entry.type.lowercased()
        case "tenantId": tenantID
        case "kind": entry.resource.kind
        case "location": entry.resource.location.lowercased()
        case "resourceGroup": segment(3).lowercased()
        case "subscriptionId": segment(1)
        default: ""
        }
    }

    private func segment(_ index: Int) -> String {
        let segments = entry.resource.id.split(separator: "/", maxSplits: index + 1)
        return segments.count > index ? String(segments[index]) : ""
    }

    /// The value of one of ``columns``.
    func write(_ column: String, to json: inout JSONWriter) {
        switch column {
        case "tags": json.null()
        case "sku":
            if let sku = entry.resource.sku { json.object { $0.field("name", sku) } } else { json.null() }
        default: json.value(text(column))
        }
    }

    /// The type of a column in the format `table`.
    static func type(of column: String) -> String { ["sku", "tags"].contains(column) ? "object" : "string" }
}
