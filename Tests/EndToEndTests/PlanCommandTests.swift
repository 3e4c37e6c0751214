import Foundation
import TestServers
import Testing

/// What `azimuth plan` says about what it does not know.
@Suite(.timeLimit(.minutes(5))) struct PlanCommandTests {
    @Test("a metric that is not scraped is named as not counted", arguments: ["table", "json"])
    func leftOut(format: String) async throws {
        let stage = try OnlineStage()
        try stage.folder.edit(
            "metrics-declaration.yaml", "    resources:\n      - cacheName: redis-shop\n",
            "    resourceDiscoveryGroups:\n      - name: caches\n")
        let ended = try await stage.folder.azimuth(["plan", "--format", format])
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        let words = "Not counted: redis_clients (resource discovery is not supported yet)."
        #expect(ended.output.joined(separator: " ").contains(words), "\(ended)")
        #expect(stage.azure.journal.isEmpty)
    }

    @Test("what Azure refuses is said once, and that the plan is of what is declared")
    func refused() async throws {
        let stage = try OnlineStage()
        let ended = try await stage.folder.azimuth(["plan", "--online"], secret: "not/the+secret~of.anybody")
        #expect(ended.status == 1 && ended.errors.count == Set(ended.errors).count, "\(ended)")
        #expect(ended.errors.contains { $0.contains("invalid_client") || $0.contains("AADSTS7000215") }, "\(ended)")
        #expect(ended.output.joined(separator: " ").contains("Azure did not tell all of it"), "\(ended)")
    }
}
