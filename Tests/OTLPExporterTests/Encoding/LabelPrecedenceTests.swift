import MetricModel
import Testing

@testable import OTLPExporter

@Suite struct LabelPrecedenceTests {
    static let resource = makeResource(typeLabels: [Label("type", "T"), Label("queue", "T")])
    static let metric = makeMetric(
        labels: [Label("queue", "M"), Label("disk", "M"), Label("team", "M"), Label("resource_group", "M")],
        defaults: [Label("team", "D"), Label("env", "D"), Label("queue", "D")])

    private func encode(_ mapping: OTLPMapping, tenant: String = "tenant-1", _ dimensions: [Label]) throws
        -> (labels: [Label], shadowed: [ShadowedLabel])
    {
        let resource = makeResource(typeLabels: Self.resource.typeLabels, tenant: tenant)
        let encoder = OTLPEncoder(mapping)
        let batch = makeBatch(resource, Self.metric, series: [dimensions], points: makePoints(1))
        let point = try #require(try decode(encoder.encode(batch)).first)
        // A second round has nothing new to report.
        let shadowed = encoder.takeShadowedLabels()
        _ = try encoder.encode(batch)
        #expect(encoder.takeShadowedLabels().isEmpty)
        return (point.attributes, shadowed)
    }

    @Test("resource layout: type, dimensions, metric, defaults, in this precedence")
    func resourceLayout() throws {
        let (labels, shadowed) = try encode(OTLPMapping(), [Label("disk", "X"), Label("type", "X")])
        #expect(
            labels == [
                Label("disk", "X"), Label("env", "D"), Label("queue", "T"), Label("resource_group", "M"),
                Label("team", "M"), Label("type", "T"),
            ])
        #expect(Set(shadowed.map(\.label)) == ["type", "queue", "disk"])
        #expect(shadowed.allSatisfy { $0.metric == "azure_vm_cpu" })
    }

    @Test("flat layout: Promitor's labels on the points, only service.* on the resource")
    func flatLayout() throws {
        let (labels, shadowed) = try encode(OTLPMapping(layout: .flat), [Label("instance_name", "X")])
        let uri = "subscriptions/SUB-1/resourceGroups/RG-Prod/providers/Microsoft.Compute/virtualMachines/vm-1"
        #expect(
            labels == [
                Label("disk", "M"), Label("env", "D"), Label("instance_name", "vm-1"), Label("queue", "T"),
                Label("resource_group", "RG-Prod"), Label("resource_uri", uri), Label("subscription_id", "SUB-1"),
                Label("team", "M"), Label("tenant_id", "tenant-1"), Label("type", "T"),
            ])
        #expect(Set(shadowed.map(\.label)) == ["instance_name", "queue", "resource_group"])
        let encoded = try OTLPEncoder(OTLPMapping(layout: .flat)).encode(makeBatch(points: makePoints(1)))
        let names = try decode(encoded).first?.resourceAttributes.map(\.name)
        #expect(names == ["service.instance.id", "service.name", "service.namespace"])
    }

    @Test("a label of one's own beats tenant_id, without a word")
    func tenant() throws {
        let (labels, shadowed) = try encode(OTLPMapping(layout: .flat), [Label("tenant_id", "mine")])
        #expect(labels.contains(Label("tenant_id", "mine")))
        #expect(!shadowed.contains { $0.label == "tenant_id" })
        let without = try encode(OTLPMapping(layout: .flat), tenant: "", [])
        #expect(!without.labels.contains { $0.name == "tenant_id" })
    }

    @Test("extra attributes stand on the resource, or on the points where the layout is flat")
    func extraAttributes() throws {
        let extra = [Label("deployment", "blue"), Label("cloud.provider", "other"), Label("env", "other")]
        let resource = OTLPEncoder(OTLPMapping(extraAttributes: extra))
        let batch = makeBatch(metricWithEnv, points: makePoints(1))
        let point = try #require(try decode(resource.encode(batch)).first)
        #expect(point.resourceAttribute("deployment") == "blue")
        #expect(point.resourceAttribute("cloud.provider") == "azure")
        let flat = OTLPEncoder(OTLPMapping(layout: .flat, extraAttributes: extra))
        let flatPoint = try #require(try decode(flat.encode(batch)).first)
        #expect(flatPoint.attribute("deployment") == "blue")
        #expect(flatPoint.attribute("env") == "mine")
        #expect(flatPoint.resourceAttribute("deployment") == nil)
    }

    private var metricWithEnv: MetricDescriptor { makeMetric(labels: [Label("env", "mine")]) }

    @Test("service name and namespace are what the settings say")
    func service() throws {
        let mapping = OTLPMapping(serviceName: "shop", serviceNamespace: "team")
        let point = try #require(try decode(OTLPEncoder(mapping).encode(makeBatch(points: makePoints(1)))).first)
        #expect(point.resourceAttribute("service.name") == "shop")
        #expect(point.resourceAttribute("service.namespace") == "team")
    }

    @Test("what is not known is left out")
    func unknown() throws {
        let odd = MonitoredResource(id: ResourceID("odd"), resourceType: "Generic", instanceName: "", tenantID: "")
        let point = try #require(
            try decode(OTLPEncoder(OTLPMapping()).encode(makeBatch(odd, points: makePoints(1)))).first)
        #expect(
            point.resourceAttributes == [
                Label("cloud.provider", "azure"), Label("cloud.resource_id", "/odd"),
                Label("service.instance.id", "/odd"), Label("service.name", "azure"),
                Label("service.namespace", "azure"),
            ])
    }
}

private func makeBatch(_ metric: MetricDescriptor, points: [Point]) -> MetricBatch {
    makeBatch(makeResource(), metric, points: points)
}
