import MetricModel
import ResourceCatalog
import Testing

/// What one declared resource must become; every value is written by hand.
struct ExpectedResource: Sendable, CustomTestStringConvertible {
    var type: String
    var fields: [String: String]
    /// Behind `/subscriptions/s-1/resourceGroups/rg-1/providers/`.
    var id: String
    var instance: String
    var unique: String
    var labels: [Label] = []
    /// The filter to send without declared dimensions.
    var filter: String?

    init(
        _ type: String, _ fields: [String: String], id: String, instance: String, unique: String? = nil,
        labels: [Label] = [], filter: String? = nil
    ) {
        self.type = type
        self.fields = fields
        self.id = id
        self.instance = instance
        self.unique = unique ?? instance
        self.labels = labels
        self.filter = filter
    }

    var testDescription: String { "\(type) \(id)" }
}

let defaults = ResourceDefaults(tenantID: "t-1", subscriptionID: "s-1", resourceGroupName: "rg-1")
