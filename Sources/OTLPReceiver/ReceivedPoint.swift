import MetricModel

/// One decoded data point of a gauge or a sum, with everything that tells its series apart.
public struct ReceivedPoint: Hashable, Sendable {
    /// Of the resource, in the order of the wire. Values that are no strings are written as text.
    public var resourceAttributes: [Label]
    public var scopeName: String
    public var scopeVersion: String
    public var metricName: String
    public var description: String
    public var unit: String
    /// `nil` for a gauge.
    public var sum: ReceivedSum?
    /// Of the point, in the order of the wire.
    public var attributes: [Label]
    public var startTime: Timestamp
    public var time: Timestamp
    /// Integers as doubles; `nil` when the point says that its series has no value from `time` on.
    public var recordedValue: Double?

    /// `false` for a gauge.
    public var isSum: Bool { sum != nil }

    /// The value, and not-a-number where none was recorded.
    public var value: Double { recordedValue ?? .nan }

    /// The value of an attribute of the point.
    public func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// The value of an attribute of the resource.
    public func resourceAttribute(_ name: String) -> String? {
        resourceAttributes.first { $0.name == name }?.value
    }
}

/// What a sum says of its points.
public struct ReceivedSum: Hashable, Sendable {
    /// `nil` when it does not say, which OTLP does not allow.
    public var temporality: MetricKind.Temporality?
    public var isMonotonic: Bool
}

/// What a receiver got since it was made.
public struct ReceivedCounters: Hashable, Sendable {
    /// Requests of every kind, refused ones included.
    public var requests = 0
    public var refusedRequests = 0
    /// Bodies, as sent.
    public var bytes = 0
    /// Points of gauges and sums, kept or not.
    public var points = 0
    /// Metrics that are neither: histograms and summaries. Their points are not read.
    public var otherMetrics = 0
    /// Points without a value and without the flag that says so.
    public var pointsWithoutValue = 0

    public init() {}
}
