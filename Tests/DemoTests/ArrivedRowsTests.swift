import Declaration
import MetricModel

import Testing

@testable import Demo
@testable import OTLPReceiver

@Suite struct ArrivedRowsTests {
    private func declaration() throws -> MetricsDeclaration {
        let text = DemoDeclaration.metrics(baseURL: "http://127.0.0.1:1", tenantID: "t", subscriptionID: "s")
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "demo", environment: [:], strict: true)
        return try #require(declaration, "\(problems)")
    }

    private func point(_ metric: String, _ resource: String, _ value: Double?, minute: Int64, entity: String)
        -> ReceivedPoint
    {
        let end = Timestamp(seconds: minute * 60)
        return ReceivedPoint(
            resourceAttributes: [Label("cloud.resource_id", resource)], scopeName: "", scopeVersion: "",
            metricName: metric, description: "", unit: "{count}", sum: nil,
            attributes: [Label("entity_name", entity), Label("team", "shop")], startTime: end - .seconds(60), time: end,
            recordedValue: value)
    }

    @Test("every declared metric-resource has a row, and what arrives fills it: late points in their place, each once")
    func rows() throws {
        let declaration = try declaration()
        var arrived = ArrivedRows(declaration)
        #expect(arrived.rows.count == declaration.metrics.reduce(0) { $0 + $1.resources.count })
        #expect(arrived.rows.allSatisfy { $0.seriesCount == 0 && $0.newestBucketEnd == nil })

        let bus = "/subscriptions/s/resourcegroups/rg-shop/providers/microsoft.servicebus/namespaces/sb-shop"
        let name = "azure_servicebus_active_messages"
        var points = [
            point(name, bus, 1, minute: 1, entity: "b"), point(name, bus, 3, minute: 3, entity: "a"),
            point(name, "/elsewhere", 9, minute: 9, entity: "a"), point("unknown", bus, 9, minute: 9, entity: "a"),
        ]
        arrived.take(points)
        points += [point(name, bus, 2, minute: 2, entity: "a"), point(name, bus, nil, minute: 5, entity: "a")]
        arrived.take(points)
        let row = try #require(arrived.rows.first { $0.metric == name && $0.resource == "sb-shop" })
        #expect(row.recent == [2, 3] && row.seriesName == "a" && row.seriesCount == 2)
        #expect(row.pointCount == 3 && row.newestBucketEnd == Timestamp(seconds: 180) && row.unit == "{count}")
        #expect(arrived.rows.filter { $0.seriesCount > 0 }.count == 1)
    }

    @Test("only the newest values of a series are kept")
    func bounded() throws {
        var arrived = ArrivedRows(try declaration())
        let machine = "/subscriptions/s/resourcegroups/rg-shop/providers/microsoft.compute/virtualmachines/vm-web-1"
        arrived.take(
            (1...40).map { point("azure_vm_cpu_percent", machine, Double($0), minute: $0, entity: "") })
        let row = try #require(arrived.rows.first { $0.seriesCount > 0 })
        #expect(row.recent == (29...40).map(Double.init) && row.pointCount == 40)
    }
}
