/// Where one Azure cloud is reached.
public struct AzureEnvironment: Hashable, Sendable {
    /// Base URL of the token endpoints, without a slash at the end: `https://login.microsoftonline.com`.
    public let authority: String
    /// Base URL of metric queries on one resource, without a slash at the end: `https://management.azure.com`.
    public let resourceManager: String
    /// What a token for ``resourceManager`` is asked for, exactly as configured: a slash at its end stays.
    public let audience: String

    private init(knownAuthority: String, resourceManager: String) {
        authority = knownAuthority
        self.resourceManager = resourceManager
        audience = resourceManager
    }

    /// Azure's public cloud (Promitor's `Global`).
    public static let publicCloud = AzureEnvironment(
        knownAuthority: "https://login.microsoftonline.com", resourceManager: "https://management.azure.com")

    /// Own endpoints (Promitor's `Custom`).
    /// - Parameters:
    ///   - authenticationEndpoint: The authority, where tokens come from.
    ///   - metricsQueryAudience: Both the audience of tokens and the base URL of queries on a single resource.
    /// - Throws: `AzureError` `.badRequest` when one is no absolute URL, or plain `http` to a host that is not this machine.
    public init(authenticationEndpoint: String, metricsQueryAudience: String) throws(AzureError) {
        authority = try Self.checked(authenticationEndpoint, key: "authenticationEndpoint")
        resourceManager = try Self.checked(metricsQueryAudience, key: "metricsQueryAudience")
        audience = metricsQueryAudience
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
