/// The table. Adding a type is adding a row.
let resourceTypes: [ResourceType] = namedTypes + childTypes + narrowedTypes

/// Types with one field, which is the resource's name.
private let namedTypes = [
    ResourceType("AppPlan", "Microsoft.Web/serverfarms", named: "appPlanName"),
    ResourceType("ApplicationGateway", "Microsoft.Network/applicationGateways", named: "applicationGatewayName"),
    ResourceType("ApplicationInsights", "Microsoft.Insights/components", named: "name"),
    ResourceType("AzureFirewall", "Microsoft.Network/azureFirewalls", named: "azureFirewallName"),
    ResourceType("Cdn", "Microsoft.Cdn/profiles", named: "cdnName"),
    ResourceType(
        "CognitiveServicesAccount", "Microsoft.CognitiveServices/accounts", named: "cognitiveServicesAccountName"),
    ResourceType("ContainerInstance", "Microsoft.ContainerInstance/containerGroups", named: "containerGroup"),
    ResourceType("ContainerRegistry", "Microsoft.ContainerRegistry/registries", named: "registryName"),
    ResourceType("CosmosDb", "Microsoft.DocumentDB/databaseAccounts", named: "dbName"),
    ResourceType("DataExplorerCluster", "Microsoft.Kusto/clusters", named: "clusterName"),
    ResourceType(
        "DeviceProvisioningService", "Microsoft.Devices/provisioningServices", named: "deviceProvisioningServiceName"),
    ResourceType("DnsZone", "Microsoft.Network/dnszones", named: "zoneName"),
    ResourceType("ExpressRouteCircuit", "Microsoft.Network/expressRouteCircuits", named: "expressRouteCircuitName"),
    ResourceType("FrontDoor", "Microsoft.Network/frontdoors", named: "name"),
    ResourceType("IoTHub", "Microsoft.Devices/IotHubs", named: "ioTHubName"),
    ResourceType("KeyVault", "Microsoft.KeyVault/vaults", named: "vaultName"),
    ResourceType("KubernetesService", "Microsoft.ContainerService/managedClusters", named: "clusterName"),
    ResourceType("LoadBalancer", "Microsoft.Network/loadBalancers", named: "loadBalancerName"),
    ResourceType("LogicApp", "Microsoft.Logic/workflows", named: "workflowName"),
    ResourceType("MariaDb", "Microsoft.DBforMariaDB/servers", named: "serverName"),
    ResourceType("MongoCluster", "Microsoft.DocumentDB/mongoClusters", named: "clusterName"),
    ResourceType("MonitorAutoscale", "Microsoft.Insights/autoscalesettings", named: "autoscaleSettingsName"),
    ResourceType("NatGateway", "Microsoft.Network/natGateways", named: "natGatewayName"),
    ResourceType("NetworkGateway", "Microsoft.Network/virtualNetworkGateways", named: "networkGatewayName"),
    ResourceType("NetworkInterface", "Microsoft.Network/networkInterfaces", named: "networkInterfaceName"),
    ResourceType("PowerBiDedicated", "Microsoft.PowerBIDedicated/capacities", named: "capacityName"),
    ResourceType("PublicIpAddress", "Microsoft.Network/publicIPAddresses", named: "publicIpAddressName"),
    ResourceType("RedisCache", "Microsoft.Cache/Redis", named: "cacheName"),
    ResourceType("RedisEnterpriseCache", "Microsoft.Cache/RedisEnterprise", named: "cacheName"),
    ResourceType("SqlManagedInstance", "Microsoft.Sql/managedInstances", named: "instanceName"),
    ResourceType("SqlServer", "Microsoft.Sql/servers", named: "serverName"),
    ResourceType("StorageAccount", "Microsoft.Storage/storageAccounts", named: "accountName"),
    ResourceType("TrafficManager", "Microsoft.Network/trafficmanagerprofiles", named: "name"),
    ResourceType("VirtualMachine", "Microsoft.Compute/virtualMachines", named: "virtualMachineName"),
    ResourceType("VirtualMachineScaleSet", "Microsoft.Compute/virtualMachineScaleSets", named: "scaleSetName"),
    ResourceType("VirtualNetwork", "Microsoft.Network/virtualNetworks", named: "virtualNetworkName"),
]

