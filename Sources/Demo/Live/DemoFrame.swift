import MetricModel

/// How a demo stands after one of its minutes. Counts are since its start unless they say otherwise.
public struct DemoFrame: Sendable {
    /// One declared metric of one resource, as the receiver has it.
    public struct Row: Sendable {
        /// The last part of the resource's id.
        public var resource: String
        /// The declared name.
        public var metric: String
        /// UCUM, as pushed; empty without one.
        public var unit: String
        /// Series that have arrived; 0 when Azure had nothing so far.
        public var seriesCount: Int
        /// Values of one of the series, oldest first: of the first in the order of its dimension values.
        public var recent: [Double]
        /// Its dimension values; empty when there is nothing to tell apart.
        public var seriesName: String
        /// End of the newest bucket of any series.
        public var newestBucketEnd: Timestamp?
        /// Points of all series.
        public var pointCount: Int
    }

    /// Simulated time.
    public var time: Timestamp
    /// Minutes done.
    public var minute: Int
    /// Metric-resources that this minute asked for.
    public var pairCount: Int
    /// Metrics calls of this minute.
    public var callCount: Int
    /// Points of this minute.
    public var newPointCount: Int
    /// Metric-resources that failed in this minute.
    public var failureCount: Int
    /// Metrics calls.
    public var totalCallCount: Int
    /// Points that the receiver holds.
    public var pointCount: Int
    /// Requests to the receiver.
    public var pushCount: Int
    /// Their bodies, compressed.
    public var byteCount: Int
    /// In the order of the declaration.
    public var rows: [Row]

    /// The frame as one line, for where nothing can be drawn.
    public var line: String {
        "\(clockTime)  scraped \(pairCount) metric-resources in \(callCount) calls"
            + "  settled and pushed \(newPointCount) points  received \(pointCount), \(byteCount) bytes"
            + (failureCount == 0 ? "" : "  FAILED \(failureCount)")
    }

    /// `14:05`.
    public var clockTime: String { String(time.description.dropFirst(11).prefix(5)) }
}
