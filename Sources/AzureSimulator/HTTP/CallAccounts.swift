/// How many calls there were, of what, by whom, and how many of them Azure would put on the bill.
public struct CallAccounts: Sendable, Hashable {
    /// By the application, and `none` for calls without a token that was ever issued; then by operation.
    public private(set) var byPrincipal: [String: [String: Int]] = [:]
    /// Answered queries of metric values, by operation. Definitions, inventory and refused calls cost nothing.
    public private(set) var billed: [String: Int] = [:]

    private static let billedRoutes: Set<String> = ["metrics", "metricsBatch"]

    /// Of every operation.
    public var billedCalls: Int { billed.values.reduce(0, +) }

    /// All calls by operation.
    var byRoute: [String: Int] {
        byPrincipal.values.reduce(into: [:]) { sums, counts in sums.merge(counts, uniquingKeysWith: +) }
    }

    /// Enters one call.
    mutating func enter(route: String, principal: String?, status: Int) {
        byPrincipal[principal ?? "none", default: [:]][route, default: 0] += 1
        if status == 200, Self.billedRoutes.contains(route) { billed[route, default: 0] += 1 }
    }
}
