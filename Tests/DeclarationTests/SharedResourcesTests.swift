import Testing

@testable import Declaration

/// 300 metrics of 1,300 resources each must not keep 400,000 resources.
struct SharedResourcesTests {
    @Test(arguments: [
        "[{virtualMachineName: vm-1}, {virtualMachineName: vm-2}]", "[{virtualMachineName: vm-2}]", "*machines",
    ])
    func metricsShareResources(second: String) throws {
        let text = """
            version: v1
            azureMetadata: {tenantId: t, subscriptionId: s, resourceGroupName: g}
            metricDefaults: {scraping: {schedule: "* * * * *"}}
            metrics:
              - name: first
                description: d
                resourceType: VirtualMachine
                azureMetricConfiguration: {metricName: A, aggregation: {type: Average}}
                resources: &machines [{virtualMachineName: vm-1}, {virtualMachineName: vm-2}]
              - name: second
                description: d
                resourceType: VirtualMachine
                azureMetricConfiguration: {metricName: B, aggregation: {type: Average}}
                resources: \(second)
            """
        let (declaration, _) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "declaration", environment: [:], strict: false)
        let metrics = try #require(declaration).metrics
        #expect(metrics.count == 2)
        #expect(metrics[0].resources.map(\.resource.id.name) == ["vm-1", "vm-2"])
        for resource in metrics[1].resources {
            let same = metrics[0].resources.filter { $0.resource.id == resource.resource.id }
            #expect(same.count == 1)
            #expect(same.allSatisfy { $0.resource === resource.resource })
        }
        #expect(metrics[1].resources.last?.resource.id.name == "vm-2")
    }
}
