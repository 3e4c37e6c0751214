import MetricModel
import ResourceCatalog
import Testing

@Suite struct ResourceTypeTableTests {
    /// Type, field, id: types with one field, which is the resource's name `x-1`.
    static let named: [(String, String, String)] = [
        ("AppPlan", "appPlanName", "Microsoft.Web/serverfarms/x-1"),
        ("ApplicationGateway", "applicationGatewayName", "Microsoft.Network/applicationGateways/x-1"),
        ("ApplicationInsights", "name", "Microsoft.Insights/components/x-1"),
        ("AzureFirewall", "azureFirewallName", "Microsoft.Network/azureFirewalls/x-1"),
        ("BlobStorage", "accountName", "Microsoft.Storage/storageAccounts/x-1/blobServices/default"),
        ("Cdn", "cdnName", "Microsoft.Cdn/profiles/x-1"),
        ("CognitiveServicesAccount", "cognitiveServicesAccountName", "Microsoft.CognitiveServices/accounts/x-1"),
        ("ContainerInstance", "containerGroup", "Microsoft.ContainerInstance/containerGroups/x-1"),
        ("ContainerRegistry", "registryName", "Microsoft.ContainerRegistry/registries/x-1"),
        ("CosmosDb", "dbName", "Microsoft.DocumentDB/databaseAccounts/x-1"),
        ("DataExplorerCluster", "clusterName", "Microsoft.Kusto/clusters/x-1"),
        ("DeviceProvisioningService", "deviceProvisioningServiceName", "Microsoft.Devices/provisioningServices/x-1"),
        ("DnsZone", "zoneName", "Microsoft.Network/dnszones/x-1"),
        ("ExpressRouteCircuit", "expressRouteCircuitName", "Microsoft.Network/expressRouteCircuits/x-1"),
        ("FileStorage", "accountName", "Microsoft.Storage/storageAccounts/x-1/fileServices/default"),
        ("FrontDoor", "name", "Microsoft.Network/frontdoors/x-1"),
        ("IoTHub", "ioTHubName", "Microsoft.Devices/IotHubs/x-1"),
        ("KeyVault", "vaultName", "Microsoft.KeyVault/vaults/x-1"),
        ("KubernetesService", "clusterName", "Microsoft.ContainerService/managedClusters/x-1"),
        ("LoadBalancer", "loadBalancerName", "Microsoft.Network/loadBalancers/x-1"),
        ("LogicApp", "workflowName", "Microsoft.Logic/workflows/x-1"),
        ("MariaDb", "serverName", "Microsoft.DBforMariaDB/servers/x-1"),
        ("MongoCluster", "clusterName", "Microsoft.DocumentDB/mongoClusters/x-1"),
        ("MonitorAutoscale", "autoscaleSettingsName", "Microsoft.Insights/autoscalesettings/x-1"),
        ("NatGateway", "natGatewayName", "Microsoft.Network/natGateways/x-1"),
        ("NetworkGateway", "networkGatewayName", "Microsoft.Network/virtualNetworkGateways/x-1"),
        ("NetworkInterface", "networkInterfaceName", "Microsoft.Network/networkInterfaces/x-1"),
        ("PowerBiDedicated", "capacityName", "Microsoft.PowerBIDedicated/capacities/x-1"),
        ("PublicIpAddress", "publicIpAddressName", "Microsoft.Network/publicIPAddresses/x-1"),
        ("RedisCache", "cacheName", "Microsoft.Cache/Redis/x-1"),
        ("RedisEnterpriseCache", "cacheName", "Microsoft.Cache/RedisEnterprise/x-1"),
        ("SqlManagedInstance", "instanceName", "Microsoft.Sql/managedInstances/x-1"),
        ("SqlServer", "serverName", "Microsoft.Sql/servers/x-1"),
        ("StorageAccount", "accountName", "Microsoft.Storage/storageAccounts/x-1"),
        ("TrafficManager", "name", "Microsoft.Network/trafficmanagerprofiles/x-1"),
        ("VirtualMachine", "virtualMachineName", "Microsoft.Compute/virtualMachines/x-1"),
        ("VirtualMachineScaleSet", "scaleSetName", "Microsoft.Compute/virtualMachineScaleSets/x-1"),
        ("VirtualNetwork", "virtualNetworkName", "Microsoft.Network/virtualNetworks/x-1"),
    ]

