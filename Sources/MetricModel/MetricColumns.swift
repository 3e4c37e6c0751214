/// The buckets of all series of an answer in flat arrays, which its series share.
public final class MetricColumns: Sendable {
    /// What was asked for: the columns of `values`.
    public let aggregations: AggregationSet
    @usableFromInline let times: [Int64]
    @usableFromInline let values: [Double]
    @usableFromInline let present: [UInt8]
    @usableFromInline let width: Int

    /// Columns of `times.count` buckets.
    /// - Parameters:
    ///   - times: Start of each bucket in seconds since 1970.
    ///   - values: Per bucket one value for each of `aggregations`, in the order of `Aggregation.allCases`.
    ///   - present: Per bucket the aggregations that have a value, as ``AggregationSet`` bits; the others' values count
    ///     for nothing.
    public init(aggregations: AggregationSet, times: [Int64], values: [Double], present: [UInt8]) {
        width = aggregations.rawValue.nonzeroBitCount
        precondition(present.count == times.count && values.count == times.count * width, "columns of unequal length")
        self.aggregations = aggregations
        self.times = times
        self.values = values
        self.present = present
    }

    /// The number of buckets.
    public var count: Int { times.count }
}

/// The buckets of one series under one aggregation, read in place.
public struct BucketColumn: Sendable {
    @usableFromInline let columns: MetricColumns
    @usableFromInline let first: Int
    @usableFromInline let offset: Int
    @usableFromInline let bit: UInt8
    /// The number of buckets, those without any value included.
    public let count: Int

    /// The buckets that lie in `rows` of `columns`.
    public init(_ columns: MetricColumns, rows: Range<Int>, of aggregation: Aggregation) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= columns.count, "rows beyond the columns")
        self.columns = columns
        first = rows.lowerBound
        count = rows.count
        let mask = UInt8(1) << UInt8(aggregation.index)
        bit = columns.aggregations.rawValue & mask
        offset = (columns.aggregations.rawValue & (mask - 1)).nonzeroBitCount
    }

    /// Start of the bucket at `index` (0 ..< `count`) in seconds since 1970, usually in rising order.
    @inlinable
    public func start(at index: Int) -> Int64 { columns.times[first + index] }

    /// The value of the bucket at `index` (0 ..< `count`); `nil` where Azure has none. Zero is a value.
    @inlinable
    public func value(at index: Int) -> Double? {
        let row = first + index
        return columns.present[row] & bit == 0 ? nil : columns.values[row * columns.width + offset]
    }
}
