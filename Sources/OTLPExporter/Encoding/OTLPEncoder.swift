import Gzip
import MetricModel

/// Turns decided points into the final bytes of OTLP requests: gauges and sums of doubles, one OTLP resource per Azure
/// resource.
public struct OTLPEncoder: Sendable {
    private let mapping: OTLPMapping
    private let resourceAttributes: ResourceAttributes
    private let rules: AttributeRules
    private let shadowed = ShadowedLabels()

    /// An encoder for one destination.
    public init(_ mapping: OTLPMapping) {
        self.mapping = mapping
        resourceAttributes = ResourceAttributes(mapping)
        rules = AttributeRules(mapping: mapping)
    }

    /// The requests that carry `batch`, each within the limits of the mapping, in the order of the batch.
    ///
    /// Nothing comes of metrics without points. Within one series of a metric the times rise.
    /// - Throws: ``GzipError/unavailable(code:)`` when there is no memory for the compressor; nothing was encoded then.
    public func encode(_ batch: MetricBatch) throws(GzipError) -> [EncodedBatch] {
        var builder = try MessageBuilder(mapping, resourceAttributes)
        for resource in 0..<batch.resourceCount {
            builder.begin(batch.resource(at: resource))
            var labels = ResourceLabels(common: rules.pointLabels(of: batch.resource(at: resource)))
            for metric in batch.metrics(ofResource: resource) where !batch.points(ofMetric: metric).isEmpty {
                builder.begin(batch.metric(at: metric), unit: batch.unit(at: metric))
                add(metric, of: batch, &labels, to: &builder)
            }
        }
        return builder.finish()
    }

    /// The labels that gave way to one of higher precedence since the last call. Each is reported once per metric.
    public func takeShadowedLabels() -> [ShadowedLabel] { shadowed.take() }

    private func add(
        _ position: Int, of batch: MetricBatch, _ labels: inout ResourceLabels, to builder: inout MessageBuilder
    ) {
        let metric = batch.metric(at: position)
        let series = batch.series(ofMetric: position)
        let points = batch.points[batch.points(ofMetric: position)]
        let shift = mapping.pointTime == .start ? metric.grain.seconds * 1_000_000_000 : 0
        if series.count == 1, let only = series.first {
            let attributes = attributes(of: metric, only, &labels, in: &builder)
            Self.add(Self.risingInTime(points, seriesCount: 1), shift: shift, to: &builder) { _ in attributes }
        } else {
            let attributes = series.map { self.attributes(of: metric, $0, &labels, in: &builder) }
            let points = Self.risingInTime(points, seriesCount: series.count)
            Self.add(points, shift: shift, to: &builder) { attributes[$0] }
        }
    }

    private static func add(
        _ points: ArraySlice<Point>, shift: Int64, to builder: inout MessageBuilder,
        attributes: (_ series: Int) -> SeriesAttributes
    ) {
        for point in points {
            let time = Timestamp(nanosecondsSince1970: point.end.nanosecondsSince1970 - shift)
            builder.add(
                point.isRecorded ? point.value : nil, attributes: attributes(point.series), start: point.start,
                time: time)
        }
    }

    /// What the points of a resource carry, and what became of it for the last metric without dimensions: its neighbours
    /// mostly have the same labels.
    private struct ResourceLabels {
        struct Last {
            let labels: [Label]
            let defaultLabels: [Label]
            let attributes: SeriesAttributes
            let shadowed: [Label]
        }

        let common: AttributeRules.PointLabels
        var last: Last?
    }

    private func attributes(
        of metric: MetricDescriptor, _ dimensions: [Label], _ labels: inout ResourceLabels,
        in builder: inout MessageBuilder
    ) -> SeriesAttributes {
        let isOfMetricAlone = dimensions.isEmpty && labels.common.isEmpty
        if isOfMetricAlone, let known = builder.metricAttributes { return known }
        if dimensions.isEmpty, let last = labels.last, last.labels == metric.labels,
            last.defaultLabels == metric.defaultLabels
        {
            if !last.shadowed.isEmpty { shadowed.report(last.shadowed, in: metric) }
            return last.attributes
        }
        let (sorted, shadowed) = rules.pointAttributes(labels.common, metric: metric, dimensions: dimensions)
        if !shadowed.isEmpty { self.shadowed.report(shadowed, in: metric) }
        if isOfMetricAlone { return builder.setMetricAttributes(sorted) }
        let attributes = builder.attributes(sorted)
        if dimensions.isEmpty {
            labels.last = ResourceLabels.Last(
                labels: metric.labels, defaultLabels: metric.defaultLabels, attributes: attributes, shadowed: shadowed)
        }
        return attributes
    }

    /// The points as they are, if the times of each series rise, else sorted by time.
    private static func risingInTime(_ points: ArraySlice<Point>, seriesCount: Int) -> ArraySlice<Point> {
        guard points.count > 1 else { return points }
        var last = [Timestamp](repeating: Timestamp(nanosecondsSince1970: .min), count: seriesCount)
        for point in points {
            guard point.end >= last[point.series] else {
                return points.sorted { ($0.end, $0.series) < ($1.end, $1.series) }[...]
            }
            last[point.series] = point.end
        }
        return points
    }
}
