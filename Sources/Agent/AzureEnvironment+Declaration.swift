import AzureMonitor
import Declaration

extension AzureEnvironment {
    /// The cloud that a declaration names.
    /// - Throws: `AzureError` when an endpoint of a custom cloud cannot be used.
    init(_ cloud: DeclaredCloud) throws(AzureError) {
        switch cloud {
        case .global: self = .publicCloud
        case .china: self = .china
        case .usGov: self = .usGovernment
        case .custom(let endpoints):
            try self.init(
                authenticationEndpoint: endpoints.authenticationEndpoint,
                metricsQueryAudience: endpoints.metricsQueryAudience,
                metricsClientAudience: endpoints.metricsClientAudience,
                resourceManagerEndpoint: endpoints.resourceManagerEndpoint,
                managementEndpoint: endpoints.managementEndpoint,
                logAnalyticsEndpoint: endpoints.logAnalyticsEndpoint,
                storageEndpointSuffix: endpoints.storageEndpointSuffix)
        }
    }
}
