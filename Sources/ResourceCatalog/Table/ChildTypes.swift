/// Types whose id or labels take more than a name.
let childTypes = [
    ResourceType(
        "BlobStorage", ["Microsoft.Storage/storageAccounts/blobServices"], fields: [.required("accountName")],
        id: "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default", instanceName: "{accountName}",
        uniqueName: "{accountName}",
        discovery: nil),
    ResourceType(
        "FileStorage", ["Microsoft.Storage/storageAccounts/fileServices"], fields: [.required("accountName")],
        id: "Microsoft.Storage/storageAccounts/{accountName}/fileServices/default", instanceName: "{accountName}",
        uniqueName: "{accountName}",
        discovery: nil),
    ResourceType(
        "FunctionApp", ["Microsoft.Web/sites"],
        fields: [.required("functionAppName"), .optional("slotName", defaultValue: "production")],
        id: "Microsoft.Web/sites/{functionAppName}[/slots/{slotName}]", instanceName: "{functionAppName}",
        uniqueName: "{functionAppName}-{slotName}", labels: [LabelTemplate(name: "slot_name", value: "{slotName}")],
        discovery: ResourceDiscovery(
            ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"], kind: .contains("functionapp"),
            fields: [
                DiscoveredField("functionAppName", .nameBeforeSlash),
                DiscoveredField("slotName", .nameBehindSlash(standard: "production")),
            ])),
    ResourceType(
        "MySql", ["Microsoft.DBforMySQL/servers", "Microsoft.DBforMySQL/flexibleServers"],
        fields: [.required("serverName"), .required("type", allowed: ["Single", "Flexible"])],
        id: "Microsoft.DBforMySQL/{collection}/{serverName}", instanceName: "{serverName}-{type}",
        uniqueName: "{serverName}-{type}",
        derived: [
            DerivedValue(
                name: "collection", field: "type", values: ["Single": "servers", "Flexible": "flexibleServers"])
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.DBforMySQL/servers", "Microsoft.DBforMySQL/flexibleServers"],
            fields: [
                DiscoveredField("serverName"),
                DiscoveredField(
                    "type",
                    .type([
                        "microsoft.dbformysql/servers": "Single", "microsoft.dbformysql/flexibleservers": "Flexible",
                    ])),
            ])),
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
        ],
        discovery: ResourceDiscovery(
            [
                "Microsoft.DBforPostgreSQL/servers", "Microsoft.DBforPostgreSQL/flexibleServers",
                "Microsoft.DBforPostgreSQL/serverGroupsv2",
            ],
            fields: [
                DiscoveredField("serverName"),
                DiscoveredField(
                    "type",
                    .type([
                        "microsoft.dbforpostgresql/servers": "Single",
                        "microsoft.dbforpostgresql/flexibleservers": "Flexible",
                        "microsoft.dbforpostgresql/servergroupsv2": "Hyperscale",
                    ])),
            ])),
    ResourceType(
        "SqlDatabase", ["Microsoft.Sql/servers/databases"],
        fields: [.required("serverName"), .required("databaseName")],
        id: "Microsoft.Sql/servers/{serverName}/databases/{databaseName}", instanceName: "{databaseName}",
        uniqueName: "{serverName}-{databaseName}",
        labels: [
            LabelTemplate(name: "server", value: "{serverName}"),
            LabelTemplate(name: "database", value: "{databaseName}"),
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.Sql/servers/databases"],
            fields: [DiscoveredField("serverName", .segment(behind: "servers")), DiscoveredField("databaseName")])),
    ResourceType(
        "SqlElasticPool", ["Microsoft.Sql/servers/elasticPools"],
        fields: [.required("serverName"), .required("poolName")],
        id: "Microsoft.Sql/servers/{serverName}/elasticPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{serverName}-{poolName}",
        labels: [
            LabelTemplate(name: "server", value: "{serverName}"),
            LabelTemplate(name: "elastic_pool", value: "{poolName}"),
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.Sql/servers/elasticPools"],
            fields: [DiscoveredField("serverName", .segment(behind: "servers")), DiscoveredField("poolName")])),
    ResourceType(
        "SynapseApacheSparkPool", ["Microsoft.Synapse/workspaces/bigDataPools"],
        fields: [.required("workspaceName"), .required("poolName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}/bigDataPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{workspaceName}-{poolName}",
        labels: [
            LabelTemplate(name: "workspace_name", value: "{workspaceName}"),
            LabelTemplate(name: "pool_name", value: "{poolName}"),
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.Synapse/workspaces/bigDataPools"],
            fields: [DiscoveredField("workspaceName", .segment(behind: "workspaces")), DiscoveredField("poolName")])),
    ResourceType(
        "SynapseSqlPool", ["Microsoft.Synapse/workspaces/sqlPools"],
        fields: [.required("workspaceName"), .required("poolName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}/sqlPools/{poolName}", instanceName: "{poolName}",
        uniqueName: "{workspaceName}-{poolName}",
        labels: [
            LabelTemplate(name: "workspace_name", value: "{workspaceName}"),
            LabelTemplate(name: "pool_name", value: "{poolName}"),
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.Synapse/workspaces/sqlPools"],
            fields: [DiscoveredField("workspaceName", .segment(behind: "workspaces")), DiscoveredField("poolName")])),
    ResourceType(
        "SynapseWorkspace", ["Microsoft.Synapse/workspaces"], fields: [.required("workspaceName")],
        id: "Microsoft.Synapse/workspaces/{workspaceName}", instanceName: "{workspaceName}",
        uniqueName: "{workspaceName}", labels: [LabelTemplate(name: "workspace_name", value: "{workspaceName}")],
        discovery: ResourceDiscovery(
            ["Microsoft.Synapse/workspaces"], fields: [DiscoveredField("workspaceName")])),
    ResourceType(
        "WebApp", ["Microsoft.Web/sites"],
        fields: [.required("webAppName"), .optional("slotName", defaultValue: "production")],
        id: "Microsoft.Web/sites/{webAppName}[/slots/{slotName}]", instanceName: "{webAppName}",
        uniqueName: "{webAppName}-{slotName}", labels: [LabelTemplate(name: "slot_name", value: "{slotName}")],
        discovery: ResourceDiscovery(
            ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"], kind: .lacks("functionapp"),
            fields: [
                DiscoveredField("webAppName", .nameBeforeSlash),
                DiscoveredField("slotName", .nameBehindSlash(standard: "production")),
            ])),
]
