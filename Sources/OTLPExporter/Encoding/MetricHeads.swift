import MetricModel

/// What the messages of a metric have in common, encoded once for all resources of a batch.
struct MetricHeads: ~Copyable {
    struct Head {
        let metric: MetricDescriptor
        let unit: String
        /// Name, description and unit, in the bytes of ``MetricHeads``.
        let names: Range<Int>
        /// The field of the oneof `data`: gauge or sum.
        let dataTag: UInt8
        /// What follows a sum's points: temporality and monotonicity.
        let ending: Range<Int>
        /// The attributes of a series that has nothing but the metric's own labels, once they are known.
        fileprivate(set) var attributes: SeriesAttributes?

        /// What a metric message takes, and its tag and length, without points.
        var bytes: Int { names.count + ending.count + 2 + 2 * MessageBuilder.lengthGrowth }
    }

    private struct Key: Hashable {
        let metric: ObjectIdentifier
        let unit: String
    }

    private var buffer = WireBuffer(capacity: 4 << 10)
    private var heads: [Head] = []
    private var positions: [Key: Int] = [:]
    /// Where the next metric probably stands: resources of a batch have the same metrics in the same order.
    private var next = 0

    subscript(range: Range<Int>) -> UnsafeRawBufferPointer { buffer[range] }
    subscript(position: Int) -> Head { heads[position] }

    /// The position of the head of `metric` with Azure's word for its unit.
    mutating func position(of metric: MetricDescriptor, unit: String) -> Int {
        if next < heads.count, heads[next].metric === metric, heads[next].unit == unit {
            defer { next = next + 1 == heads.count ? 0 : next + 1 }
            return next
        }
        let key = Key(metric: ObjectIdentifier(metric), unit: unit)
        let position = positions[key] ?? add(metric, unit: unit)
        positions[key] = position
        next = position + 1 == heads.count ? 0 : position + 1
        return position
    }

    /// Keeps what the labels of the metric at `position` alone make of a series.
    mutating func setAttributes(_ labels: [Label], ofMetric position: Int) -> SeriesAttributes {
        let start = buffer.count
        buffer.appendAttributes(WireTag.pointAttributes, labels)
        let attributes = SeriesAttributes(place: .metrics, range: start..<buffer.count)
        heads[position].attributes = attributes
        return attributes
    }

    private mutating func add(_ metric: MetricDescriptor, unit: String) -> Int {
        let start = buffer.count
        buffer.appendText(WireTag.name, metric.name)
        buffer.appendText(WireTag.description, metric.description)
        buffer.appendText(WireTag.unit, UCUM.unit(azure: unit))
        let names = start..<buffer.count
        var dataTag = WireTag.gauge
        if case .sum(let temporality, let isMonotonic) = metric.kind {
            dataTag = WireTag.sum
            buffer.append(WireTag.temporality)
            buffer.appendVarint(temporality == .delta ? Self.delta : Self.cumulative)
            if isMonotonic {
                buffer.append(WireTag.isMonotonic)
                buffer.appendVarint(1)
            }
        }
        heads.append(
            Head(
                metric: metric, unit: unit, names: names, dataTag: dataTag, ending: names.upperBound..<buffer.count,
                attributes: nil))
        return heads.count - 1
    }

    // AggregationTemporality
    private static let delta = 1
    private static let cumulative = 2
}

/// Where the encoded attributes of a series lie.
struct SeriesAttributes {
    enum Place {
        /// Those of ``MetricHeads``.
        case metrics
        /// Those of ``MessageBuilder``, until the next resource begins.
        case resource
    }

    let place: Place
    let range: Range<Int>
}