    static let special: [ExpectedResource] = [
        .init(
            "ApiManagement", ["instanceName": "api-1"], id: "Microsoft.ApiManagement/service/api-1", instance: "api-1",
            unique: "api-1-"),
        .init(
            "ApiManagement", ["instanceName": "api-1", "locationName": "West Europe"],
            id: "Microsoft.ApiManagement/service/api-1", instance: "api-1", unique: "api-1-West Europe",
            labels: [Label("location", "West Europe")], filter: "Location eq 'West Europe'"),
        .init(
            "EventHubs", ["namespace": "eh-1"], id: "Microsoft.EventHub/namespaces/eh-1", instance: "eh-1",
            unique: "eh-1-", filter: "EntityName eq '*'"),
        .init(
            "EventHubs", ["namespace": "eh-1", "topicName": "clicks"], id: "Microsoft.EventHub/namespaces/eh-1",
            instance: "eh-1", unique: "eh-1-clicks", labels: [Label("entity_name", "clicks")],
            filter: "EntityName eq 'clicks'"),
        .init(
            "FunctionApp", ["functionAppName": "fn-1"], id: "Microsoft.Web/sites/fn-1", instance: "fn-1",
            unique: "fn-1-production", labels: [Label("slot_name", "production")]),
        .init(
            "FunctionApp", ["functionAppName": "fn-1", "slotName": "staging"],
            id: "Microsoft.Web/sites/fn-1/slots/staging", instance: "fn-1", unique: "fn-1-staging",
            labels: [Label("slot_name", "staging")]),
        .init(
            "Generic", ["resourceUri": "Microsoft.Cache/Redis/redis-1"], id: "Microsoft.Cache/Redis/redis-1",
            instance: "Microsoft.Cache/Redis/redis-1"),
        .init(
            "Generic", ["resourceUri": "A.B/c/d", "filter": "EntityName eq 'it''s' and B eq '*'"], id: "A.B/c/d",
            instance: "A.B/c/d", filter: "EntityName eq 'it''s' and B eq '*'"),
        .init(
            "MySql", ["serverName": "my-1", "type": "Single"], id: "Microsoft.DBforMySQL/servers/my-1",
            instance: "my-1-Single"),
        .init(
            "MySql", ["serverName": "my-1", "type": "Flexible"], id: "Microsoft.DBforMySQL/flexibleServers/my-1",
            instance: "my-1-Flexible"),
        .init(
            "PostgreSql", ["serverName": "pg-1"], id: "Microsoft.DBforPostgreSQL/servers/pg-1", instance: "pg-1-Single"),
        .init(
            "PostgreSql", ["serverName": "pg-1", "type": "Flexible"],
            id: "Microsoft.DBforPostgreSQL/flexibleServers/pg-1", instance: "pg-1-Flexible"),
        .init(
            "PostgreSql", ["serverName": "pg-1", "type": "Hyperscale"],
            id: "Microsoft.DBforPostgreSQL/serverGroupsv2/pg-1", instance: "pg-1-Hyperscale"),
        .init(
            "ServiceBusNamespace", ["namespace": "sb-1"], id: "Microsoft.ServiceBus/namespaces/sb-1", instance: "sb-1",
            unique: "sb-1--", filter: "EntityName eq '*'"),
        .init(
            "ServiceBusNamespace", ["namespace": "sb-1", "queueName": "o'neill"],
            id: "Microsoft.ServiceBus/namespaces/sb-1", instance: "sb-1", unique: "sb-1-o'neill-",
            labels: [Label("entity_name", "o'neill")], filter: "EntityName eq 'o''neill'"),
        .init(
            "ServiceBusNamespace", ["namespace": "sb-1", "topicName": "news"],
            id: "Microsoft.ServiceBus/namespaces/sb-1", instance: "sb-1", unique: "sb-1--news",
            labels: [Label("entity_name", "news")], filter: "EntityName eq 'news'"),
        .init(
            "SqlDatabase", ["serverName": "sql-1", "databaseName": "db-1"],
            id: "Microsoft.Sql/servers/sql-1/databases/db-1", instance: "db-1", unique: "sql-1-db-1",
            labels: [Label("server", "sql-1"), Label("database", "db-1")]),
        .init(
            "SqlElasticPool", ["serverName": "sql-1", "poolName": "pool-1"],
            id: "Microsoft.Sql/servers/sql-1/elasticPools/pool-1", instance: "pool-1", unique: "sql-1-pool-1",
            labels: [Label("server", "sql-1"), Label("elastic_pool", "pool-1")]),
        .init(
            "SynapseApacheSparkPool", ["workspaceName": "syn-1", "poolName": "spark1"],
            id: "Microsoft.Synapse/workspaces/syn-1/bigDataPools/spark1", instance: "spark1", unique: "syn-1-spark1",
            labels: [Label("workspace_name", "syn-1"), Label("pool_name", "spark1")]),
        .init(
            "SynapseSqlPool", ["workspaceName": "syn-1", "poolName": "sqlpool1"],
            id: "Microsoft.Synapse/workspaces/syn-1/sqlPools/sqlpool1", instance: "sqlpool1", unique: "syn-1-sqlpool1",
            labels: [Label("workspace_name", "syn-1"), Label("pool_name", "sqlpool1")]),
        .init(
            "SynapseWorkspace", ["workspaceName": "syn-1"], id: "Microsoft.Synapse/workspaces/syn-1", instance: "syn-1",
            labels: [Label("workspace_name", "syn-1")]),
        .init(
            "WebApp", ["webAppName": "web-1", "slotName": " "], id: "Microsoft.Web/sites/web-1", instance: "web-1",
            unique: "web-1-production", labels: [Label("slot_name", "production")]),
        .init(
            "WebApp", ["webAppName": "web-1", "slotName": "Production"], id: "Microsoft.Web/sites/web-1",
            instance: "web-1", unique: "web-1-Production", labels: [Label("slot_name", "Production")]),
        .init(
            "WebApp", ["webAppName": "web-1", "slotName": "blue"], id: "Microsoft.Web/sites/web-1/slots/blue",
            instance: "web-1", unique: "web-1-blue", labels: [Label("slot_name", "blue")]),
    ]

