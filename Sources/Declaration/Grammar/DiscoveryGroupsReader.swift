/// Reads `resourceDiscoveryGroups`.
struct DiscoveryGroupsReader {
    private static let keys = KnownKeys(required: ["name"])

    /// How many groups the metric names. Nothing is discovered yet, which is reported.
    func groupCount(_ metric: MappingReader) -> Int {
        let groups = metric.mappings("resourceDiscoveryGroups", example: "name: …") { _ in Self.keys }
        for group in groups { _ = group.requiredText("name") }
        guard !groups.isEmpty, let entry = metric.entry("resourceDiscoveryGroups") else { return 0 }
        let name = metric.entry("name")?.value.text.map { "`\($0)`" } ?? "this metric"
        let hasResources = metric.entry("resources")?.value.items?.isEmpty == false
        let outcome = hasResources ? "only the `resources` of \(name) are scraped" : "nothing is scraped for \(name)"
        metric.diagnostics.warn(
            "resource discovery is not supported yet: \(outcome)", at: entry.keyMark,
            fix: "list the resources under `resources`")
        return groups.count
    }
}
