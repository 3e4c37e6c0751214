/// The types of resources that a declaration can name.
public enum ResourceCatalog {
    private static let table: [String: ResourceType] = Dictionary(
        resourceTypes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The type of this name, in its exact spelling.
    public static func type(named name: String) -> ResourceType? { table[name] }

    /// Every type that can be scraped, in alphabetical order.
    public static let names: [String] = resourceTypes.map(\.name).sorted()

    /// Types of Promitor that cannot be scraped yet, in alphabetical order.
    public static let announcedNames: [String] = [
        "AutomationAccount", "DataFactory", "DataShare", "LogAnalytics", "StorageQueue",
    ]
}
