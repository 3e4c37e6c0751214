import CSimdJSON
import HTTPTransport
import MetricModel

/// What a table is asked for.
struct TableQuestion: Sendable {
    var resources: [ResourceID]
    var metricNames: [String]
    var aggregations: AggregationSet
    var grain: TimeGrain
    /// Whether one answer is about many resources (getBatch).
    var isBatch: Bool
}

extension MetricsTable {
    /// Reads a 200 of the metrics call about one resource, or of getBatch.
    convenience init(
        json body: HTTPBody, question: TableQuestion, host: String, answeredAt: Timestamp?
    ) throws(JSONProblem) {
        let document = try JSONDocument()
        let parts = try document.read(
            body, as: csj_table_answer(),
            with: { document, json, count, answer in
                question.withRaw { csj_read_table(document, json, count, $0, answer) }
            },
            use: { Parts(copying: $0, question: question) })
        self.init(
            host: host, answeredAt: answeredAt, metricCount: question.metricNames.count, rows: parts.rows,
            slots: parts.slots, failures: parts.failures, units: parts.units, spans: parts.spans,
            labels: parts.labels, columns: parts.columns)
    }

    /// What is copied out of the parser before it goes.
    private struct Parts {
        var rows: [RowState]
        var slots: [Slot]
        var failures: [Int: MetricError]
        let units: [String]
        let spans: [Span]
        let labels: [Label]
        let columns: MetricColumns

        init(copying raw: csj_table_answer, question: TableQuestion) {
            let entries = UnsafeBufferPointer(start: raw.entries, count: question.resources.count)
            // Nearly always the same for all.
            var last: (spelling: String, region: String)?
            rows = entries.map { entry in
                guard let spelling = entry.region.string else { return RowState(isAnswered: entry.is_answered != 0) }
                let region = last?.spelling == spelling ? last?.region : spelling.lowercased().filter { $0 != " " }
                last = region.map { (spelling, $0) }
                return RowState(isAnswered: entry.is_answered != 0, region: region)
            }
            slots = UnsafeBufferPointer(start: raw.cells, count: entries.count * question.metricNames.count).map {
                Slot(
                    state: Slot.State(rawValue: UInt8($0.state)) ?? .missing, unit: $0.unit,
                    firstSeries: Int32($0.first_series), seriesCount: Int32($0.series_count))
            }
            failures = [:]
            for failure in UnsafeBufferPointer(start: raw.failures, count: raw.failure_count) {
                failures[failure.cell] = MetricError(
                    code: failure.code.string ?? "", message: failure.message.string ?? "")
            }
            units = UnsafeBufferPointer(start: raw.units, count: raw.unit_count).map { $0.string ?? "" }
            spans = UnsafeBufferPointer(start: raw.series, count: raw.series_count).map {
                Span(
                    firstPoint: Int32($0.first_point), pointCount: Int32($0.point_count),
                    firstLabel: Int32($0.first_dimension), labelCount: Int32($0.dimension_count))
            }
            labels = UnsafeBufferPointer(start: raw.dimensions, count: raw.dimension_count).map {
                Label($0.name.string ?? "", $0.value.string ?? "")
            }
            columns = MetricColumns(
                aggregations: question.aggregations,
                times: Array(UnsafeBufferPointer(start: raw.times, count: raw.point_count)),
                values: Array(UnsafeBufferPointer(start: raw.values, count: raw.point_count * raw.width)),
                present: Array(UnsafeBufferPointer(start: raw.present, count: raw.point_count)))
            for (row, entry) in entries.enumerated() where entry.is_answered != 0 {
                refuseOtherGrain(entry.interval.string, row: row, question: question)
            }
        }

        /// Buckets of another width than asked would be taken for what they are not.
        private mutating func refuseOtherGrain(_ interval: String?, row: Int, question: TableQuestion) {
            guard let interval, !interval.isEmpty, TimeGrain(iso8601: interval) != question.grain else { return }
            let error = MetricError(
                code: MetricError.otherGrain,
                message: "the answer has buckets of \(interval.singleLine(limit: 32)), asked for were \(question.grain)"
            )
            for place in row * question.metricNames.count..<(row + 1) * question.metricNames.count {
                guard slots[place].state != .failed else { continue }
                slots[place].state = .failed
                failures[place] = error
            }
        }
    }
}

extension MetricError {
    /// The code of a metric whose buckets are of another width than asked.
    public static let otherGrain = "UnexpectedInterval"
}

extension TableQuestion {
    /// Lends the question as the parser takes it.
    fileprivate func withRaw<Result>(_ body: (UnsafePointer<csj_question>) -> Result) -> Result {
        var bytes: [UInt8] = []
        var lengths: [Int] = []
        for text in resources.map(\.description) + metricNames {
            bytes += text.utf8
            lengths.append(text.utf8.count)
        }
        return bytes.withUnsafeBytes { bytes in
            var next = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let texts = lengths.map { length in
                defer { next = next.map { $0 + length } }
                return csj_text(bytes: next, count: length)
            }
            return texts.withUnsafeBufferPointer { texts in
                let start = texts.baseAddress
                var raw = csj_question(
                    resources: start, resource_count: resources.count, metrics: start.map { $0 + resources.count },
                    metric_count: metricNames.count, aggregations: aggregations.rawValue, is_batch: isBatch ? 1 : 0)
                return body(&raw)
            }
        }
    }
}
