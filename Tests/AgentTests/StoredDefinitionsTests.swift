import AzureMonitor
import MetricModel
import StateStore
import Testing

@testable import Agent

/// Definitions in the store: as long as they are good, and no longer.
@Suite struct StoredDefinitionsTests {
    private static func stored(_ type: String, namespace: String = "", readAt: Int64) throws -> StoredDefinitions {
        let text = "1\t\(readAt)\t\(type)\t\(namespace)\nsource\t/x\nmetric\tm\t60\t1\taverage"
        return try #require(StoredDefinitions(bytes: Array(text.utf8)))
    }

    @Test(
        "each type and namespace for itself, the newer instead of the older, and what is out of date or of another cloud is deleted"
    )
    func kept() throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: [])
        defer { store.close() }
        try store.keep(Self.stored("a.b/c", readAt: 1000), of: "Global")
        try store.keep(Self.stored("a.b/c", namespace: "n", readAt: 2000), of: "Global")
        try store.keep(Self.stored("a.b/c", readAt: 90_000), of: "Global")
        try store.keep(Self.stored("a.b/d", readAt: 90_000), of: "China")
        var change = StateChange()
        change.documents = [("definitions/broken", [0xff]), ("other", [1])]
        _ = try store.commit(change)
        let now = Timestamp(seconds: 100_000)
        #expect(try store.definitions(of: "Global", at: now) == [Self.stored("a.b/c", readAt: 90_000)])
        #expect(try store.documents(prefix: "").map(\.name) == ["definitions/Global/a.b/c", "other"])
    }
}
