import MetricModel

/// Where the parts of an `ExportMetricsServiceRequest` lie in its bytes.
struct RequestLayout {
    /// One `Metric` of one resource: what is not divided any further.
    struct Metric {
        let whole: Range<Int>
        var points = 0
        /// Of its points' times.
        var oldest = Timestamp(nanosecondsSince1970: .max)
        var newest = Timestamp(nanosecondsSince1970: .min)
    }

    /// A piece of a `ResourceMetrics` or `ScopeMetrics`, in the order of the wire.
    enum Piece<Child> {
        /// The same in each part: the resource, the scope, the URL of the schema.
        case common(Range<Int>)
        case child(Child)
    }

    typealias Scope = [Piece<Metric>]

    struct Resource {
        let whole: Range<Int>
        let pieces: [Piece<Scope>]
        let metricCount: Int
    }

    let resources: [Resource]

    /// Every metric, in the order of the wire.
    var metrics: [Metric] {
        resources.flatMap(\.pieces).flatMap { $0.child ?? [] }.compactMap(\.child)
    }

    // Field numbers of opentelemetry-proto's metrics.proto and metrics_service.proto.
    static let resourceMetrics: UInt64 = 1
    static let scopeMetrics: UInt64 = 2
    private static let metricsOfScope: UInt64 = 2
    /// Gauge, sum, histogram, exponential histogram, summary: `data_points` is 1 in all, and a point's time is 3.
    private static let kinds: Set<UInt64> = [5, 7, 9, 10, 11]
    private static let dataPoints: UInt64 = 1
    private static let time: UInt64 = 3

    /// Reads the layout of the request in `reader`.
    init(_ reader: WireReader) throws(WireDamage) {
        var resources: [Resource] = []
        for field in try reader.messages(Self.resourceMetrics, in: reader.bytes.indices) {
            var pieces: [Piece<Scope>] = []
            var count = 0
            for piece in try reader.fields(in: field.content) {
                if piece.number == Self.scopeMetrics, piece.isLengthDelimited {
                    let scope = try Self.scope(piece, reader)
                    count += scope.count { $0.child != nil }
                    pieces.append(.child(scope))
                } else {
                    pieces.append(.common(piece.whole))
                }
            }
            resources.append(Resource(whole: field.whole, pieces: pieces, metricCount: count))
        }
        self.resources = resources
    }

    private static func scope(_ field: WireField, _ reader: WireReader) throws(WireDamage) -> Scope {
        var pieces: Scope = []
        for piece in try reader.fields(in: field.content) {
            let isMetric = piece.number == metricsOfScope && piece.isLengthDelimited
            pieces.append(isMetric ? .child(try metric(piece, reader)) : .common(piece.whole))
        }
        return pieces
    }

    private static func metric(_ field: WireField, _ reader: WireReader) throws(WireDamage) -> Metric {
        var metric = Metric(whole: field.whole)
        for data in try reader.fields(in: field.content) where kinds.contains(data.number) && data.isLengthDelimited {
            for point in try reader.messages(dataPoints, in: data.content) {
                metric.points += 1
                for part in try reader.fields(in: point.content) where part.number == time {
                    guard let nanoseconds = reader.fixed64(part) else { throw WireDamage() }
                    let time = Timestamp(nanosecondsSince1970: Int64(clamping: nanoseconds))
                    metric.oldest = min(metric.oldest, time)
                    metric.newest = max(metric.newest, time)
                }
            }
        }
        return metric
    }
}

extension RequestLayout.Piece {
    var child: Child? {
        if case .child(let child) = self { child } else { nil }
    }
}
