extension Estate {
    /// The resource group of ``everyType``.
    public static let everyTypeGroup = "rg-every-type"

    /// One resource of each type that Promitor scrapes from Azure Monitor, and one of a type that it has no name for.
    public static let everyType = Estate(
        resources: (data + network + platform).map { path, kind in
            SimulatedResource(
                id: "/subscriptions/\(standardSubscription)/resourceGroups/\(everyTypeGroup)/providers/\(path)",
                kind: kind)
        })

    /// The id behind `/providers/`, and the kind where it tells types apart.
    private typealias Row = (path: String, kind: String)

    private static let data: [Row] = [
        ("Microsoft.Cache/Redis/redis-every", ""),
        ("Microsoft.Cache/RedisEnterprise/redisent-every", ""),
        ("Microsoft.DBforMariaDB/servers/maria-every", ""),
        ("Microsoft.DBforMySQL/flexibleServers/mysql-every", ""),
        ("Microsoft.DBforPostgreSQL/servers/psql-every", ""),
        ("Microsoft.DataFactory/factories/adf-every", ""),
        ("Microsoft.DataShare/accounts/share-every", ""),
        ("Microsoft.DocumentDB/databaseAccounts/cosmos-every", "GlobalDocumentDB"),
        ("Microsoft.DocumentDB/mongoClusters/mongo-every", ""),
        ("Microsoft.Kusto/clusters/adxevery", ""),
        ("Microsoft.PowerBIDedicated/capacities/pbievery", ""),
        ("Microsoft.Sql/managedInstances/sqlmi-every", ""),
        ("Microsoft.Sql/servers/sql-every", "v12.0"),
        ("Microsoft.Sql/servers/sql-every/databases/db-every", "v12.0,user"),
        ("Microsoft.Sql/servers/sql-every/elasticPools/pool-every", ""),
        ("Microsoft.Storage/storageAccounts/stevery", "StorageV2"),
        ("Microsoft.Storage/storageAccounts/stevery/blobServices/default", ""),
        ("Microsoft.Storage/storageAccounts/stevery/fileServices/default", ""),
        ("Microsoft.Synapse/workspaces/syn-every", ""),
        ("Microsoft.Synapse/workspaces/syn-every/bigDataPools/sparkevery", ""),
        ("Microsoft.Synapse/workspaces/syn-every/sqlPools/poolevery", ""),
    ]

    private static let network: [Row] = [
        ("Microsoft.Cdn/profiles/cdn-every", ""),
        ("Microsoft.Network/applicationGateways/agw-every", ""),
        ("Microsoft.Network/azureFirewalls/afw-every", ""),
        ("Microsoft.Network/dnszones/every.example", ""),
        ("Microsoft.Network/expressRouteCircuits/erc-every", ""),
        ("Microsoft.Network/frontdoors/fd-every", ""),
        ("Microsoft.Network/loadBalancers/lb-every", ""),
        ("Microsoft.Network/natGateways/ng-every", ""),
        ("Microsoft.Network/networkInterfaces/nic-every", ""),
        ("Microsoft.Network/publicIPAddresses/pip-every", ""),
        ("Microsoft.Network/trafficmanagerprofiles/traf-every", ""),
        ("Microsoft.Network/virtualNetworkGateways/vgw-every", ""),
        ("Microsoft.Network/virtualNetworks/vnet-every", ""),
    ]

    private static let platform: [Row] = [
        ("Microsoft.ApiManagement/service/apim-every", ""),
        ("Microsoft.Automation/automationAccounts/aa-every", ""),
        ("Microsoft.CognitiveServices/accounts/cog-every", "TextAnalytics"),
        ("Microsoft.Compute/virtualMachineScaleSets/vmss-every", ""),
        ("Microsoft.Compute/virtualMachines/vm-every", ""),
        ("Microsoft.ContainerInstance/containerGroups/ci-every", ""),
        ("Microsoft.ContainerRegistry/registries/crevery", ""),
        ("Microsoft.ContainerService/managedClusters/aks-every", ""),
        ("Microsoft.Devices/IotHubs/iot-every", ""),
        ("Microsoft.Devices/provisioningServices/provs-every", ""),
        ("Microsoft.EventHub/namespaces/evh-every", ""),
        ("Microsoft.Insights/autoscalesettings/as-every", ""),
        ("Microsoft.Insights/components/appi-every", "web"),
        ("Microsoft.KeyVault/vaults/kv-every", ""),
        ("Microsoft.Logic/workflows/logic-every", ""),
        ("Microsoft.ServiceBus/namespaces/sb-every", ""),
        ("Microsoft.SignalRService/SignalR/sigr-every", "SignalR"),
        ("Microsoft.Web/serverfarms/plan-every", "app"),
        ("Microsoft.Web/sites/app-every", "app"),
        ("Microsoft.Web/sites/func-every", "functionapp,linux"),
    ]
}
