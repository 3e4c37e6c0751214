import MetricModel

/// The size of an estate that is made by the numbers.
public struct EstateScale: Hashable, Sendable {
    /// 1 to 1,000,000, spread evenly over types and regions.
    public var resources: Int
    /// Of each resource, 1 to 100; every one has the grain PT1M and no dimension.
    public var metrics: Int
    /// 1 to 15.
    public var types: Int
    /// 1 to 10.
    public var regions: Int

    /// These numbers, or `nil` when one is out of its bounds.
    public init?(resources: Int, metrics: Int, types: Int, regions: Int) {
        guard (1...1_000_000).contains(resources), (1...100).contains(metrics),
            (1...Estate.scaledTypes.count).contains(types), (1...Estate.scaledRegions.count).contains(regions)
        else { return nil }
        self.init(known: resources, metrics, types, regions)
    }

    private init(known resources: Int, _ metrics: Int, _ types: Int, _ regions: Int) {
        self.resources = resources
        self.metrics = metrics
        self.types = types
        self.regions = regions
    }

    /// 20 resources with 5 metrics, of 2 types, in one region.
    public static let small = EstateScale(known: 20, 5, 2, 1)
    /// 1,000 resources with 10 metrics, of 8 types, in 3 regions.
    public static let medium = EstateScale(known: 1000, 10, 8, 3)
    /// 20,000 resources with 20 metrics, of 15 types, in 10 regions.
    public static let large = EstateScale(known: 20_000, 20, 15, 10)

    /// Reads `small`, `medium`, `large` or resources, metrics, types and regions as `1000x10x8x3`; `nil` for anything else.
    public init?(text: String) {
        switch text.lowercased() {
        case "small": self = .small
        case "medium": self = .medium
        case "large": self = .large
        case let text:
            let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 4, let resources = numbers[0], let metrics = numbers[1], let types = numbers[2],
                let regions = numbers[3]
            else { return nil }
            self.init(resources: resources, metrics: metrics, types: types, regions: regions)
        }
    }
}

extension Estate {
    /// The resource group of all that is ``scaled(_:stoppedShare:isStrict:)``.
    public static let scaledGroup = "rg-scaled"

    /// An estate of that size: one subscription and one group, every resource with the same number of metrics.
    /// - Parameters:
    ///   - stoppedShare: 0 to 1: so many of the resources exist, answer, and never have a value.
    ///   - isStrict: Metrics list and store some aggregations and refuse the others, so that not all of a type can share a
    ///     call. Else each lists all of them and silently leaves out what makes no sense for it.
    public static func scaled(_ scale: EstateScale, stoppedShare: Double = 0, isStrict: Bool = false) -> Estate {
        let types = scaledTypes.prefix(scale.types)
        let tables = types.map { scaledMetrics(of: $0.type, count: scale.metrics, isStrict: isStrict) }
        let group = "/subscriptions/\(standardSubscription)/resourceGroups/\(scaledGroup)/providers/"
        return Estate(
            resources: (0..<scale.resources).map { number in
                let type = types[number % scale.types]
                // By the number, so that types and regions have their share of what is stopped.
                let rank = number / (scale.types * scale.regions)
                let isStopped = Int(Double(rank + 1) * stoppedShare) > Int(Double(rank) * stoppedShare)
                return SimulatedResource(
                    id: "\(group)\(type.type)/\(type.prefix)\(padded(number))",
                    location: scaledRegions[number / scale.types % scale.regions],
                    metrics: tables[number % scale.types], isStopped: isStopped)
            })
    }

    /// Types whose resources a declaration names by one field, and how their names begin here.
    static let scaledTypes: [(type: String, prefix: String)] = [
        ("Microsoft.Compute/virtualMachines", "vm"), ("Microsoft.Storage/storageAccounts", "st"),
        ("Microsoft.KeyVault/vaults", "kv"), ("Microsoft.Web/serverfarms", "plan"),
        ("Microsoft.Network/loadBalancers", "lb"), ("Microsoft.Cache/Redis", "redis"),
        ("Microsoft.ContainerRegistry/registries", "cr"), ("Microsoft.Network/publicIPAddresses", "pip"),
        ("Microsoft.Network/applicationGateways", "agw"), ("Microsoft.DocumentDB/databaseAccounts", "cosmos"),
        ("Microsoft.Logic/workflows", "logic"), ("Microsoft.ContainerService/managedClusters", "aks"),
        ("Microsoft.Kusto/clusters", "adx"), ("Microsoft.Network/natGateways", "ng"),
        ("Microsoft.Insights/components", "appi"),
    ]

    static let scaledRegions = [
        "westeurope", "northeurope", "eastus", "westus2", "uksouth", "francecentral", "germanywestcentral",
        "swedencentral", "southeastasia", "australiaeast",
    ]

    /// The first of the type's own metrics, without their dimensions, and made-up ones behind them.
    private static func scaledMetrics(of type: String, count: Int, isStrict: Bool) -> [SimulatedMetric] {
        let own = (MetricTables.byType[type.lowercased()] ?? []).filter {
            $0.namespace == nil && $0.skus == nil && $0.grains.contains(.oneMinute) && $0.advertised == $0.stored
                && $0.stored.contains($0.primary)
        }
        let taken = own.prefix(count).map { metric in
            metric.with {
                $0.dimensions = []
                $0.combinations = nil
            }
        }
        let madeUp = (taken.count..<max(taken.count, count)).map { number in
            number % 2 == 0
                ? MetricTables.gauge("Simulated Level \(number + 1)", "Percent", 1...99)
                : MetricTables.volume("Simulated Volume \(number + 1)", "Bytes", 0...5e6)
        }
        if isStrict { return taken + madeUp }
        return (taken + madeUp).map { metric in
            metric.with {
                $0.advertised = .all
                $0.omitsUnstored = true
            }
        }
    }

    private static func padded(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}
