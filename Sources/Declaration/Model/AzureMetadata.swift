/// Where the resources are, unless a resource says otherwise.
public struct AzureMetadata: Hashable, Sendable {
    /// As declared, never blank.
    public var tenantID: String
    /// As declared, never blank.
    public var subscriptionID: String
    /// As declared, never blank.
    public var resourceGroupName: String
    public var cloud: DeclaredCloud

    /// Defaults of all resources.
    public init(tenantID: String, subscriptionID: String, resourceGroupName: String, cloud: DeclaredCloud) {
        self.tenantID = tenantID
        self.subscriptionID = subscriptionID
        self.resourceGroupName = resourceGroupName
        self.cloud = cloud
    }
}

/// One of Azure's separate worlds.
public enum DeclaredCloud: Hashable, Sendable {
    case global, china, usGov
    case custom(CloudEndpoints)

    /// As it is declared.
    public var name: String {
        switch self {
        case .global: "Global"
        case .china: "China"
        case .usGov: "UsGov"
        case .custom: "Custom"
        }
    }
}

/// The addresses of a cloud that is none of Microsoft's three, with Promitor's names. URLs are absolute, as declared.
public struct CloudEndpoints: Hashable, Sendable {
    /// Where tokens are issued.
    public var authenticationEndpoint: String
    /// Where Azure Resource Graph is asked.
    public var resourceManagerEndpoint: String
    /// The audience of tokens for Azure Resource Graph.
    public var managementEndpoint: String
    /// The former Azure AD Graph. Required for Promitor's sake; like it, nothing here asks there.
    public var graphEndpoint: String
    /// The end of the host names of storage accounts, without scheme: `core.windows.net`.
    public var storageEndpointSuffix: String
    /// A host name without scheme: `vault.azure.net`. Required for Promitor's sake; like it, nothing here asks there.
    public var keyVaultSuffix: String
    /// The audience of tokens and the base of metric queries of single resources.
    public var metricsQueryAudience: String
    /// The audience of tokens for batch queries; `<region>.` goes before the first `metrics` in it.
    public var metricsClientAudience: String
    /// The audience of tokens and the base of queries of Log Analytics.
    public var logAnalyticsEndpoint: String?

    /// The addresses of one cloud.
    public init(
        authenticationEndpoint: String, resourceManagerEndpoint: String, managementEndpoint: String,
        graphEndpoint: String, storageEndpointSuffix: String, keyVaultSuffix: String, metricsQueryAudience: String,
        metricsClientAudience: String, logAnalyticsEndpoint: String? = nil
    ) {
        self.authenticationEndpoint = authenticationEndpoint
        self.resourceManagerEndpoint = resourceManagerEndpoint
        self.managementEndpoint = managementEndpoint
        self.graphEndpoint = graphEndpoint
        self.storageEndpointSuffix = storageEndpointSuffix
        self.keyVaultSuffix = keyVaultSuffix
        self.metricsQueryAudience = metricsQueryAudience
        self.metricsClientAudience = metricsClientAudience
        self.logAnalyticsEndpoint = logAnalyticsEndpoint
    }
}
