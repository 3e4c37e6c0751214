import AzureMonitor
import MetricModel
import StateStore

extension StateStore {
    private static let definitionsPrefix = "definitions/"

    private static func prefix(_ cloud: String) -> String { definitionsPrefix + cloud + "/" }

    /// What was read of resource types within a day; anything else is forgotten.
    /// - Parameter cloud: Its resource manager; another cloud has other metrics.
    func definitions(of cloud: String, at now: Timestamp) throws(StateStoreError) -> [StoredDefinitions] {
        var stored: [StoredDefinitions] = []
        var change = StateChange()
        for (name, bytes) in try documents(prefix: Self.definitionsPrefix) {
            if name.hasPrefix(Self.prefix(cloud)), let item = StoredDefinitions(bytes: bytes), item.isCurrent(at: now) {
                stored.append(item)
            } else {
                change.documents.append((name, nil))
            }
        }
        if !change.isEmpty { _ = try commit(change) }
        return stored
    }

    /// Keeps `definitions` for the next start.
    func keep(_ definitions: StoredDefinitions, of cloud: String) throws(StateStoreError) {
        var change = StateChange()
        let name = Self.prefix(cloud) + definitions.key.type + (definitions.key.namespace.map { "|" + $0 } ?? "")
        change.documents = [(name, definitions.bytes)]
        _ = try commit(change)
    }
}
