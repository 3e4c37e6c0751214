import HTTPTransport
import MetricModel

/// An interface of Azure, which has a quota of its own. Raw values are safe as a metric's attribute.
public enum AzureAPI: String, Sendable, CaseIterable {
    /// Microsoft Entra, which gives out tokens.
    case tokens
    /// Values of one resource, from the resource manager.
    case metrics
    /// Values of many resources of one region (getBatch).
    case batchMetrics = "batch_metrics"
    /// Definitions and namespaces of metrics, from the resource manager.
    case definitions
    /// Azure Resource Graph.
    case resourceGraph = "resource_graph"
}

/// One question to Azure, before it has a token.
struct AzureCall: Sendable {
    var api: AzureAPI
    var method: HTTPRequest.Method = .get
    var url: String
    /// JSON; empty for GET.
    var body: [UInt8] = []
    /// Whose quota it uses; `nil` = the tenant's.
    var subscriptionID: String?
    /// What is asked about, for errors.
    var resource: ResourceID?

    /// The quota that it uses.
    var lane: QuotaLanes.Key {
        QuotaLanes.Key(api, subscriptionID: subscriptionID, host: BaseURL.authority(of: url))
    }

    /// Of an answer with values. The 60,000 points of the largest call without dimensions are 12 MB with all aggregations;
    /// what is larger is asked for in parts, because an answer takes several times its size while it is read.
    static let largestTable = 16 << 20

    func request(token: AccessToken, limits: HTTPLimits) -> HTTPRequest {
        var limits = limits
        if api == .metrics || api == .batchMetrics { limits.bodyBytes = min(limits.bodyBytes, Self.largestTable) }
        var headers = [(name: "Authorization", value: token.authorization)]
        if method == .post { headers.append(("Content-Type", "application/json")) }
        return HTTPRequest(method, url, headers: headers, body: body, limits: limits)
    }
}

extension AzureEnvironment {
    /// What a token for `api` is asked for.
    func audience(of api: AzureAPI) -> String {
        switch api {
        case .tokens, .metrics, .definitions: audience
        case .batchMetrics: batchMetricsAudience
        case .resourceGraph: resourceGraph.audience
        }
    }
}
