/// Where one Azure cloud is reached, and what tokens are asked for there.
///
/// URLs are without a slash at the end; audiences are exactly as configured: a slash at their end stays.
public struct AzureEnvironment: Hashable, Sendable {
    /// A service, and what a token for it is asked for.
    public struct Service: Hashable, Sendable {
        public let url: String
        public let audience: String
    }

    /// Base URL of the token endpoints: `https://login.microsoftonline.com`.
    public let authority: String
    /// Base URL of metric queries on one resource: `https://management.azure.com`.
    public let resourceManager: String
    /// What a token for ``resourceManager`` is asked for.
    public let audience: String
    /// What a token for metric queries on many resources of one region is asked for:
    /// `https://metrics.monitor.azure.com`. Where they are asked says ``batchMetrics(region:)``.
    public let batchMetricsAudience: String
    /// Azure Resource Graph, which is asked at the resource manager: `https://management.azure.com`.
    public let resourceGraph: Service
    /// Log Analytics: `https://api.loganalytics.io`; `nil` when a custom cloud names none.
    public let logAnalytics: Service?
    /// The end of the host names of storage accounts: `core.windows.net`; `nil` when a custom cloud names none.
    public let storageSuffix: String?

    /// One of the clouds whose addresses are known (``publicCloud`` and its like).
    init(
        knownAuthority: String, resourceManager: String, batchMetricsAudience: String, logAnalytics: String,
        storageSuffix: String
    ) {
        authority = knownAuthority
        self.resourceManager = resourceManager
        audience = resourceManager
        self.batchMetricsAudience = batchMetricsAudience
        resourceGraph = Service(url: resourceManager, audience: resourceManager)
        self.logAnalytics = Service(url: logAnalytics, audience: logAnalytics)
        self.storageSuffix = storageSuffix
    }

    /// Own endpoints (Promitor's `Custom`, with the names of its keys).
    /// - Parameters:
    ///   - authenticationEndpoint: The authority, where tokens come from.
    ///   - metricsQueryAudience: Both the audience of tokens and the base URL of queries on a single resource.
    ///   - metricsClientAudience: The audience of tokens for queries on many resources, from which their URL is made.
    ///     By default `metricsQueryAudience`: one address for all.
    ///   - resourceManagerEndpoint: Where Azure Resource Graph is asked. By default `metricsQueryAudience`.
    ///   - managementEndpoint: The audience of tokens for Azure Resource Graph, as in Promitor's resource discovery.
    ///     By default `resourceManagerEndpoint`.
    ///   - logAnalyticsEndpoint: Both the audience of tokens and the base URL of Log Analytics.
    ///   - storageEndpointSuffix: The end of the host names of storage accounts.
    /// - Throws: `AzureError` `.badRequest` when one is no absolute URL, or plain `http` to a host that is not this machine.
    public init(
        authenticationEndpoint: String, metricsQueryAudience: String, metricsClientAudience: String? = nil,
        resourceManagerEndpoint: String? = nil, managementEndpoint: String? = nil, logAnalyticsEndpoint: String? = nil,
        storageEndpointSuffix: String? = nil
    ) throws(AzureError) {
        authority = try Self.checked(authenticationEndpoint, key: "authenticationEndpoint")
        resourceManager = try Self.checked(metricsQueryAudience, key: "metricsQueryAudience")
        audience = metricsQueryAudience
        batchMetricsAudience = metricsClientAudience ?? metricsQueryAudience
        _ = try Self.checked(batchMetricsAudience, key: "metricsClientAudience")
        let graph = resourceManagerEndpoint ?? metricsQueryAudience
        let graphAudience = managementEndpoint ?? graph
        _ = try Self.checked(graphAudience, key: "managementEndpoint")
        resourceGraph = Service(
            url: try Self.checked(graph, key: "resourceManagerEndpoint"), audience: graphAudience)
        if let logAnalyticsEndpoint {
            logAnalytics = Service(
                url: try Self.checked(logAnalyticsEndpoint, key: "logAnalyticsEndpoint"),
                audience: logAnalyticsEndpoint)
        } else {
            logAnalytics = nil
        }
        storageSuffix = storageEndpointSuffix
    }

    private static func checked(_ url: String, key: String) throws(AzureError) -> String {
        func unusable(_ why: String) -> AzureError {
            // What stands before an @ would be a password.
            let shown = url.split(separator: "@").last.map(String.init) ?? ""
            return AzureError(
                .badRequest, host: shown, message: "\(key) '\(shown)' \(why).",
                remedy: "Give \(key) as https://host[:port] (plain http:// only for hosts of this machine).")
        }
        guard let base = BaseURL(url) else { throw unusable("is not an absolute http or https URL") }
        guard base.isTLS || base.isLoopback else { throw unusable("would send tokens unencrypted over the network") }
        return base.text
    }
}