    static let rows = named.map { ExpectedResource($0.0, [$0.1: "x-1"], id: $0.2, instance: "x-1") } + special

    @Test("a declared resource becomes the id, names, labels and filter of its type", arguments: rows)
    func resolves(row: ExpectedResource) throws {
        let type = try #require(ResourceCatalog.type(named: row.type))
        let resolution = type.resolve(row.fields, defaults: defaults, dimensions: [])
        #expect(resolution.problems.isEmpty)
        #expect(resolution.resource.id.description == "/subscriptions/s-1/resourceGroups/rg-1/providers/" + row.id)
        #expect(resolution.resource.resourceType == row.type)
        #expect(resolution.resource.tenantID == "t-1")
        #expect(resolution.resource.instanceName == row.instance)
        #expect(resolution.uniqueName == row.unique)
        #expect(resolution.resource.typeLabels == row.labels)
        #expect(resolution.requestFilter?.text == row.filter)
    }

    @Test("the id is of a type that the row names", arguments: rows)
    func armType(row: ExpectedResource) throws {
        let type = try #require(ResourceCatalog.type(named: row.type))
        let resource = type.resolve(row.fields, defaults: defaults, dimensions: []).resource
        let isSlot = resource.id.type == "Microsoft.Web/sites/slots"
        #expect(type.armTypes.contains(resource.id.type) || row.type == "Generic" || isSlot)
    }

    @Test("a type has an ARM type when it has exactly one")
    func oneArmType() {
        #expect(ResourceCatalog.type(named: "KeyVault")?.armType == "Microsoft.KeyVault/vaults")
        #expect(ResourceCatalog.type(named: "MySql")?.armType == nil)
        #expect(ResourceCatalog.type(named: "Generic")?.armType == nil)
    }

    @Test("every type of the table stands in these tests")
    func complete() {
        #expect(Set(Self.rows.map(\.type)).sorted() == ResourceCatalog.names)
    }

    @Test("known and announced types are Promitor's 56, each in one of the two")
    func counts() {
        #expect(ResourceCatalog.names.count + ResourceCatalog.announcedNames.count == 56)
        #expect(Set(ResourceCatalog.names).isDisjoint(with: ResourceCatalog.announcedNames))
        #expect(ResourceCatalog.announcedNames.allSatisfy { ResourceCatalog.type(named: $0) == nil })
    }

    @Test("a name counts in its exact spelling", arguments: ["virtualMachine", "VirtualMachines", "", "NotSpecified"])
    func spelling(name: String) {
        #expect(ResourceCatalog.type(named: name) == nil)
    }
}
