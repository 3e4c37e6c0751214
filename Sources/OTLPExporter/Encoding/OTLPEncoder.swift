import Gzip
import MetricModel

/// Turns decided points into the final bytes of OTLP requests: gauges of doubles, one OTLP resource per Azure resource.
public struct OTLPEncoder: Sendable {
    private let mapping: OTLPMapping
    private let rules: AttributeRules
    private let shadowed = ShadowedLabels()

    /// An encoder for one destination.
    public init(_ mapping: OTLPMapping) {
        self.mapping = mapping
        rules = AttributeRules(mapping: mapping)
    }

    /// The requests that carry `batch`, each within the limits of the mapping, in the order of the batch.
    ///
    /// Nothing comes of metrics without points. Within one series of a metric the times rise.
    /// - Throws: ``GzipError/unavailable(code:)`` when there is no memory for the compressor; nothing was encoded then.
    public func encode(_ batch: MetricBatch) throws(GzipError) -> [EncodedBatch] {
        var builder = try MessageBuilder(mapping)
        for resource in batch.resources where resource.pointCount > 0 {
            builder.beginResource(rules.resourceAttributes(of: resource.resource))
            let labels = rules.pointLabels(of: resource.resource)
            for metric in resource.metrics where !metric.points.isEmpty {
                add(metric, labels, to: &builder)
            }
        }
        return builder.finish()
    }

    /// The labels that gave way to one of higher precedence since the last call. Each is reported once per metric.
    public func takeShadowedLabels() -> [ShadowedLabel] { shadowed.take() }

    private func add(
        _ metric: MetricPoints, _ labels: AttributeRules.PointLabels, to builder: inout MessageBuilder
    ) {
        builder.beginMetric(metric.metric, unit: metric.unit)
        var series: [MessageBuilder.Series] = []
        series.reserveCapacity(metric.series.count)
        for dimensions in metric.series {
            let attributes = rules.pointAttributes(labels, metric: metric.metric, dimensions: dimensions)
            series.append(builder.series(attributes.sorted))
            if !attributes.shadowed.isEmpty { shadowed.report(attributes.shadowed, in: metric.metric) }
        }
        let shift = mapping.pointTime == .end ? metric.metric.grain.seconds * 1_000_000_000 : 0
        for point in Self.risingInTime(metric) {
            let time = Timestamp(nanosecondsSince1970: point.bucketStart.nanosecondsSince1970 + shift)
            builder.add(point.value, of: series[point.series], start: point.bucketStart, time: time)
        }
    }

    /// The points as they are, if the times of each series rise, else sorted by time.
    private static func risingInTime(_ metric: MetricPoints) -> [Point] {
        var last = [Timestamp](repeating: Timestamp(nanosecondsSince1970: .min), count: metric.series.count)
        for point in metric.points {
            guard point.bucketStart >= last[point.series] else {
                return metric.points.sorted { ($0.bucketStart, $0.series) < ($1.bucketStart, $1.series) }
            }
            last[point.series] = point.bucketStart
        }
        return metric.points
    }
}
