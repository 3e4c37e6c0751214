import MetricModel

/// What one pair's part of a complete answer says.
public protocol PairAnswer {
    /// The number of time series; none is an answer as well.
    var seriesCount: Int { get }
    /// What tells the series at `index` apart, and its buckets, read in place.
    func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn)
}

/// How a point stands to what was sent before it (rule D3): a receiver that refuses old points never refuses live ones
/// with them, because kinds do not share a request.
///
/// In the order in which points that were decided together go out, so that the times of a series rise if they can.
public enum PointKind: Sendable, CaseIterable {
    /// From a time that the agent missed.
    case catchUp
    /// Newer than every point of its series before.
    case live
    /// Older than a point of its series that is on its way or delivered.
    case late
}

/// A value that is sent, once.
public struct SettledPoint: Hashable, Sendable {
    /// The series' number in the answer.
    public var series: Int
    public var kind: PointKind
    /// Start of the bucket, or of the cumulative series, in seconds since 1970.
    public var start: Int64
    /// End of the bucket in seconds since 1970.
    public var end: Int64
    /// The bucket's value, or the sum of all that were sent since `start`.
    public var value: Double
}

/// Newly decided points of one pair, and what the decision found.
public struct Settled: Sendable {
    /// Never sent before; in rising time within one series.
    public var points: [SettledPoint] = []
    /// Points that were empty until after end + overlap.
    public var lateCount = 0
    /// Buckets of live series that stayed empty until after end + overlap: they are never asked for again.
    public var absentCount = 0
    /// Points whose value Azure changed after they were sent, as far back as a look back sees.
    public var revisedCount = 0
    /// Buckets in the answer that do not begin at a multiple of the grain: Azure used another grain. Not decided.
    public var misalignedCount = 0

    /// Nothing yet. One may take up many pairs in turn: see ``removeAll()``.
    public init() {}

    /// Empties it for the next pair, and keeps its memory.
    public mutating func removeAll() {
        points.removeAll(keepingCapacity: true)
        lateCount = 0
        absentCount = 0
        revisedCount = 0
        misalignedCount = 0
    }
}
