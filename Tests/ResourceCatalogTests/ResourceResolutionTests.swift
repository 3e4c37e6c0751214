import MetricModel
import ResourceCatalog
import Testing

@Suite struct ResourceResolutionTests {
    private func resolve(
        _ type: String, _ fields: [String: String], metric: String = "m", dimensions: [String] = []
    ) throws -> ResourceResolution {
        try #require(ResourceCatalog.type(named: type)).resolve(
            fields, metricName: metric, defaults: defaults, dimensions: dimensions)
    }

    static let overrides: [([String: String], String)] = [
        ([:], "/subscriptions/s-1/resourceGroups/rg-1/"),
        (["subscriptionId": "", "resourceGroupName": " "], "/subscriptions/s-1/resourceGroups/rg-1/"),
        (["subscriptionId": "s-2"], "/subscriptions/s-2/resourceGroups/rg-1/"),
        (["resourceGroupName": "Other-RG"], "/subscriptions/s-1/resourceGroups/Other-RG/"),
        (["subscriptionId": "s-2", "resourceGroupName": "rg-2"], "/subscriptions/s-2/resourceGroups/rg-2/"),
    ]

    @Test("a resource may name its own subscription and group; blank is not given", arguments: overrides)
    func overriding(fields: [String: String], prefix: String) throws {
        let fields = fields.merging(["vaultName": "kv"]) { first, _ in first }
        let id = try resolve("KeyVault", fields).resource.id.description
        #expect(id == prefix + "providers/Microsoft.KeyVault/vaults/kv")
    }

    struct Scope: Sendable {
        var type: String
        var fields: [String: String]
        var metric = "m"
        var declared: [String] = []
        var dimensions: [String] = []
        var renames: [String: String] = [:]
        var filter: String?
    }

    static let bus = ["namespace": "n"]
    static let factory = ["factoryName": "f"]
    static let pipeline = ["factoryName": "f", "pipelineName": "p"]
    static let account = ["accountName": "a"]
    static let queue = ["namespace": "n", "queueName": "q"]
    static let rename = ["EntityName": "entity_name"]
    static let scopes: [Scope] = [
        Scope(type: "StorageAccount", fields: ["accountName": "a"]),
        Scope(
            type: "StorageAccount", fields: ["accountName": "a"], declared: ["ApiName", "", "apiname", "GeoType"],
            dimensions: ["ApiName", "GeoType"], filter: "ApiName eq '*' and GeoType eq '*'"),
        Scope(
            type: "ServiceBusNamespace", fields: bus, dimensions: ["EntityName"], renames: rename,
            filter: "EntityName eq '*'"),
        Scope(
            type: "ServiceBusNamespace", fields: bus, declared: ["entityname"], dimensions: ["EntityName"],
            renames: rename, filter: "EntityName eq '*'"),
        Scope(type: "ServiceBusNamespace", fields: queue, filter: "EntityName eq 'q'"),
        Scope(
            type: "ServiceBusNamespace", fields: queue, declared: ["OperationResult"], dimensions: ["OperationResult"],
            filter: "OperationResult eq '*' and EntityName eq 'q'"),
        Scope(type: "EventHubs", fields: bus, dimensions: ["EntityName"], renames: rename, filter: "EntityName eq '*'"),
        Scope(
            type: "ApiManagement", fields: ["instanceName": "i", "locationName": "West US"], declared: ["Location"],
            dimensions: ["Location"], filter: "Location eq 'West US'"),
        Scope(
            type: "ApiManagement", fields: ["instanceName": "i"], declared: ["Location"], dimensions: ["Location"],
            filter: "Location eq '*'"),
        Scope(
            type: "Generic", fields: ["resourceUri": "A.B/c/d", "filter": "Tier eq 'hot'"], declared: ["tier", "X"],
            dimensions: ["tier", "X"], filter: "tier eq 'hot' and X eq '*'"),
        Scope(type: "Generic", fields: ["resourceUri": "A.B/c/d", "filter": " "]),
        Scope(type: "DataFactory", fields: factory, dimensions: ["Name"], filter: "Name eq '*'"),
        Scope(
            type: "DataFactory", fields: factory, metric: "activityfailedruns", dimensions: ["PipelineName"],
            filter: "PipelineName eq '*'"),
        Scope(type: "DataFactory", fields: pipeline, filter: "Name eq 'p'"),
        Scope(
            type: "DataFactory", fields: pipeline, metric: "ActivityCancelledRuns", declared: ["ActivityType"],
            dimensions: ["ActivityType"], filter: "ActivityType eq '*' and PipelineName eq 'p'"),
        Scope(
            type: "DataShare", fields: account, dimensions: ["ShareName"], renames: ["ShareName": "share_name"],
            filter: "ShareName eq '*'"),
        Scope(
            type: "DataShare", fields: account, metric: "SHARESUBSCRIPTIONCOUNT", dimensions: ["ShareSubscriptionName"],
            renames: ["ShareSubscriptionName": "share_name"], filter: "ShareSubscriptionName eq '*'"),
        Scope(
            type: "AutomationAccount", fields: ["accountName": "a", "runbookName": "r"], metric: "totaljob",
            declared: ["Status"], dimensions: ["Status"], filter: "Status eq '*' and Runbook eq 'r'"),
    ]

    @Test("the type and the declaration together say what the series are", arguments: scopes)
    func scope(scope: Scope) throws {
        let resolution = try resolve(scope.type, scope.fields, metric: scope.metric, dimensions: scope.declared)
        #expect(resolution.problems.isEmpty)
        #expect(resolution.dimensions == scope.dimensions)
        #expect(resolution.dimensionRenames == scope.renames)
        #expect(resolution.requestFilter?.text == scope.filter)
    }

    struct Refusal: Sendable {
        var type: String
        var fields: [String: String]
        var dimensions: [String] = []
        var severity = ResourceProblem.Severity.error
        var field: String?
        var message: String
        var fix: String
    }

    static let uri = "A.B/c/d"
    static let queueOfAccount = ["accountName": "a", "queueName": "q", "sasToken": "***"]
    static let refusals: [Refusal] = [
        Refusal(
            type: "KeyVault", fields: [:], field: "vaultName",
            message: "`vaultName` is missing; every KeyVault needs it",
            fix: "add `vaultName`"),
        Refusal(
            type: "KeyVault", fields: ["vaultName": " "], field: "vaultName", message: "`vaultName` is blank",
            fix: "give `vaultName` a value"),
        Refusal(
            type: "SqlDatabase", fields: ["serverName": "s"], field: "databaseName",
            message: "`databaseName` is missing",
            fix: "add"),
        Refusal(type: "MySql", fields: ["serverName": "s"], field: "type", message: "`type` is missing", fix: "add"),
        Refusal(
            type: "MySql", fields: ["serverName": "s", "type": "flexible"], field: "type",
            message: "cannot be `flexible`", fix: "write `Flexible`"),
        Refusal(
            type: "MySql", fields: ["serverName": "s", "type": "Simple"], field: "type", message: "cannot be `Simple`",
            fix: "write `Single` or `Flexible`"),
        Refusal(
            type: "PostgreSql", fields: ["serverName": "s", "type": "Arc"], field: "type", message: "cannot be `Arc`",
            fix: "write `Single`, `Flexible` or `Hyperscale`"),
        Refusal(
            type: "ServiceBusNamespace", fields: ["namespace": "n", "queueName": "q", "topicName": "t"],
            field: "topicName", message: "`queueName` and `topicName` cannot both be given", fix: "keep one"),
        Refusal(
            type: "ServiceBusNamespace", fields: queue, dimensions: ["entityName"], field: "queueName",
            message: "`queueName` cannot be combined with the dimension `EntityName`", fix: "remove one"),
        Refusal(
            type: "ServiceBusNamespace", fields: bus, dimensions: ["EntityName", "B"],
            message: "2 dimensions are declared", fix: "keep 1"),
        Refusal(
            type: "EventHubs", fields: ["namespace": "n", "topicName": "t"], dimensions: ["EntityName"],
            field: "topicName", message: "cannot be combined", fix: "remove one"),
        Refusal(
            type: "EventHubs", fields: bus, dimensions: ["A"], severity: .warning,
            message: "the dimension `A` is ignored", fix: "remove the dimension"),
        Refusal(
            type: "DataFactory", fields: factory, dimensions: ["Name", "A", "B"], severity: .warning,
            message: "the dimensions `A` and `B` are ignored: a DataFactory without `pipelineName` is split by `Name`",
            fix: "remove the dimension"),
        Refusal(
            type: "AutomationAccount", fields: ["accountName": "a", "runbookName": "r"], field: "runbookName",
            message: "`runbookName` goes with the metric `TotalJob` only, not with `m`", fix: "remove `runbookName`"),
        Refusal(
            type: "StorageQueue", fields: queueOfAccount, dimensions: ["A"], severity: .warning,
            message: "the dimension `A` is ignored: a StorageQueue has none", fix: "remove the dimension"),
        Refusal(
            type: "StorageQueue", fields: ["accountName": "a", "queueName": "q", "sasToken": " "], field: "sasToken",
            message: "`sasToken` is blank", fix: "give `sasToken` a value"),
        Refusal(
            type: "LogAnalytics", fields: ["workspaceId": "w", "workspaceName": " "], severity: .warning,
            field: "workspaceName", message: "`workspaceName` is blank", fix: "give `workspaceName` a value"),
        Refusal(
            type: "LogAnalytics", fields: ["workspaceName": "w"], field: "workspaceId",
            message: "`workspaceId` is missing; every LogAnalytics needs it", fix: "add `workspaceId`"),
        Refusal(
            type: "Generic", fields: ["resourceUri": "/subscriptions/s/providers/" + uri], field: "resourceUri",
            message: "cannot begin with `/subscriptions/`", fix: "`/providers/`"),
        Refusal(
            type: "Generic", fields: ["resourceUri": "Subscriptions/s/providers/" + uri], field: "resourceUri",
            message: "cannot begin with `subscriptions/`", fix: "`/providers/`"),
        Refusal(
            type: "Generic", fields: ["resourceUri": uri, "filter": "A ne 'x'"], field: "filter",
            message: "at character 3: Azure Monitor's filter knows `eq` only", fix: "Name eq 'value'"),
        Refusal(
            type: "Generic", fields: ["resourceUri": uri, "filter": "A eq 'x' and A eq 'y'"], severity: .warning,
            field: "filter", message: "`A` stands twice", fix: "`or`"),
    ]

    @Test("what breaks a rule of the type is told, with the field and the way out", arguments: refusals)
    func refuses(refusal: Refusal) throws {
        let problems = try resolve(refusal.type, refusal.fields, dimensions: refusal.dimensions).problems
        let problem = try #require(problems.first)
        #expect(problems.count == 1)
        #expect(problem.severity == refusal.severity)
        #expect(problem.field == refusal.field)
        #expect(problem.message.contains(refusal.message), "\(problem.message)")
        #expect(problem.fix?.contains(refusal.fix) == true, "\(problem.fix ?? "no fix")")
    }

    static let names: [(String, String?)] = [
        ("vm-1", nil), ("a b (c)_d.é", nil), ("...", nil), ("a..b", nil),
        ("a/b", "`/`"), ("a?", "`?`"), ("#a", "`#`"), ("a\\b", "`\\`"), ("a%2Fb", "`%`"), ("a&b", "`&`"),
        (".", "cannot be `.`"), ("..", "cannot be `..`"), ("a\nb", "control character"),
        ("a\u{7F}", "control character"),
        ("a\r\n", "control character"), ("/\u{301}", "`/`"),
    ]

    @Test("what Azure takes for no name is refused in each part of the id", arguments: names)
    func name(text: String, refusal: String?) throws {
        let resources: [(String, [String: String], String)] = [
            ("KeyVault", [:], "vaultName"), ("WebApp", ["webAppName": "w"], "slotName"),
            ("KeyVault", ["vaultName": "v"], "resourceGroupName"), ("KeyVault", ["vaultName": "v"], "subscriptionId"),
        ]
        for (type, fields, field) in resources {
            let problems = try resolve(type, fields.merging([field: text]) { $1 }).problems
            #expect(problems.map(\.field) == (refusal == nil ? [] : [field]))
            #expect(problems.allSatisfy { $0.severity == .error && $0.message.contains(refusal ?? "") })
        }
    }

    @Test("a slash may be in what is no part of the id, and parts a Generic resource")
    func slashes() throws {
        #expect(try resolve("ServiceBusNamespace", ["namespace": "n", "queueName": "a/b%?"]).problems.isEmpty)
        #expect(try resolve("Generic", ["resourceUri": "/A.B/c/d/e/f", "filter": "X eq 'a/b'"]).problems.isEmpty)
        for uri in ["A.B/c/..", "A.B/./d", "A.B/c/d?e", "A.B/c/d%2F"] {
            #expect(try resolve("Generic", ["resourceUri": uri]).problems.map(\.field) == ["resourceUri"])
        }
    }

    @Test("a Generic resource may come with the slash in front")
    func slash() throws {
        let resolution = try resolve("Generic", ["resourceUri": "/" + Self.uri])
        #expect(resolution.problems.isEmpty)
        #expect(resolution.resource.id.description == "/subscriptions/s-1/resourceGroups/rg-1/providers/" + Self.uri)
    }

    @Test("all problems are told at once")
    func together() throws {
        let problems = try resolve("SqlDatabase", ["serverName": ""]).problems
        #expect(problems.map(\.field) == ["serverName", "databaseName"])
    }
}
