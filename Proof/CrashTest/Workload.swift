import MetricModel

/// What is declared: in every round a few metrics more, each with its history to catch up, so that there is always work.
struct Workload: Sendable {
    /// A metric of some resources of the simulator's web shop.
    struct Kind: Sendable {
        var type: String
        var azureMetric: String
        var aggregation: String
        var grain = TimeGrain.oneMinute
        var dimensions: [String] = []
        /// Dimensions that go out under another name.
        var labels: [String: String] = [:]
        /// As the declaration names them, and the end of their ids.
        var resources: [(fields: String, path: String)]

        func label(of dimension: String) -> String { labels[dimension] ?? dimension }
    }

    /// A metric of the declaration.
    struct Metric: Sendable {
        var name: String
        var kind: Kind
        /// No agent knew it before.
        var declaredAt: Timestamp
    }

    private(set) var metrics: [Metric] = []
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed, stream: 3) }

    /// Declares `count` further metrics; the first of all are one of each kind in turn, so that nobody is left out.
    mutating func grow(by count: Int, at now: Timestamp) {
        for _ in 0..<count {
            let number = metrics.count
            let kind = number < Self.kinds.count ? Self.kinds[number] : dice.choose(Self.kinds)
            let words = kind.azureMetric.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
            metrics.append(Metric(name: "m\(number)_\(String(words))", kind: kind, declaredAt: now))
        }
    }

    /// The labels that tell the series of each metric apart.
    var dimensions: [String: Set<String>] {
        Dictionary(metrics.map { metric in (metric.name, Set(metric.kind.dimensions.map(metric.kind.label(of:)))) }) {
            first, _ in first
        }
    }

    /// `metrics-declaration.yaml`, asked of Azure at `baseURL`.
    func declaration(baseURL: String) -> String {
        var text = """
            version: v1
            azureMetadata:
              tenantId: c8819874-9e56-4e3f-b1a8-1c0325138f27
              subscriptionId: \(Self.subscription)
              resourceGroupName: rg-shop
              cloud: Custom
              endpoints:
                authenticationEndpoint: \(baseURL)
                resourceManagerEndpoint: \(baseURL)
                managementEndpoint: \(baseURL)
                graphEndpoint: \(baseURL)
                metricsQueryAudience: \(baseURL)
                metricsClientAudience: \(baseURL)/metrics
                logAnalyticsEndpoint: \(baseURL)
                storageEndpointSuffix: localhost
                keyVaultSuffix: localhost
            metricDefaults:
              scraping: {schedule: "*/2 * * * * *"}
            metrics:

            """
        for metric in metrics {
            let kind = metric.kind
            let dimensions = kind.dimensions.map { "{name: \($0)}" }.joined(separator: ", ")
            text += """
                  - name: \(metric.name)
                    description: \(kind.azureMetric)
                    resourceType: \(kind.type)
                    azureMetricConfiguration:
                      metricName: \(kind.azureMetric)
                      aggregation: {type: \(kind.aggregation), interval: \(kind.grain.timeSpan)}
                \(dimensions.isEmpty ? "" : "      dimensions: [\(dimensions)]\n")    resources:
                \(kind.resources.map { "      - {\($0.fields)}" }.joined(separator: "\n"))

                """
        }
        return text
    }

    private static let subscription = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
    private static let machines = ["vm-web-1", "vm-web-2", "vm-spare"].map {
        ("virtualMachineName: \($0)", shop + "Microsoft.Compute/virtualMachines/\($0)")
    }
    private static let caches = [("cacheName: redis-shop", shop + "Microsoft.Cache/Redis/redis-shop")]
    private static let shop = "/subscriptions/\(subscription)/resourceGroups/rg-shop/providers/"
    private static let data = "/subscriptions/\(subscription)/resourceGroups/rg-shop-data/providers/"

    /// Levels, sums and counts, sparse and dense, with and without dimensions, in three grains; one machine is stopped.
    private static let kinds: [Kind] = [
        Kind(type: "VirtualMachine", azureMetric: "Percentage CPU", aggregation: "Average", resources: machines),
        Kind(type: "RedisCache", azureMetric: "cachehits", aggregation: "Total", resources: caches),
        Kind(
            type: "KeyVault", azureMetric: "ServiceApiHit", aggregation: "Count", dimensions: ["ActivityName"],
            resources: [
                ("vaultName: kv-shop", shop + "Microsoft.KeyVault/vaults/kv-shop"),
                (
                    "vaultName: kv-data, resourceGroupName: rg-shop-data",
                    data + "Microsoft.KeyVault/vaults/kv-data"
                ),
            ]),
        Kind(type: "VirtualMachine", azureMetric: "Disk Read Bytes", aggregation: "Total", resources: machines),
        Kind(
            type: "StorageAccount", azureMetric: "UsedCapacity", aggregation: "Average", grain: .oneHour,
            resources: [
                (
                    "accountName: stshop, resourceGroupName: rg-shop-data",
                    data + "Microsoft.Storage/storageAccounts/stshop"
                )
            ]),
        Kind(type: "VirtualMachine", azureMetric: "Percentage CPU", aggregation: "Maximum", resources: machines),
        Kind(
            type: "ServiceBusNamespace", azureMetric: "ActiveMessages", aggregation: "Average",
            dimensions: ["EntityName"], labels: ["EntityName": "entity_name"],
            resources: [("namespace: sb-shop", shop + "Microsoft.ServiceBus/namespaces/sb-shop")]),
        Kind(
            type: "AppPlan", azureMetric: "CpuPercentage", aggregation: "Average", grain: .fiveMinutes,
            resources: [("appPlanName: plan-shop", shop + "Microsoft.Web/serverfarms/plan-shop")]),
        Kind(
            type: "VirtualMachine", azureMetric: "CPU Credits Remaining", aggregation: "Average", resources: machines),
        Kind(type: "RedisCache", azureMetric: "connectedclients", aggregation: "Maximum", resources: caches),
        Kind(
            type: "LoadBalancer", azureMetric: "ByteCount", aggregation: "Total", dimensions: ["Direction"],
            resources: [("loadBalancerName: lb-shop", shop + "Microsoft.Network/loadBalancers/lb-shop")]),
    ]
}

extension TimeGrain {
    /// As Promitor's declarations write it: `01:00:00`.
    fileprivate var timeSpan: String {
        [seconds / 3600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    }
}
