import MetricModel
import OTLPReceiver

/// A series at the receiver: what the declaration calls it, without labels that do not tell series apart.
package struct SeriesKey: Hashable, Sendable, CustomStringConvertible {
    /// The declared name.
    package var metric: String
    /// The resource's id in lower case.
    package var resource: String
    /// Dimension values, sorted by name.
    package var dimensions: [Label]

    package init(metric: String, resource: String, dimensions: [Label] = []) {
        self.metric = metric
        self.resource = resource
        self.dimensions = dimensions.sorted { $0.name < $1.name }
    }

    package var description: String {
        let name = resource.split(separator: "/").last.map(String.init) ?? resource
        return "\(metric){\(([name] + dimensions.map { "\($0.name)=\($0.value)" }).joined(separator: ", "))}"
    }
}

/// A bucket as it arrived.
package struct Arrival: Hashable, Sendable {
    package var value: Double
    /// How often, with this value.
    package var count: Int
    /// When it came first.
    package var at: Timestamp

    package init(value: Double, count: Int = 1, at: Timestamp) {
        self.value = value
        self.count = count
        self.at = at
    }
}

/// Everything that the receiver has stored, by series and bucket.
package struct ReceivedLedger: Sendable {
    /// By series and by the end of the bucket, in seconds.
    package private(set) var arrivals: [SeriesKey: [Int64: Arrival]] = [:]
    /// Came again with another value; the first one is kept.
    package private(set) var conflicts: [Difference] = []
    /// Points stored, repeats included.
    package private(set) var pointCount = 0
    /// Requests that held something which was here already.
    package private(set) var repeatedRequestCount = 0

    package init() {}

    /// Stores the points of one request.
    /// - Parameter dimensions: Of each declared metric, the labels that tell its series apart.
    mutating func store(_ points: [ReceivedPoint], dimensions: [String: Set<String>], at now: Timestamp) {
        let isRepeated = points.reduce(false) { isRepeated, point in
            let key = Self.key(of: point, dimensions: dimensions)
            return !store(Arrival(value: point.value, at: now), of: key, end: point.time) || isRepeated
        }
        if isRepeated { repeatedRequestCount += 1 }
    }

    /// Stores the bucket of `key` that ends at `end`.
    /// - Returns: False when it was here already.
    @discardableResult mutating func store(_ arrival: Arrival, of key: SeriesKey, end: Timestamp) -> Bool {
        pointCount += 1
        guard let known = arrivals[key]?[end.seconds] else {
            arrivals[key, default: [:]][end.seconds] = arrival
            return true
        }
        if known.value == arrival.value {
            arrivals[key]?[end.seconds]?.count += 1
        } else {
            conflicts.append(
                Difference(
                    kind: .wrong, series: key, bucketEnd: end, expected: known.value, received: arrival.value,
                    at: arrival.at, note: "it came before with the expected value"))
        }
        return false
    }

    /// Whether one of `points` is here already.
    func holdsAny(of points: [ReceivedPoint], dimensions: [String: Set<String>]) -> Bool {
        points.contains { arrivals[Self.key(of: $0, dimensions: dimensions)]?[$0.time.seconds] != nil }
    }

    private static func key(of point: ReceivedPoint, dimensions: [String: Set<String>]) -> SeriesKey {
        let names = dimensions[point.metricName] ?? []
        return SeriesKey(
            metric: point.metricName, resource: point.resourceAttribute("cloud.resource_id") ?? "",
            dimensions: names.isEmpty ? [] : point.attributes.filter { names.contains($0.name) })
    }
}