/// Types whose id or labels take more than a name.
private let childTypes = [
    ResourceType(
        "BlobStorage", ["Microsoft.Storage/storageAccounts/blobServices"], fields: [.required("accountName")],
        id: "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default", instanceName: "{accountName}",
        uniqueName: "{accountName}"),
    ResourceType(
        "FileStorage", ["Microsoft.Storage/storageAccounts/fileServices"], fields: [.required("accountName")],
        id: "Microsoft.Storage/storageAccounts/{accountName}/fileServices/default", instanceName: "{accountName}",
        uniqueName: "{accountName}"),
    ResourceType(
        "FunctionApp", ["Microsoft.Web/sites"],
        fields: [.required("functionAppName"), .optional("slotName", defaultValue: "production")],
        id: "Microsoft.Web/sites/{functionAppName}[/slots/{slotName}]", instanceName: "{functionAppName}",
        uniqueName: "{functionAppName}-{slotName}", labels: [LabelTemplate(name: "slot_name", value: "{slotName}")]),
    ResourceType(
        "MySql", ["Microsoft.DBforMySQL/servers", "Microsoft.DBforMySQL/flexibleServers"],
        fields: [.required("serverName"), .required("type", allowed: ["Single", "Flexible"])],
        id: "Microsoft.DBforMySQL/{collection}/{serverName}", instanceName: "{serverName}-{type}",
        uniqueName: "{serverName}-{type}",
        derived: [
            DerivedValue(
                name: "collection", field: "type", values: ["Single": "servers", "Flexible": "flexibleServers"])
        ]),
    ResourceType(
        "PostgreSql",
        [
            "Microsoft.DBforPostgreSQL/servers", "Microsoft.DBforPostgreSQL/flexibleServers",
            "Microsoft.DBforPostgreSQL/serverGroupsv2",
        ],
        fields: [
            .required("serverName"),
            .optional("type", allowed: ["Single", "Flexible", "Hyperscale"], defaultValue: "Single"),
        ],
        id: "Microsoft.DBforPostgreSQL/{collection}/{serverName}", instanceName: "{serverName}-{type}",
        uniqueName: "{serverName}-{type}",
        derived: [
            DerivedValue(
                name: "collection", field: "type",
                values: ["Single": "servers", "Flexible": "flexibleServers", "Hyperscale": "serverGroupsv2"])
        ]),
    ResourceType(
        "SqlDatabase", ["Microsoft.Sql/servers/databases"],
        fields: [.required("serverName"), .required("databaseName")],
        id: "Microsoft.Sql/servers/{serverName}/databases/{databaseName}", instanceName: "{databaseName}",
        uniqueName: "{serverName}-{databaseName}",
        labels: [
            LabelTemplate(name: "server", value: "{serverName}"),
            LabelTemplate(name: "database", value: "{databaseName}"),
        ]),
    ResourceType(
        "SqlElasticPool", ["Microsoft.Sql/servers/elasticPools"],
        fields: [.required("serverName"), .required("poolName")],
        id: "Microsoft.Sql/servers/{serverName}/elasticPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{serverName}-{poolName}",
        labels: [
            LabelTemplate(name: "server", value: "{serverName}"),
            LabelTemplate(name: "elastic_pool", value: "{poolName}"),
        ]),
    ResourceType(
        "SynapseApacheSparkPool", ["Microsoft.Synapse/workspaces/bigDataPools"],
        fields: [.required("workspaceName"), .required("poolName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}/bigDataPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{workspaceName}-{poolName}",
        labels: [
            LabelTemplate(name: "workspace_name", value: "{workspaceName}"),
            LabelTemplate(name: "pool_name", value: "{poolName}"),
        ]),
    ResourceType(
        "SynapseSqlPool", ["Microsoft.Synapse/workspaces/sqlPools"],
        fields: [.required("workspaceName"), .required("poolName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}/sqlPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{workspaceName}-{poolName}",
        labels: [
            LabelTemplate(name: "workspace_name", value: "{workspaceName}"),
            LabelTemplate(name: "pool_name", value: "{poolName}"),
        ]),
    ResourceType(
        "SynapseWorkspace", ["Microsoft.Synapse/workspaces"], fields: [.required("workspaceName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}", instanceName: "{workspaceName}",
        uniqueName: "{workspaceName}", labels: [LabelTemplate(name: "workspace_name", value: "{workspaceName}")]),
    ResourceType(
        "WebApp", ["Microsoft.Web/sites"],
        fields: [.required("webAppName"), .optional("slotName", defaultValue: "production")],
        id: "Microsoft.Web/sites/{webAppName}[/slots/{slotName}]", instanceName: "{webAppName}",
        uniqueName: "{webAppName}-{slotName}", labels: [LabelTemplate(name: "slot_name", value: "{slotName}")]),
]

/// Types that narrow the series of their metrics.
private let narrowedTypes = [
    ResourceType(
        "ApiManagement", ["Microsoft.ApiManagement/service"],
        fields: [.required("instanceName"), .optional("locationName")],
        id: "Microsoft.ApiManagement/service/{instanceName}", instanceName: "{instanceName}",
        uniqueName: "{instanceName}-{locationName}", filter: .when(value: "{locationName}", dimension: "Location"),
        labels: [LabelTemplate(name: "location", value: "{locationName}")]),
    ResourceType(
        "EventHubs", ["Microsoft.EventHub/namespaces"], fields: [.required("namespace"), .optional("topicName")],
        id: "Microsoft.EventHub/namespaces/{namespace}", instanceName: "{namespace}",
        uniqueName: "{namespace}-{topicName}",
        filter: .split(value: "{topicName}", dimension: "EntityName", label: "entity_name"),
        rules: [.dimensions(atMost: 1), .noDimension("EntityName", with: ["topicName"])]),
    ResourceType(
        "Generic", [], fields: [.required("resourceUri"), .optional("filter")], id: "{resourceUri}",
        instanceName: "{resourceUri}", uniqueName: "{resourceUri}", filter: .declared(field: "filter"),
        rules: [
            .noPrefix(
                ["subscriptions/", "/subscriptions/"], field: "resourceUri",
                fix:
                    "write what follows `/providers/` in the id, and give `subscriptionId` and `resourceGroupName` beside it"
            )
        ]),
    ResourceType(
        "ServiceBusNamespace", ["Microsoft.ServiceBus/namespaces"],
        fields: [.required("namespace"), .optional("queueName"), .optional("topicName")],
        id: "Microsoft.ServiceBus/namespaces/{namespace}", instanceName: "{namespace}",
        uniqueName: "{namespace}-{queueName}-{topicName}",
        filter: .split(value: "{queueName|topicName}", dimension: "EntityName", label: "entity_name"),
        rules: [
            .dimensions(atMost: 1), .noDimension("EntityName", with: ["queueName", "topicName"]),
            .exclusive(["queueName", "topicName"]),
        ]),
]
