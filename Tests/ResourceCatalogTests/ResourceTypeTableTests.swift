import MetricModel
import ResourceCatalog
import Testing

/// Variants of types; one row of each type stands in ``EveryTypeTests``.
@Suite struct ResourceTypeTableTests {
    static let rows: [ExpectedResource] = [
        .init(
            "ApiManagement", ["instanceName": "api-1"], id: "Microsoft.ApiManagement/service/api-1", instance: "api-1",
            unique: "api-1-"),
        .init(
            "ApiManagement", ["instanceName": "api-1", "locationName": "West Europe"],
            id: "Microsoft.ApiManagement/service/api-1", instance: "api-1", unique: "api-1-West Europe",
            labels: [Label("location", "West Europe")], filter: "Location eq 'West Europe'"),
        .init(
            "AutomationAccount", ["accountName": "aa-1"], id: "Microsoft.Automation/automationAccounts/aa-1",
            instance: "aa-1", unique: "aa-1-"),
        .init(
            "DataFactory", ["factoryName": "adf-1", "pipelineName": "load"],
            id: "Microsoft.DataFactory/factories/adf-1",
            instance: "adf-1-load", labels: [Label("pipeline_name", "load")], filter: "Name eq 'load'"),
        .init(
            "DataShare", ["accountName": "ds-1", "shareName": "sales"], id: "Microsoft.DataShare/accounts/ds-1",
            instance: "ds-1-sales", labels: [Label("share_name", "sales")], filter: "ShareName eq 'sales'"),
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

    @Test("a declared resource becomes the id, names, labels and filter of its type", arguments: rows)
    func resolves(row: ExpectedResource) throws {
        let type = try #require(ResourceCatalog.type(named: row.type))
        let resolution = type.resolve(row.fields, metricName: "", defaults: defaults, dimensions: [])
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
        let resource = type.resolve(row.fields, metricName: "", defaults: defaults, dimensions: []).resource
        let isSlot = resource.id.type == "Microsoft.Web/sites/slots"
        #expect(type.armTypes.contains(resource.id.type) || row.type == "Generic" || isSlot)
    }

    @Test("a type has an ARM type when it has exactly one")
    func oneArmType() {
        #expect(ResourceCatalog.type(named: "KeyVault")?.armType == "Microsoft.KeyVault/vaults")
        #expect(ResourceCatalog.type(named: "MySql")?.armType == nil)
        #expect(ResourceCatalog.type(named: "Generic")?.armType == nil)
    }

    @Test("a name counts in its exact spelling", arguments: ["virtualMachine", "VirtualMachines", "", "NotSpecified"])
    func spelling(name: String) {
        #expect(ResourceCatalog.type(named: name) == nil)
    }
}
