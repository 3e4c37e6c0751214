import MetricModel
import OTLPExporter
import OTLPReceiver

/// Makes a batch of an input, and keeps what a receiver must find in it.
struct BatchMaker {
    /// A point as a receiver sees it.
    struct Wanted: Hashable {
        var resource: String
        var metric: String
        /// Value of the dimension that tells the series of a metric apart.
        var series: String?
        var start: Timestamp
        var time: Timestamp
        /// `nil` = no recorded value: the series has ended.
        var bits: UInt64?
    }

    private var reader: InputReader
    private let pointTime: OTLPMapping.PointTime
    private(set) var wanted: [Wanted: Int] = [:]

    init(reader: InputReader, pointTime: OTLPMapping.PointTime) {
        self.reader = reader
        self.pointTime = pointTime
    }

    /// Up to 4 resources of up to 4 metrics.
    mutating func batch() -> MetricBatch {
        MetricBatch(resources: (0..<reader.number(below: 5)).map { number in resource(number) })
    }

    private mutating func resource(_ number: Int) -> ResourceMetrics {
        let resource = MonitoredResource(
            id: ResourceID("/subscriptions/s/resourceGroups/g/providers/P.Q/things/r\(number)"),
            resourceType: reader.text(), instanceName: reader.text(), tenantID: reader.text(), region: reader.text())
        let metrics = (0..<reader.number(below: 5)).map { number in points(number, of: resource) }
        return ResourceMetrics(resource: resource, metrics: metrics)
    }

    private mutating func points(_ number: Int, of resource: MonitoredResource) -> MetricPoints {
        let grains = [TimeGrain.oneMinute, .fiveMinutes, .oneHour]
        let metric = MetricDescriptor(
            name: "m\(number)", description: reader.text(), aggregation: .total,
            grain: grains[reader.number(below: grains.count)], labels: [Label("d" + reader.text(), reader.text())],
            defaultLabels: [Label(reader.text(), reader.text())])
        let unit = reader.text()
        let series = (0..<1 + reader.number(below: 4)).map { number in
            [Label("series", "\(number)"), Label("x" + reader.text(), reader.text())]
        }
        let points = (0..<reader.number(below: 16)).map { _ in
            let number = reader.number(below: series.count)
            let start = Timestamp(seconds: 1 + Int64(reader.bits() % 8_000_000_000))
            let point = Point(
                series: number, start: start, end: start + metric.grain.duration,
                value: Double(bitPattern: reader.bits()))
            let wanted = Wanted(
                resource: resource.id.canonical, metric: metric.name, series: "\(point.series)", start: start,
                time: pointTime == .end ? point.end : start, bits: point.isRecorded ? point.value.bitPattern : nil)
            self.wanted[wanted, default: 0] += 1
            return point
        }
        return MetricPoints(metric: metric, unit: unit, series: series, points: points)
    }
}

extension BatchMaker.Wanted {
    /// What has arrived.
    init(_ point: ReceivedPoint) {
        self.init(
            resource: point.resourceAttribute("service.instance.id") ?? "", metric: point.metricName,
            series: point.attribute("series"), start: point.startTime, time: point.time,
            bits: point.recordedValue?.bitPattern)
    }
}
