import MetricModel
import Testing

@testable import Declaration

@Suite struct DeclarationTests {
    static let full = """
        version: v1
        azureMetadata:
          tenantId: 11111111-0000-0000-0000-000000000001
          subscriptionId: 11111111-0000-0000-0000-000000000002
          resourceGroupName: shop-rg
          cloud: Global
        metricDefaults:
          aggregation: {interval: 00:05:00}
          limit: 200
          labels: {team: core, stage: 5}
          scraping: {schedule: "0 */2 * * * *"}
        metrics:
          - name: bus_messages
            description: Active messages
            resourceType: ServiceBusNamespace
            labels:
              owner: messaging
              zone: "true"
            scraping: {schedule: "*/5 * * * *"}
            azureMetricConfiguration:
              metricName: ActiveMessages
              limit: 50
              aggregation: {type: Maximum, interval: 00:01:00}
            collection: {settle: 00:04:00, overlap: PT20M, backfill: 1.00:00:00}
            resources:
              - namespace: bus-a
              - {namespace: bus-b, queueName: orders, subscriptionId: other-sub, resourceGroupName: other-rg}
          - name: disk_used
            description:
            resourceType: Generic
            labels:
            azureMetricConfiguration:
              metricName: Used Bytes
              aggregation: {type: Total}
              dimensions:
                - name: Disk
                - name: Tier
            collection: {monotonic: True}
            resources:
              - resourceUri: Microsoft.Storage/storageAccounts/acct
                filter: Tier eq 'hot'
                subscriptionId: ""

        """

