/// The metrics of each resource type; a type is one row here and one file in `Types`.
enum MetricTables {
    /// By the type in lower case.
    static let byType: [String: [SimulatedMetric]] = [
        "microsoft.cache/redis": redis,
        "microsoft.compute/virtualmachines": virtualMachine,
        "microsoft.containerregistry/registries": containerRegistry,
        "microsoft.keyvault/vaults": keyVault,
        "microsoft.network/loadbalancers": loadBalancer,
        "microsoft.network/publicipaddresses": publicIPAddress,
        "microsoft.servicebus/namespaces": serviceBusNamespace,
        "microsoft.storage/storageaccounts": storageAccount,
        "microsoft.storage/storageaccounts/blobservices": blobService,
        "microsoft.web/serverfarms": appPlan,
    ]
}
