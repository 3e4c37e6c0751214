import MetricModel

/// One call as it reached the simulator.
public struct JournalEntry: Sendable {
    /// When it came, by the simulator's clock.
    public var time: Timestamp
    /// The operation: `token`, `metrics`, `metricNamespaces`, `metricDefinitions`, or `none` when there is no such one.
    public var route: String
    public var method: String
    /// As received, still encoded.
    public var path: String
    /// As received, still encoded.
    public var query: String
    /// What was answered.
    public var status: Int
    /// Of the request, without `Authorization`.
    public var headers: [(name: String, value: String)]
}

/// The last `capacity` elements of a sequence without end.
struct Ring<Element: Sendable>: Sendable {
    private let capacity: Int
    private var storage: [Element] = []
    private var oldest = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    /// Adds `element`, in the place of the oldest when the ring is full.
    mutating func append(_ element: Element) {
        if storage.count < capacity {
            storage.append(element)
        } else if capacity > 0 {
            storage[oldest] = element
            oldest = (oldest + 1) % capacity
        }
    }

    /// Oldest first.
    var elements: [Element] { Array(storage[oldest...] + storage[..<oldest]) }
}
