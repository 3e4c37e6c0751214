/// The metrics of each resource type; a type is one row here and one table in `Types`.
enum MetricTables {
    /// By the type in lower case.
    static let byType: [String: [SimulatedMetric]] = [
        "microsoft.apimanagement/service": apiManagement,
        "microsoft.automation/automationaccounts": automationAccount,
        "microsoft.cache/redis": redis,
        "microsoft.cache/redisenterprise": redisEnterprise,
        "microsoft.cdn/profiles": cdnProfile,
        "microsoft.cognitiveservices/accounts": cognitiveServices,
        "microsoft.compute/virtualmachines": virtualMachine,
        "microsoft.compute/virtualmachinescalesets": virtualMachineScaleSet,
        "microsoft.containerinstance/containergroups": containerGroup,
        "microsoft.containerregistry/registries": containerRegistry,
        "microsoft.containerservice/managedclusters": managedCluster,
        "microsoft.datafactory/factories": dataFactory,
        "microsoft.datashare/accounts": dataShare,
        "microsoft.dbformariadb/servers": databaseServer,
        "microsoft.dbformysql/flexibleservers": flexibleDatabaseServer,
        "microsoft.dbformysql/servers": databaseServer,
        "microsoft.dbforpostgresql/flexibleservers": flexibleDatabaseServer,
        "microsoft.dbforpostgresql/servergroupsv2": databaseServer,
        "microsoft.dbforpostgresql/servers": databaseServer,
        "microsoft.devices/iothubs": iotHub,
        "microsoft.devices/provisioningservices": deviceProvisioning,
        "microsoft.documentdb/databaseaccounts": cosmosAccount,
        "microsoft.documentdb/mongoclusters": mongoCluster,
        "microsoft.eventhub/namespaces": eventHubNamespace,
        "microsoft.insights/autoscalesettings": autoscaleSetting,
        "microsoft.insights/components": applicationInsights,
        "microsoft.keyvault/vaults": keyVault,
        "microsoft.kusto/clusters": kustoCluster,
        "microsoft.logic/workflows": logicWorkflow,
        "microsoft.network/applicationgateways": applicationGateway,
        "microsoft.network/azurefirewalls": azureFirewall,
        "microsoft.network/dnszones": dnsZone,
        "microsoft.network/expressroutecircuits": expressRouteCircuit,
        "microsoft.network/frontdoors": frontDoor,
        "microsoft.network/loadbalancers": loadBalancer,
        "microsoft.network/natgateways": natGateway,
        "microsoft.network/networkinterfaces": networkInterface,
        "microsoft.network/publicipaddresses": publicIPAddress,
        "microsoft.network/trafficmanagerprofiles": trafficManager,
        "microsoft.network/virtualnetworkgateways": virtualNetworkGateway,
        "microsoft.network/virtualnetworks": virtualNetwork,
        "microsoft.powerbidedicated/capacities": powerBICapacity,
        "microsoft.servicebus/namespaces": serviceBusNamespace,
        "microsoft.signalrservice/signalr": signalR,
        "microsoft.sql/managedinstances": sqlManagedInstance,
        "microsoft.sql/servers": sqlServer,
        "microsoft.sql/servers/databases": sqlDatabase,
        "microsoft.sql/servers/elasticpools": sqlElasticPool,
        "microsoft.storage/storageaccounts": storageAccount,
        "microsoft.storage/storageaccounts/blobservices": blobService,
        "microsoft.storage/storageaccounts/fileservices": fileService,
        "microsoft.synapse/workspaces": synapseWorkspace,
        "microsoft.synapse/workspaces/bigdatapools": synapseSparkPool,
        "microsoft.synapse/workspaces/sqlpools": synapseSQLPool,
        "microsoft.web/serverfarms": appPlan,
        "microsoft.web/sites": webSite,
        "microsoft.web/sites/slots": webSite,
    ]

    /// A measured level with fractions, `Average` first.
    static func gauge(
        _ name: String, _ unit: String, _ range: ClosedRange<Double>, _ dimensions: [SimulatedDimension] = []
    ) -> SimulatedMetric {
        SimulatedMetric(name, unit, .average, .levels, .level(range), dimensions: dimensions)
    }

    /// Events of which every minute has a number, zero included.
    static func counter(
        _ name: String, _ range: ClosedRange<Double>, _ dimensions: [SimulatedDimension] = []
    ) -> SimulatedMetric {
        SimulatedMetric(name, "Count", .total, [.total], .events(range, zeroWhenIdle: true), dimensions: dimensions)
    }

    /// Bytes and the like that add up.
    static func volume(
        _ name: String, _ unit: String, _ range: ClosedRange<Double>, _ dimensions: [SimulatedDimension] = []
    ) -> SimulatedMetric {
        SimulatedMetric(name, unit, .total, .amounts, .whole(range), dimensions: dimensions)
    }

    /// A number that stands: sizes, connections, things that exist.
    static func standing(
        _ name: String, _ unit: String, _ range: ClosedRange<Double>, _ dimensions: [SimulatedDimension] = []
    ) -> SimulatedMetric {
        SimulatedMetric(name, unit, .maximum, .levels, .whole(range), dimensions: dimensions)
    }
}
