import MetricModel

/// What Azure answered for one metric of one resource, read in place.
public protocol PairAnswer {
    /// The number of time series.
    var seriesCount: Int { get }
    /// The dimension values that tell `series` apart, in any order; empty without dimensions.
    func dimensions(ofSeries series: Int) -> [Label]
    /// The number of buckets of `series`, with and without a value.
    func bucketCount(ofSeries series: Int) -> Int
    /// The start of a bucket, and its value; `nil` where Azure has none. Zero is a value.
    func bucket(_ index: Int, ofSeries series: Int) -> (start: Timestamp, value: Double?)
}

/// Newly decided points of one pair, and what the decision found.
public struct Settled: Sendable {
    /// The dimension values of each series that has points.
    public var series: [[Label]] = []
    /// Never sent before; in rising time within one series.
    public var points: [Point] = []
    /// Points that were empty until after end + overlap.
    public var lateCount = 0
    /// Buckets in the answer that do not begin at a multiple of the grain: Azure used another grain. Not decided.
    public var misalignedCount = 0
}
