import HTTPServer
import MetricModel

/// One request on its way through the simulator.
struct Exchange: Sendable {
    let azure: SimulatedAzure
    let request: ServedRequest
    /// Whom it was sent to.
    let address: Address
    /// What the route's pattern left open, in its order.
    let captures: [String]
    /// The time of everything that is decided for this request.
    let now: Timestamp
    /// What is left of the reads it counts with; `nil` = it is not counted.
    var allowance: ReadThrottle.Allowance?

    /// The query, decoded once.
    var parameters: Parameters { Parameters(encoded: request.query) }
}

/// One operation of the simulated Azure.
struct Route: Sendable {
    /// What its calls are counted under.
    let name: String
    /// The service that has it; `nil` = all of them.
    let service: Site.Service?
    /// `nil` = the handler looks at the method itself.
    let method: String?
    private let head: [Substring]
    private let tail: [Substring]
    private let hasRest: Bool
    let handler: @Sendable (Exchange) throws(AzureError) -> ServedResponse

    /// - Parameter pattern: Lower case. `*` is any one segment, `**` any two or more; both are captured.
    init(
        _ name: String, _ method: String?, _ pattern: String, at service: Site.Service? = nil,
        _ handler: @escaping @Sendable (Exchange) throws(AzureError) -> ServedResponse
    ) {
        self.name = name
        self.service = service
        self.method = method
        self.handler = handler
        let parts = pattern.split(separator: "/")
        let rest = parts.firstIndex(of: "**")
        head = Array(parts[..<(rest ?? parts.count)])
        tail = rest.map { Array(parts[($0 + 1)...]) } ?? []
        hasRest = rest != nil
    }

    /// What the open places of the pattern hold, or `nil` when `path` (its decoded segments) is not this route's.
    func captures(of path: [String]) -> [String]? {
        let open = path.count - head.count - tail.count
        guard hasRest ? open >= 2 : open == 0,
            let first = Self.captures(of: path.prefix(head.count), head),
            let last = Self.captures(of: path.suffix(tail.count), tail)
        else { return nil }
        let rest = path.dropFirst(head.count).prefix(open).joined(separator: "/")
        return first + (hasRest ? [rest] : []) + last
    }

    private static func captures(of path: ArraySlice<String>, _ pattern: [Substring]) -> [String]? {
        var captured: [String] = []
        for (segment, expected) in zip(path, pattern) {
            if expected == "*" {
                captured.append(segment)
            } else if segment.lowercased() != expected {
                return nil
            }
        }
        return captured
    }
}

extension Route {
    /// Everything that the simulator answers; the first match counts.
    static let table: [Route] = [
        Route("token", nil, "*/oauth2/v2.0/token", at: .login, TokenEndpoint.version2),
        Route("token", nil, "*/oauth2/token", at: .login, TokenEndpoint.version1),
        Route(
            "openIDConfiguration", "GET", "*/v2.0/.well-known/openid-configuration", at: .login,
            OpenIDConfiguration.answer),
        Route(
            "metrics", "GET", "subscriptions/**/providers/microsoft.insights/metrics", at: .management,
            MetricsRoute.answer),
        Route(
            "metricDefinitions", "GET", "subscriptions/**/providers/microsoft.insights/metricdefinitions",
            at: .management, MetricDefinitionsRoute.answer),
        Route(
            "metricNamespaces", "GET", "subscriptions/**/providers/microsoft.insights/metricnamespaces",
            at: .management, MetricNamespacesRoute.answer),
        Route(
            "resourceGraph", "POST", "providers/microsoft.resourcegraph/resources", at: .management, GraphRoute.answer),
        Route("metricsBatch", "POST", "subscriptions/*/metrics:getbatch", at: .metrics, BatchRoute.answer),
        Route("simulator", "GET", "simulator/truth", TruthRoute.answer),
        Route("simulator", "GET", "simulator/journal", JournalRoute.answer),
        Route("simulator", "GET", "simulator/estate", EstateRoute.answer),
        Route("simulator", "POST", "simulator/clock", ClockRoute.answer),
        Route("simulator", nil, "simulator/faults", FaultsRoute.answer),
        Route("simulator", "POST", "simulator/graph", GraphControlRoute.answer),
        Route("simulator", nil, "simulator/batch", BatchFaultsRoute.answer),
        Route("simulator", "POST", "simulator/throttle", ThrottleRoute.answer),
        Route("simulator", nil, "simulator/resources", ResourcesRoute.answer),
    ]

    /// The operations of Azure, as the journal and the fault script name them.
    static let names = Set(table.map(\.name)).subtracting(["simulator"])
}
