import AzureMonitor
import MetricModel

extension AzureMonitorClient {
    /// Where resources are, as far as Azure Resource Graph says it. What it does not know, or when it may not be read, is
    /// learned from the first answers about them.
    func regions(
        of ids: [ResourceID], onFailure: @Sendable (AzureError) -> Void
    ) async -> [ResourceID: String] {
        do throws(AzureError) {
            let found = try await resources(ids: ids)
            return Dictionary(found.map { ($0.id, $0.location) }, uniquingKeysWith: { first, _ in first })
        } catch {
            onFailure(error)
            return [:]
        }
    }
}
