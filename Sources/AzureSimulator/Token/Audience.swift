import HTTPServer
import MetricModel

/// The resources that tokens are asked for.
enum Audience: Hashable, Sendable {
    case resourceManager
    case metrics
    case logAnalytics
    /// An address of the simulator that is all services in one.
    case everything

    /// By the names that clients know them under, in every cloud.
    private static let names: [String: Audience] = [
        "https://management.azure.com": .resourceManager,
        "https://management.core.windows.net": .resourceManager,
        "https://management.usgovcloudapi.net": .resourceManager,
        "https://management.chinacloudapi.cn": .resourceManager,
        "https://metrics.monitor.azure.com": .metrics,
        "https://metrics.monitor.azure.us": .metrics,
        "https://metrics.monitor.azure.cn": .metrics,
        "https://api.loganalytics.io": .logAnalytics,
        "https://api.loganalytics.us": .logAnalytics,
        "https://api.loganalytics.azure.cn": .logAnalytics,
    ]

    /// What `text` names: one of Azure's own audiences, or an address at which the simulator can be called.
    /// - Parameter request: Tells scheme and port of the simulator; its own host is the simulator whatever its name.
    init?(_ text: String, calledAs request: ServedRequest) {
        var text = text.lowercased()
        if text.hasSuffix("/") { text.removeLast() }
        if let known = Self.names[text] {
            self = known
            return
        }
        let scheme = request.scheme + "://"
        guard text.hasPrefix(scheme) else { return nil }
        let parts = text.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        let host = (request.header("Host") ?? "").lowercased()
        guard let authority = parts.first, parts.count <= 2, authority == host || Self.isLocal(authority, portOf: host)
        else { return nil }
        let site = parts.count == 2 ? Site(name: parts[1]) : Site(name: authority) ?? .everything
        guard let site else { return nil }
        switch site.service {
        case .management: self = .resourceManager
        case .metrics: self = .metrics
        case .login: return nil
        case nil: self = .everything
        }
    }

    /// Whether a token for it is accepted by `service`.
    func opens(_ service: Site.Service) -> Bool {
        switch (self, service) {
        case (.everything, _), (.resourceManager, .management), (.metrics, .metrics): true
        default: false
        }
    }

    private static func isLocal(_ authority: Substring, portOf host: String) -> Bool {
        let (name, port) = divided(authority)
        return port == divided(host[...]).port && LoopbackHost.matches(name)
    }

    private static func divided(_ authority: Substring) -> (name: Substring, port: Substring) {
        guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else { return (authority, "") }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }
}
