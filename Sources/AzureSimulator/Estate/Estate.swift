/// All that exists in the simulator.
public struct Estate: Sendable {
    public var resources: [SimulatedResource]

    /// An estate of these resources. Their subscriptions and groups exist because they are named in the ids.
    public init(resources: [SimulatedResource]) {
        self.resources = resources
    }

    /// The subscription of ``standard``.
    public static let standardSubscription = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
    /// The resource group of most of ``standard``.
    public static let standardGroup = "rg-shop"

    /// A small web shop: machines, storage, messages, cache, vault, network. Two groups, two regions.
    public static let standard = Estate(resources: shop + data)

    private static let shop = [
        resource("Microsoft.Compute/virtualMachines/vm-web-1"),
        resource("Microsoft.Compute/virtualMachines/vm-web-2"),
        resource("Microsoft.Compute/virtualMachines/vm-spare", isStopped: true),
        resource("Microsoft.KeyVault/vaults/kv-shop"),
        resource("Microsoft.Web/serverfarms/plan-shop"),
        resource("Microsoft.Network/loadBalancers/lb-shop"),
        resource("Microsoft.Network/publicIPAddresses/pip-shop"),
        resource("Microsoft.Cache/Redis/redis-shop"),
        resource("Microsoft.ContainerRegistry/registries/crshop"),
        resource(
            "Microsoft.ServiceBus/namespaces/sb-shop",
            [
                "EntityName": [
                    "orders", "invoices", "shipments", "Emails", "payments", "refunds", "stock", "prices", "reviews",
                    "search-index", "audit", DimensionValue("archive", isIdle: true),
                    DimensionValue("returns", appearsAfter: .seconds(600)),
                ]
            ]),
    ]

    private static let data = [
        resource("Microsoft.Storage/storageAccounts/stshop", group: "rg-shop-data", in: "northeurope"),
        resource(
            "Microsoft.Storage/storageAccounts/stshop/blobServices/default", group: "rg-shop-data", in: "northeurope"),
        resource("Microsoft.Storage/storageAccounts/stbackup", group: "rg-shop-data", in: "northeurope"),
        resource("Microsoft.KeyVault/vaults/kv-data", group: "rg-shop-data", in: "northeurope"),
        resource(
            "Microsoft.ServiceBus/namespaces/sb-data", ["EntityName": ["exports", "imports"]], group: "rg-shop-data",
            in: "northeurope", sku: "Premium"),
    ]

    private static func resource(
        _ path: String, _ values: [String: [DimensionValue]] = [:], group: String = standardGroup,
        in location: String = "westeurope", sku: String? = nil, isStopped: Bool = false
    ) -> SimulatedResource {
        SimulatedResource(
            id: "/subscriptions/\(standardSubscription)/resourceGroups/\(group)/providers/\(path)", location: location,
            sku: sku, dimensionValues: values, isStopped: isStopped)
    }
}
