import HTTPServer

/// Whom a request was sent to: which of Azure's services, in which region.
///
/// Told by the beginning of the host's name, whatever follows: `westeurope.metrics.localhost`, `management.azure.com`,
/// `login.localhost:8090`. Where names are of no use, the same stands in front of the path:
/// `http://127.0.0.1:8090/westeurope.metrics/subscriptions/…`. Any other host is all services in one.
struct Site: Hashable, Sendable {
    /// The parts of Azure that have host names of their own.
    enum Service: String, Sendable, CaseIterable {
        /// Microsoft Entra, where tokens come from.
        case login
        /// Azure Resource Manager.
        case management
        /// The data plane of Azure Monitor's metrics.
        case metrics
    }

    /// `nil` = every one.
    var service: Service?
    /// Lower case; `nil` = no region was named.
    var region: String?

    /// Every service, in no region.
    static let everything = Site(service: nil, region: nil)

    /// Whether `service` is served here; `nil` is served everywhere.
    func serves(_ service: Service?) -> Bool { service == nil || self.service == nil || self.service == service }

    /// The site of which `name` (`westeurope.metrics.localhost`, `westeurope.metrics`, `login`) is the name.
    init?(name: some StringProtocol) {
        let labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false).prefix(2)
        guard let first = labels.first else { return nil }
        if let service = Service(rawValue: String(first)) {
            self.init(service: service, region: nil)
        } else if labels.count == 2, let service = Service(rawValue: String(labels[1])), service != .login,
            !first.isEmpty, first.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        {
            self.init(service: service, region: String(first))
        } else {
            return nil
        }
    }

    private init(service: Service?, region: String?) {
        self.service = service
        self.region = region
    }
}

/// Where a request arrived: the site, what is left of the path, and the URL that clients put in front of it.
struct Address: Sendable {
    let site: Site
    /// The segments behind the site's prefix, decoded.
    let path: [String]
    /// `https://localhost:8090/westeurope.metrics`, without a slash at the end.
    let baseURL: String

    /// Reads host and path of `request`; a prefix of the path goes before the host's name.
    init(_ request: ServedRequest) {
        let host = request.header("Host") ?? "localhost"
        let root = "\(request.scheme)://\(host)"
        let segments = request.path.split(separator: "/").map { percentDecoded($0, plusIsSpace: false) }
        if let prefix = segments.first, let site = Site(name: prefix) {
            self.site = site
            path = Array(segments.dropFirst())
            baseURL = "\(root)/\(prefix)"
        } else {
            site = Site(name: host) ?? .everything
            path = segments
            baseURL = root
        }
    }
}
