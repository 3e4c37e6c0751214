import MetricModel

/// The answer to one call: every asked metric of every asked resource, in the order in which they were asked.
///
/// Numbers lie in flat arrays, which nothing is copied out of: a cell is a range of series, a series a range of buckets.
public final class MetricsTable: Sendable {
    /// Who answered.
    public let host: String
    /// The answer's own `Date`, the upper bound of what it may settle; `nil` when it had none that can be read.
    public let answeredAt: Timestamp?
    /// How many resources were asked about.
    public var resourceCount: Int { rows.count }
    /// How many metrics were asked for of each.
    public let metricCount: Int

    let rows: [RowState]
    let slots: [Slot]
    let failures: [Int: MetricError]
    /// The first is empty: no unit was said.
    let units: [String]
    let spans: [Span]
    let labels: [Label]
    let columns: MetricColumns

    /// What was said about one metric of one resource.
    public enum Cell: Sendable {
        /// Nothing: neither that there is no value nor that there is one.
        case missing
        /// It was not answered although others may be.
        case failed(MetricError)
        /// These series, in no particular order: a series is known by its dimensions alone.
        case series(Range<Int>)
    }

    /// What was said about one resource.
    struct RowState: Sendable {
        var isAnswered = false
        var region: String?
    }

    /// A cell: where its series lie.
    struct Slot: Sendable {
        enum State: UInt8, Sendable { case missing, answered, failed }
        var state = State.missing
        var unit: Int32 = 0
        var firstSeries: Int32 = 0
        var seriesCount: Int32 = 0
    }

    /// A series: where its buckets and its dimensions lie.
    struct Span: Sendable {
        var firstPoint: Int32
        var pointCount: Int32
        var firstLabel: Int32
        var labelCount: Int32
    }

    init(
        host: String, answeredAt: Timestamp?, metricCount: Int, rows: [RowState], slots: [Slot],
        failures: [Int: MetricError], units: [String], spans: [Span], labels: [Label], columns: MetricColumns
    ) {
        self.host = host
        self.answeredAt = answeredAt
        self.metricCount = metricCount
        self.rows = rows
        self.slots = slots
        self.failures = failures
        self.units = units
        self.spans = spans
        self.labels = labels
        self.columns = columns
    }

    /// Whether there was anything about that resource. If not, nothing of it was read.
    public func isAnswered(resource: Int) -> Bool { rows[resource].isAnswered }

    /// Its region in lower case without spaces (`westeurope`), if it was said.
    public func region(ofResource resource: Int) -> String? { rows[resource].region }

    /// What was said about the asked metric of that number.
    public func cell(resource: Int, metric: Int) -> Cell {
        let place = place(resource, metric)
        let slot = slots[place]
        switch slot.state {
        case .missing: return .missing
        case .failed: return failures[place].map { .failed($0) } ?? .missing
        case .answered: return .series(Int(slot.firstSeries)..<Int(slot.firstSeries + slot.seriesCount))
        }
    }

    /// Azure's word (`Percent`, `BytesPerSecond`), whatever it is; empty when it was not said.
    public func unit(resource: Int, metric: Int) -> String {
        units[Int(slots[place(resource, metric)].unit)]
    }

    /// As Azure spells them, names often in lower case; empty without a filter.
    public func dimensions(ofSeries series: Int) -> [Label] {
        let span = spans[series]
        return span.labelCount == 0 ? [] : Array(labels[Int(span.firstLabel)..<Int(span.firstLabel + span.labelCount)])
    }

    /// Its buckets as Azure has sent them: usually in rising order, each once.
    public func buckets(ofSeries series: Int, _ aggregation: Aggregation) -> BucketColumn {
        let span = spans[series]
        return BucketColumn(
            columns, rows: Int(span.firstPoint)..<Int(span.firstPoint + span.pointCount), of: aggregation)
    }

    private func place(_ resource: Int, _ metric: Int) -> Int {
        precondition(metric >= 0 && metric < metricCount, "metric beyond the table")
        return resource * metricCount + metric
    }
}