    private func load(_ text: String) throws -> MetricsDeclaration {
        let (declaration, found) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "f", environment: [:], strict: true)
        #expect(rendered(found) == [])
        return try #require(declaration)
    }

    @Test("the Azure section")
    func azure() throws {
        #expect(
            try load(Self.full).azure
                == AzureMetadata(
                    tenantID: "11111111-0000-0000-0000-000000000001",
                    subscriptionID: "11111111-0000-0000-0000-000000000002", resourceGroupName: "shop-rg",
                    cloud: .global))
    }

    @Test("a metric with everything of its own")
    func ownSettings() throws {
        let metric = try #require(try load(Self.full).metrics.first)
        #expect(metric.descriptor.name == "bus_messages")
        #expect(metric.descriptor.description == "Active messages")
        #expect(metric.descriptor.aggregation == .maximum)
        #expect(metric.descriptor.grain == .oneMinute)
        #expect(metric.descriptor.labels == [Label("owner", "messaging"), Label("zone", "true")])
        #expect(metric.descriptor.defaultLabels == [Label("team", "core"), Label("stage", "5")])
        #expect(metric.resourceType == "ServiceBusNamespace")
        #expect(metric.azureMetricName == "ActiveMessages")
        #expect(metric.dimensions == [])
        #expect(metric.limit == 50)
        #expect(
            metric.collection
                == CollectionOverrides(settle: .seconds(240), overlap: .seconds(1200), backfill: .seconds(86_400)))
        #expect(try load(Self.full).metrics.map(\.isMonotonic) == [false, true])
        #expect(metric.location == SourceMark(line: 13, column: 5))
    }

    @Test("resources take the defaults of `azureMetadata` unless they say otherwise")
    func resources() throws {
        let resources = try #require(try load(Self.full).metrics.first).resources
        #expect(resources.count == 2)
        #expect(
            resources.map(\.resource.id.description) == [
                "/subscriptions/11111111-0000-0000-0000-000000000002/resourceGroups/shop-rg/providers/"
                    + "Microsoft.ServiceBus/namespaces/bus-a",
                "/subscriptions/other-sub/resourceGroups/other-rg/providers/Microsoft.ServiceBus/namespaces/bus-b",
            ])
        #expect(resources.map(\.dimensions) == [["EntityName"], []])
        #expect(resources.map(\.dimensionRenames) == [["EntityName": "entity_name"], [:]])
        #expect(resources.map { $0.filter?.text } == ["EntityName eq '*'", "EntityName eq 'orders'"])
        #expect(
            resources.map(\.resource.tenantID) == Array(repeating: "11111111-0000-0000-0000-000000000001", count: 2))
        #expect(resources.map(\.location) == [SourceMark(line: 26, column: 9), SourceMark(line: 27, column: 9)])
    }

    @Test("a metric that falls back on the defaults")
    func defaults() throws {
        let metric = try #require(try load(Self.full).metrics.last)
        #expect(metric.descriptor.description == "")
        #expect(metric.descriptor.grain == .fiveMinutes)
        #expect(metric.descriptor.labels == [])
        #expect(metric.descriptor.aggregation == .total)
        #expect(metric.limit == 200)
        #expect(metric.collection == CollectionOverrides())
        #expect(metric.dimensions == ["Disk", "Tier"])
        #expect(metric.resources.map { $0.filter?.text } == ["Disk eq '*' and Tier eq 'hot'"])
        #expect(metric.resources.map(\.resource.id.subscriptionID) == ["11111111-0000-0000-0000-000000000002"])
    }

    @Test("every aggregation", arguments: Aggregation.allCases)
    func aggregations(aggregation: Aggregation) throws {
        let text = metric(configuration: "{metricName: CPU, aggregation: {type: \(aggregation.declaredName)}}")
        #expect(try load(sample(metric: text)).metrics.first?.descriptor.aggregation == aggregation)
    }

    static let intervals: [(String, String, Int64)] = [
        ("{interval: 00:01:00}", "", 60), ("{interval: 00:01:00}", ", interval: PT1H", 3600), ("{}", "", 300),
        ("", ", interval: 1.00:00", 86_400),
        ("{interval: 12:00:00}", ", interval: \"00:15\"", 900),
    ]

    @Test("the interval is the metric's, the defaults', or five minutes for an empty block", arguments: intervals)
    func interval(defaults: String, own: String, seconds: Int64) throws {
        let text = sample(
            defaults: "aggregation: \(defaults)\nscraping: {schedule: \"* * * * *\"}",
            metric: metric(configuration: "{metricName: CPU, aggregation: {type: Total\(own)}}"))
        #expect(try load(text).metrics.first?.descriptor.grain.seconds == seconds)
    }

    @Test("the limit's ends", arguments: [1, 10_000])
    func limits(limit: Int) throws {
        let text = metric(configuration: "{metricName: CPU, limit: \(limit), aggregation: {type: Total}}")
        #expect(try load(sample(metric: text)).metrics.first?.limit == limit)
    }

    @Test("a custom cloud, its endpoints above or below it", arguments: [false, true])
    func customCloud(endpointsFirst: Bool) throws {
        let keys = [
            "authenticationEndpoint": "http://login.localhost:1", "resourceManagerEndpoint": "https://arm.example",
            "managementEndpoint": "https://m.example", "graphEndpoint": "https://g.example",
            "storageEndpointSuffix": "storage.example", "keyVaultSuffix": "vault.example",
            "metricsQueryAudience": "http://127.0.0.1:2", "metricsClientAudience": "https://metrics.example/",
            "logAnalyticsEndpoint": "https://logs.example",
        ]
        let endpoints = "endpoints:\n" + keys.map { "  \($0): \($1)" }.sorted().joined(separator: "\n")
        let parts = endpointsFirst ? [endpoints, "cloud: Custom"] : ["cloud: Custom", endpoints]
        let azure = "tenantId: t\nsubscriptionId: s\nresourceGroupName: g\n" + parts.joined(separator: "\n")
        #expect(
            try load(sample(azure: azure)).azure.cloud
                == .custom(
                    CloudEndpoints(
                        authenticationEndpoint: "http://login.localhost:1",
                        resourceManagerEndpoint: "https://arm.example", managementEndpoint: "https://m.example",
                        graphEndpoint: "https://g.example", storageEndpointSuffix: "storage.example",
                        keyVaultSuffix: "vault.example", metricsQueryAudience: "http://127.0.0.1:2",
                        metricsClientAudience: "https://metrics.example/",
                        logAnalyticsEndpoint: "https://logs.example")))
    }

    @Test("anchors and aliases stand for what they name")
    func anchors() throws {
        let text = sample(
            defaults: "aggregation: {interval: &grain 00:15:00}\nscraping: &every {schedule: \"* * * * *\"}",
            metric: metric(
                configuration: "{metricName: CPU, aggregation: {type: Total, interval: *grain}}",
                more: "scraping: *every"))
        #expect(try load(text).metrics.first?.descriptor.grain.seconds == 900)
    }

    @Test("what cannot be scraped yet is left out, the rest stays")
    func leftOut() throws {
        let text =
            sample() + "  - name: logs\n    description: d\n    resourceType: LogAnalytics\n"
            + "    logAnalyticsConfiguration: {query: \"T | project result\"}\n    resources: [{workspaceId: w, workspaceName: n}]\n"
        let (declaration, found) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "f", environment: [:], strict: false)
        #expect(found.count == 1)
        #expect(declaration?.metrics.map(\.descriptor.name) == ["m"])
    }
}
