import Declaration
import MetricModel
import OTLPReceiver

/// What has arrived, by declared metric and resource. Takes points as they come, in any order.
struct ArrivedRows {
    private struct Key: Hashable {
        var metric: String
        var resource: String
    }

    private struct Series {
        /// The newest values, oldest first.
        var recent: [(time: Timestamp, value: Double)] = []

        mutating func add(_ value: Double, at time: Timestamp) {
            let position = recent.firstIndex { $0.time > time } ?? recent.endIndex
            recent.insert((time, value), at: position)
            if recent.count > ArrivedRows.recentCount { recent.removeFirst() }
        }
    }

    private struct Entry {
        let resource: String
        let metric: String
        let dimensions: Set<String>
        var unit = ""
        var pointCount = 0
        var newest: Timestamp?
        var series: [String: Series] = [:]
    }

    /// Values of a series that are kept.
    static let recentCount = 12

    private var entries: [Entry] = []
    private var positions: [Key: Int] = [:]
    private var taken = 0

    /// A row for everything that is declared.
    init(_ declaration: MetricsDeclaration) {
        for metric in declaration.metrics {
            for resource in metric.resources {
                let key = Key(metric: metric.descriptor.name, resource: resource.resource.id.canonical)
                guard positions[key] == nil else { continue }
                positions[key] = entries.count
                entries.append(
                    Entry(
                        resource: resource.resource.id.name, metric: metric.descriptor.name,
                        dimensions: Set(resource.dimensionLabels)))
            }
        }
    }

    /// Takes those of `points` that it has not seen: all that the receiver got since it was made.
    mutating func take(_ points: [ReceivedPoint]) {
        for point in points[taken...] { take(point) }
        taken = points.count
    }

    private mutating func take(_ point: ReceivedPoint) {
        let key = Key(metric: point.metricName, resource: point.resourceAttribute("cloud.resource_id") ?? "")
        guard let position = positions[key], let value = point.recordedValue else { return }
        let dimensions = entries[position].dimensions
        let name = point.attributes.filter { dimensions.contains($0.name) }.map(\.value).joined(separator: ", ")
        entries[position].unit = point.unit
        entries[position].pointCount += 1
        entries[position].newest = max(entries[position].newest ?? point.time, point.time)
        entries[position].series[name, default: Series()].add(value, at: point.time)
    }

    /// How things stand, in the order of the declaration.
    var rows: [DemoFrame.Row] {
        entries.map { entry in
            let first = entry.series.min { $0.key < $1.key }
            return DemoFrame.Row(
                resource: entry.resource, metric: entry.metric, unit: entry.unit, seriesCount: entry.series.count,
                recent: first?.value.recent.map(\.value) ?? [], seriesName: first?.key ?? "",
                newestBucketEnd: entry.newest, pointCount: entry.pointCount)
        }
    }
}

extension DeclaredResource {
    /// The labels that tell its series apart.
    var dimensionLabels: [String] {
        dimensions.map { dimension in
            dimensionRenames.first { $0.key.lowercased() == dimension.lowercased() }?.value ?? dimension
        }
    }
}
