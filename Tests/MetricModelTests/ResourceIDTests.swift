import MetricModel
import Testing

@Suite struct ResourceIDTests {
    let vault = ResourceID("subscriptions/S-1/resourceGroups/RG/providers/Microsoft.KeyVault/vaults/Kv-1")

    @Test("ids compare without regard to case and keep their spelling")
    func equality() {
        #expect(vault == ResourceID("/SUBSCRIPTIONS/s-1/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv-1"))
        #expect(vault.description.hasSuffix("vaults/Kv-1"))
    }

    @Test("the parts are found, child types included")
    func parts() {
        #expect(vault.subscriptionID == "S-1")
        #expect(vault.resourceGroup == "RG")
        #expect(vault.providerNamespace == "Microsoft.KeyVault")
        #expect(vault.type == "Microsoft.KeyVault/vaults")
        #expect(vault.name == "Kv-1")
        let database = ResourceID("/subscriptions/s/resourceGroups/r/providers/Microsoft.Sql/servers/a/databases/b")
        #expect(database.type == "Microsoft.Sql/servers/databases")
    }

    @Test("an earlier label wins and the later one is reported")
    func precedence() {
        var set = LabelSet()
        set.add([Label("a", "1")])
        set.add([Label("a", "2"), Label("b", "3")])
        #expect(set.labels == [Label("a", "1"), Label("b", "3")])
        #expect(set.shadowed == [Label("a", "2")])
    }
}
