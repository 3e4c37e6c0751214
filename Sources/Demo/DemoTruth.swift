import AzureSimulator
import Declaration
import MetricModel

/// What the receiver must hold in the end, from the simulator's truth and the declaration alone.
///
/// It shares nothing with the agent's own decisions: windows are computed from the documented rules (T2, T3).
struct DemoTruth {
    let simulator: AzureSimulator
    let declaration: MetricsDeclaration
    /// Azure's now when the agent started.
    let start: Timestamp

    /// All settled points, when the newest cycle of each schedule began at `lastCycles`.
    func points(lastCycles: [CronSchedule: Timestamp]) -> [PointKey: Double] {
        var points: [PointKey: Double] = [:]
        for metric in declaration.metrics {
            guard let last = lastCycles[metric.schedule] else { continue }
            for resource in metric.resources { add(metric, resource, until: last, to: &points) }
        }
        return points
    }

    private func add(
        _ metric: DeclaredMetric, _ resource: DeclaredResource, until last: Timestamp,
        to points: inout [PointKey: Double]
    ) {
        let grain = metric.descriptor.grain
        let settle = max(Duration.seconds(180), min(grain.duration, .seconds(600)))
        let birth = (start - settle).floored(to: grain) - grain.duration
        let end = (last - settle).floored(to: grain)
        let id = resource.resource.id.description
        for dimensions in series(metric, resource) {
            var bucket = birth
            while bucket < end {
                let value = simulator.truth(
                    resource: id, metric: metric.azureMetricName, dimensions: dimensions,
                    aggregation: metric.descriptor.aggregation.rawValue, grain: grain, bucketStart: bucket)
                if let value {
                    let key = PointKey(
                        metric: metric.descriptor.name, resource: resource.resource.id.canonical,
                        dimensions: labels(dimensions, of: resource), bucketEnd: bucket + grain.duration)
                    points[key] = value
                }
                bucket = bucket + grain.duration
            }
        }
    }

    /// The combinations of dimension values that Azure tells apart, as far as the filter lets them through.
    private func series(_ metric: DeclaredMetric, _ resource: DeclaredResource) -> [[String: String]] {
        let conditions = resource.filter?.conditions ?? []
        let all = simulator.seriesOf(
            resource: resource.resource.id.description, metric: metric.azureMetricName,
            splitBy: conditions.map(\.name))
        return all.filter { series in
            conditions.allSatisfy { condition in
                let value = series.first { $0.key.lowercased() == condition.name.lowercased() }?.value.lowercased()
                return condition.values.isEmpty || condition.values.contains { $0.lowercased() == value }
            }
        }
    }

    /// The dimensions that go out as labels: those asked for, under their declared or renamed name.
    private func labels(_ dimensions: [String: String], of resource: DeclaredResource) -> [Label] {
        dimensions.compactMap { name, value in
            let renamed = resource.dimensionRenames.first { $0.key.lowercased() == name.lowercased() }?.value
            let declared = resource.dimensions.first { $0.lowercased() == name.lowercased() }
            return (renamed ?? declared).map { Label($0, value) }
        }
    }
}
