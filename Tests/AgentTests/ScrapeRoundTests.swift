import AzureMonitor
import MetricModel
import Testing

@testable import Agent
@testable import Settlement

@Suite struct ScrapeRoundTests {
    private let metric = MetricDescriptor(name: "m", description: "", aggregation: .average, grain: .oneMinute)
    private let reading = CellReading(
        table: MetricsTable(host: "", answeredAt: nil, aggregations: [], metricCount: 1, resources: []), series: 0..<0,
        aggregation: .average, labels: [:])

    private func resource(_ name: String) -> MonitoredResource {
        MonitoredResource(id: ResourceID(name), resourceType: "", instanceName: "", tenantID: "")
    }

    private func point(_ kind: PointKind, _ value: Double) -> SettledPoint {
        SettledPoint(series: 0, kind: kind, start: 60, end: 120, value: value)
    }

    @Test("pairs of one resource in a row stand together, by kind, and each kind begins with its resource")
    func together() {
        var round = ScrapeRound([], plannedAt: Timestamp(seconds: 0), strips: 1)
        let (first, second) = (resource("/first"), resource("/second"))
        let pairs: [(resource: MonitoredResource, kinds: [PointKind])] = [
            (first, [.live]), (first, [.live]), (second, [.late]), (second, [.late, .live]), (first, [.live]),
        ]
        for (number, pair) in pairs.enumerated() {
            round.add(
                pair.kinds.map { point($0, Double(number)) }, of: reading, view: 0, metric: metric, unit: "",
                resource: pair.resource)
        }
        #expect(round.pointCount == 6)
        func names(_ batch: MetricBatch?) -> [String] {
            batch?.resources.map { "\($0.resource.id) \($0.metrics.flatMap(\.points).map(\.value))" } ?? []
        }
        let batches = round.takeDecided().batches[0]
        #expect(names(batches?[.live]) == ["/first [0.0, 1.0]", "/second [3.0]", "/first [4.0]"])
        #expect(names(batches?[.late]) == ["/second [2.0, 3.0]"])
        #expect(round.takeDecided().batches.isEmpty)
    }
}
