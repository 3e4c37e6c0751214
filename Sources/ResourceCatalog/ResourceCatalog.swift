/// The types of resources that a declaration can name.
public enum ResourceCatalog {
    private static let table: [String: ResourceType] = Dictionary(
        resourceTypes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The type of this name, in its exact spelling.
    public static func type(named name: String) -> ResourceType? { table[name] }

    /// Every type, in alphabetical order.
    public static let names: [String] = resourceTypes.map(\.name).sorted()

    /// The name of Promitor's type of this number, counted from 1; `nil` when there is none.
    public static func name(numbered number: Int) -> String? {
        (1...numberedNames.count).contains(number) ? numberedNames[number - 1] : nil
    }

    /// In Promitor's order, so that each has its number.
    private static let numberedNames = [
        "ServiceBusNamespace", "Generic", "StorageQueue", "ContainerInstance", "VirtualMachine",
        "ContainerRegistry", "NetworkInterface", "CosmosDb", "RedisCache", "PostgreSql", "SqlDatabase",
        "SqlManagedInstance", "VirtualMachineScaleSet", "AppPlan", "WebApp", "FunctionApp", "SqlServer",
        "BlobStorage", "FileStorage", "StorageAccount", "ApiManagement", "IoTHub",
        "DeviceProvisioningService", "KeyVault", "LogicApp", "EventHubs", "ExpressRouteCircuit",
        "ApplicationGateway", "NetworkGateway", "KubernetesService", "AutomationAccount", "FrontDoor",
        "SqlElasticPool", "SynapseApacheSparkPool", "SynapseSqlPool", "SynapseWorkspace",
        "MonitorAutoscale", "DataFactory", "DataShare", "ApplicationInsights", "RedisEnterpriseCache",
        "MariaDb", "Cdn", "VirtualNetwork", "LoadBalancer", "MySql", "LogAnalytics", "DataExplorerCluster",
        "NatGateway", "PublicIpAddress", "TrafficManager", "PowerBiDedicated", "AzureFirewall",
        "CognitiveServicesAccount", "DnsZone", "MongoCluster",
    ]
}
