import AzureSimulator
import Declaration
import MetricModel
import OTLPReceiver

/// Which buckets a destination has got: a bit for each minute of each series. Values are compared when they come.
struct Attendance {
    private struct Series {
        let metric: DeclaredMetric
        let resource: DeclaredResource
        var minutes: [UInt64]
    }

    private let simulator: AzureSimulator
    private let start: Timestamp
    private var series: [Series] = []
    private var positions: [String: [String: Int]] = [:]
    private(set) var pointCount = 0
    /// Buckets that came again.
    private(set) var repeatCount = 0
    /// The first values that are not the truth, or of a time that has none.
    private(set) var wrong: [String] = []
    private(set) var wrongCount = 0

    /// Minutes that are kept track of.
    private static let capacity: Int64 = 64 * 60

    /// - Parameter start: The first minute that must be there.
    init(_ declaration: MetricsDeclaration, simulator: AzureSimulator, start: Timestamp) {
        self.simulator = simulator
        self.start = start
        for metric in declaration.metrics {
            for resource in metric.resources {
                positions[metric.descriptor.name, default: [:]][resource.resource.id.canonical] = series.count
                series.append(
                    Series(
                        metric: metric, resource: resource,
                        minutes: Array(repeating: 0, count: Int(Self.capacity / 64))))
            }
        }
    }

    mutating func take(_ points: [ReceivedPoint]) {
        for point in points { take(point) }
    }

    private mutating func take(_ point: ReceivedPoint) {
        pointCount += 1
        let resource = point.resourceAttribute("cloud.resource_id") ?? ""
        guard let position = positions[point.metricName]?[resource] else {
            complain("\(point.metricName) of \(resource) is not declared")
            return
        }
        guard point.recordedValue != nil else {
            complain("\(point.metricName) of \(resource) is said to have ended, at \(point.time), but it exists")
            return
        }
        let bucket = point.time - .seconds(60)
        let expected = truth(series[position], bucket)
        if expected != point.value {
            complain(
                "\(point.metricName) of \(resource), bucket from \(bucket): received \(point.value), "
                    + "expected \(expected.map { "\($0)" } ?? "nothing")")
        }
        let minute = (bucket - start).components.seconds / 60
        guard (0..<Self.capacity).contains(minute), bucket >= start else { return }
        let bit = UInt64(1) << UInt64(minute % 64)
        if series[position].minutes[Int(minute / 64)] & bit != 0 { repeatCount += 1 }
        series[position].minutes[Int(minute / 64)] |= bit
    }

    private mutating func complain(_ text: String) {
        wrongCount += 1
        if wrong.count < 10 { wrong.append(text) }
    }

    private func truth(_ series: Series, _ bucket: Timestamp) -> Double? {
        simulator.truth(
            resource: series.resource.resource.id.description, metric: series.metric.azureMetricName,
            aggregation: series.metric.descriptor.aggregation.rawValue, grain: .oneMinute, bucketStart: bucket)
    }

    /// Buckets that end at `end` or before, have a value, and did not come.
    func missing(until end: Timestamp) -> (count: Int, first: [String]) {
        let minutes = min(Self.capacity, (end - start).components.seconds / 60)
        var count = 0
        var first: [String] = []
        for entry in series {
            for minute in 0..<max(0, minutes)
            where entry.minutes[Int(minute / 64)] & UInt64(1) << UInt64(minute % 64) == 0 {
                let bucket = start + .seconds(60 * minute)
                guard truth(entry, bucket) != nil else { continue }
                count += 1
                if first.count < 10 {
                    first.append("\(entry.metric.descriptor.name) of \(entry.resource.resource.id.name) from \(bucket)")
                }
            }
        }
        return (count, first)
    }
}
