import ResourceCatalog
import Testing

@Suite struct DiscoveryTests {
    static let clauses: [(String, String)] = [
        ("KeyVault", "where type in~ ('microsoft.keyvault/vaults')"),
        ("MySql", "where type in~ ('microsoft.dbformysql/servers', 'microsoft.dbformysql/flexibleservers')"),
        (
            "FunctionApp",
            "where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots') and kind contains 'functionapp'"
        ),
        (
            "WebApp",
            "where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots') and kind !contains 'functionapp'"
        ),
    ]

    @Test("a type is a condition on Resource Graph's columns", arguments: clauses)
    func clause(type: String, clause: String) throws {
        #expect(ResourceCatalog.type(named: type)?.discovery?.clause == clause)
    }

    struct Found: Sendable {
        var of: String
        var type: String
        var name: String
        var id = ""
        var kind = ""
        var fields: [String: String]?
    }

    private static let database =
        "/subscriptions/s/resourceGroups/servers/providers/Microsoft.Sql/servers/sql/databases/master"
    static let rows: [Found] = [
        Found(of: "KeyVault", type: "Microsoft.KeyVault/Vaults", name: "Kv", fields: ["vaultName": "Kv"]),
        Found(of: "KeyVault", type: "microsoft.keyvault/hsm", name: "kv", fields: nil),
        Found(
            of: "SqlDatabase", type: "microsoft.sql/servers/databases", name: "master", id: database,
            fields: ["serverName": "sql", "databaseName": "master"]),
        Found(of: "SqlDatabase", type: "microsoft.sql/servers/databases", name: "x", id: "/servers", fields: nil),
        Found(
            of: "PostgreSql", type: "microsoft.dbforpostgresql/servergroupsv2", name: "p",
            fields: ["serverName": "p", "type": "Hyperscale"]),
        Found(
            of: "WebApp", type: "microsoft.web/sites", name: "w", kind: "app",
            fields: ["webAppName": "w", "slotName": "production"]),
        Found(
            of: "WebApp", type: "microsoft.web/sites/slots", name: "w/blue",
            fields: ["webAppName": "w", "slotName": "blue"]),
        Found(of: "WebApp", type: "microsoft.web/sites/slots", name: "w/", fields: nil),
        Found(of: "WebApp", type: "microsoft.web/sites/slots", name: "w/a/b", fields: nil),
        Found(of: "WebApp", type: "microsoft.web/sites", name: "f", kind: "FunctionApp,linux", fields: nil),
        Found(
            of: "FunctionApp", type: "microsoft.web/sites", name: "f", kind: "FunctionApp,linux",
            fields: ["functionAppName": "f", "slotName": "production"]),
        Found(of: "FunctionApp", type: "microsoft.web/sites", name: "w", kind: "app", fields: nil),
    ]

    @Test("a row of Resource Graph becomes the fields of a declared resource", arguments: rows)
    func fields(row: Found) throws {
        let discovery = try #require(ResourceCatalog.type(named: row.of)?.discovery)
        #expect(discovery.fields(type: row.type, name: row.name, id: row.id, kind: row.kind) == row.fields)
    }
}
