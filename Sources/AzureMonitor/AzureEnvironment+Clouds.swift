/// Microsoft's own clouds.
///
/// From where the addresses are: authorities from azure-identity's `_constants.py`; resource manager, batch metrics and
/// Log Analytics from azure-sdk-for-go's `azmetrics/cloud_config.go` and `azlogs/cloud_config.go` and azure-sdk-for-net's
/// `LogsQueryAudience.cs`; suffixes of storage from the Azure SDKs' `AzureEnvironment`. Promitor's `Global`, `China` and
/// `UsGov` mean the same hosts.
extension AzureEnvironment {
    /// Azure's public cloud (Promitor's `Global`).
    ///
    /// Log Analytics is also `https://api.loganalytics.azure.com`; this is the host, and the audience, that the SDKs and
    /// Promitor use.
    public static let publicCloud = AzureEnvironment(
        knownAuthority: "https://login.microsoftonline.com", resourceManager: "https://management.azure.com",
        batchMetricsAudience: "https://metrics.monitor.azure.com", logAnalytics: "https://api.loganalytics.io",
        storageSuffix: "core.windows.net")

    /// Azure operated by 21Vianet (Promitor's `China`, which has no Log Analytics there; azure-sdk-for-go has).
    public static let china = AzureEnvironment(
        knownAuthority: "https://login.chinacloudapi.cn", resourceManager: "https://management.chinacloudapi.cn",
        batchMetricsAudience: "https://metrics.monitor.azure.cn", logAnalytics: "https://api.loganalytics.azure.cn",
        storageSuffix: "core.chinacloudapi.cn")

    /// Azure Government of the United States (Promitor's `UsGov`).
    ///
    /// Some versions of azure-sdk-for-go lack a slash in the batch audience (`https:/metrics…`), which is a slip there.
    public static let usGovernment = AzureEnvironment(
        knownAuthority: "https://login.microsoftonline.us", resourceManager: "https://management.usgovcloudapi.net",
        batchMetricsAudience: "https://metrics.monitor.azure.us", logAnalytics: "https://api.loganalytics.us",
        storageSuffix: "core.usgovcloudapi.net")
}
