import Gzip
import HTTPServer
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

/// 2031-02-03T04:00:00Z.
let start = Timestamp(seconds: 1_927_857_600)

func makeResource(
    name: String = "vm-1", typeLabels: [Label] = [], tenant: String = "tenant-1", region: String? = "westeurope"
) -> MonitoredResource {
    MonitoredResource(
        id: ResourceID(
            "/subscriptions/SUB-1/resourceGroups/RG-Prod/providers/Microsoft.Compute/virtualMachines/\(name)"),
        resourceType: "VirtualMachine", instanceName: name, tenantID: tenant, typeLabels: typeLabels, region: region)
}

func makeMetric(
    _ name: String = "azure_vm_cpu", grain: TimeGrain = .oneMinute, kind: MetricKind = .gauge, labels: [Label] = [],
    defaults: [Label] = []
) -> MetricDescriptor {
    MetricDescriptor(
        name: name, description: "What \(name) is", aggregation: .average, grain: grain, kind: kind, labels: labels,
        defaultLabels: defaults)
}

/// `count` points of one series, a minute apart, with the values 0, 1, 2, …
func makePoints(_ count: Int, series: Int = 0, from first: Timestamp = start) -> [Point] {
    (0..<count).map { makePoint(Double($0), series: series, at: first + .seconds($0 * 60)) }
}

/// The value of one bucket, by default of a minute.
func makePoint(
    _ value: Double, series: Int = 0, at bucket: Timestamp = start, grain: TimeGrain = .oneMinute
) -> Point {
    Point(series: series, start: bucket, end: bucket + grain.duration, value: value)
}

func makeBatch(
    _ resource: MonitoredResource = makeResource(), _ metric: MetricDescriptor = makeMetric(), unit: String = "Percent",
    series: [[Label]] = [[]], points: [Point]
) -> MetricBatch {
    let metric = MetricPoints(metric: metric, unit: unit, series: series, points: points)
    return MetricBatch(resources: [ResourceMetrics(resource: resource, metrics: [metric])])
}

/// What a receiver makes of encoded requests.
func decode(_ batches: [EncodedBatch]) throws -> [ReceivedPoint] {
    try batches.flatMap { batch in
        let body = batch.isCompressed ? try Gzip.decompress(batch.body, limit: 64 << 20) : batch.body
        #expect(body.count == batch.uncompressedBytes)
        let points = try MetricsDecoder.decode(body).points
        #expect(points.count == batch.pointCount)
        #expect(points.map(\.time).min() == batch.oldest)
        #expect(points.map(\.time).max() == batch.newest)
        return points
    }
}

/// A row whose content does not matter.
func makeRow(_ points: Int = 1, bytes: [UInt8] = [1], oldest: Timestamp = start) -> EncodedBatch {
    EncodedBatch(
        body: bytes, isCompressed: true, pointCount: points, uncompressedBytes: 100, oldest: oldest,
        newest: oldest + .seconds(60))
}
