import MetricModel

/// What Azure answered about metrics of one resource. Never a part of an answer.
public struct MetricsAnswer: Sendable {
    /// The resource's region in lower case without spaces (`westeurope`), if it was said.
    public var region: String?
    /// The answer's own `Date`, the upper bound of what it may settle; `nil` when it had none that can be read.
    public var answeredAt: Timestamp?
    /// Who answered.
    public var host: String
    /// The width of the buckets, if it was said.
    public var grain: TimeGrain?
    /// In Azure's order. A metric that was asked and is not here was not answered.
    public var metrics: [MetricAnswer] {
        didSet { positions = Self.positions(of: metrics) }
    }
    /// Where in `metrics` a name in lower case stands first.
    private var positions: [String: Int]

    /// An answer with these metrics.
    public init(
        region: String? = nil, answeredAt: Timestamp? = nil, host: String, grain: TimeGrain? = nil,
        metrics: [MetricAnswer]
    ) {
        self.region = region
        self.answeredAt = answeredAt
        self.host = host
        self.grain = grain
        self.metrics = metrics
        positions = Self.positions(of: metrics)
    }

    /// The answer about the metric of that name, ignoring case, as Azure does.
    public func metric(named name: String) -> MetricAnswer? {
        positions[name.lowercased()].map { metrics[$0] }
    }

    private static func positions(of metrics: [MetricAnswer]) -> [String: Int] {
        Dictionary(metrics.enumerated().map { ($1.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// What was answered about one metric.
public struct MetricAnswer: Sendable {
    /// As Azure spells it.
    public var name: String
    /// Azure's word (`Percent`, `BytesPerSecond`); empty when it was not said.
    public var unit: String
    /// Why this metric was not answered although the others may be; then it has no series.
    public var error: MetricError?
    /// In no particular order: a series is known by its dimensions alone.
    public var series: [SeriesAnswer]

    /// An answer about the metric `name`.
    public init(name: String, unit: String = "", error: MetricError? = nil, series: [SeriesAnswer] = []) {
        self.name = name
        self.unit = unit
        self.error = error
        self.series = series
    }
}

/// A metric's own failure inside an answer with status 200.
public struct MetricError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Azure's word: `InvalidSamplingType`.
    public var code: String
    /// Azure's text; may be empty.
    public var message: String

    /// A failure with Azure's code and text.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message.isEmpty ? code : "\(code): \(message)" }
}

/// The buckets of one series.
public struct SeriesAnswer: Sendable {
    /// As Azure spells them, names often in lower case; empty without a filter.
    public var dimensions: [Label]
    private let columns: MetricColumns
    private let points: Range<Int>

    /// The series that lies in `points` of `columns`.
    public init(dimensions: [Label], columns: MetricColumns, points: Range<Int>) {
        precondition(points.lowerBound >= 0 && points.upperBound <= columns.count, "points beyond the columns")
        self.dimensions = dimensions
        self.columns = columns
        self.points = points
    }

    /// The number of buckets, those without any value included.
    public var count: Int { points.count }

    /// Start of the bucket at `index` (0 ..< `count`), usually in rising order.
    public func bucketStart(at index: Int) -> Timestamp {
        Timestamp(seconds: columns.times[row(index)])
    }

    /// The value of `aggregation` in the bucket at `index` (0 ..< `count`); `nil` when Azure has none.
    public func value(of aggregation: Aggregation, at index: Int) -> Double? {
        columns.value(of: aggregation, row: row(index))
    }

    private func row(_ index: Int) -> Int {
        precondition(index >= 0 && index < points.count, "bucket beyond the series")
        return points.lowerBound + index
    }
}

/// The buckets of all series of an answer in flat arrays, which its series share.
public final class MetricColumns: Sendable {
    /// What was asked for: the columns of `values`.
    public let aggregations: AggregationSet
    /// Start of each bucket in seconds since 1970.
    let times: [Int64]
    /// For each bucket one value per asked aggregation.
    let values: [Double]
    /// For each bucket which aggregations have a value, as ``AggregationSet`` bits.
    let present: [UInt8]
    private let width: Int

    /// Columns of `times.count` buckets.
    /// - Parameters:
    ///   - values: Per bucket one value for each of `aggregations`, in the order of `Aggregation.allCases`.
    ///   - present: Per bucket the aggregations that have a value; the others' values count for nothing.
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

    func value(of aggregation: Aggregation, row: Int) -> Double? {
        let bit = UInt8(1) << UInt8(aggregation.index)
        guard aggregations.rawValue & present[row] & bit != 0 else { return nil }
        return values[row * width + (aggregations.rawValue & (bit - 1)).nonzeroBitCount]
    }
}
