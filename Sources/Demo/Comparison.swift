import MetricModel

/// Names one bucket of one series at the receiver.
public struct PointKey: Hashable, Sendable, CustomStringConvertible {
    /// The declared metric name.
    public var metric: String
    /// The resource's id in lower case.
    public var resource: String
    /// The dimension values, sorted by name.
    public var dimensions: [Label]
    /// The time of the point: the end of its bucket.
    public var bucketEnd: Timestamp

    /// The point of `metric` of `resource` at `bucketEnd`.
    public init(metric: String, resource: String, dimensions: [Label], bucketEnd: Timestamp) {
        self.metric = metric
        self.resource = resource
        self.dimensions = dimensions.sorted { $0.name < $1.name }
        self.bucketEnd = bucketEnd
    }

    public var description: String {
        let labels = dimensions.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        let name = resource.split(separator: "/").last.map(String.init) ?? resource
        return "\(metric){\(name)\(labels.isEmpty ? "" : ",")\(labels)} at \(bucketEnd)"
    }
}

/// What a receiver holds, held against the truth.
public struct Comparison: Sendable {
    /// Points that are there once, with the right value.
    public private(set) var correctCount = 0
    /// In the truth, not at the receiver.
    public private(set) var missing: [PointKey] = []
    /// At the receiver with another value than the truth.
    public private(set) var wrong: [PointKey] = []
    /// More than once at the receiver, the same value or not.
    public private(set) var doubled: [PointKey] = []
    /// At the receiver, not in the truth: invented, or sent before it was settled.
    public private(set) var unexpected: [PointKey] = []

    /// True when every point is there exactly once with the right value, and nothing else.
    public var isExact: Bool { missing.isEmpty && wrong.isEmpty && doubled.isEmpty && unexpected.isEmpty }

    /// Compares all of `received` with all of `truth`.
    public init(truth: [PointKey: Double], received: [(key: PointKey, value: Double)]) {
        var seen: [PointKey: Double] = [:]
        for point in received {
            guard seen.updateValue(point.value, forKey: point.key) == nil else {
                doubled.append(point.key)
                continue
            }
            guard let value = truth[point.key] else {
                unexpected.append(point.key)
                continue
            }
            if value == point.value { correctCount += 1 } else { wrong.append(point.key) }
        }
        missing = truth.keys.filter { seen[$0] == nil }
    }
}
