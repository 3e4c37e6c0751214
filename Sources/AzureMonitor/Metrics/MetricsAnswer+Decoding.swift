import CSimdJSON
import HTTPTransport
import MetricModel

extension MetricsAnswer {
    /// Reads a 200 of the single-resource metrics call.
    /// - Parameter aggregations: What was asked for; other values are not kept.
    init(
        json body: HTTPBody, aggregations: AggregationSet, host: String, answeredAt: Timestamp?
    ) throws(JSONProblem) {
        let document = try JSONDocument()
        self = try document.read(
            body, as: csj_metrics_answer(),
            with: { csj_read_metrics($0, $1, $2, aggregations.rawValue, $3) },
            use: { MetricsAnswer(copying: $0, aggregations: aggregations, host: host, answeredAt: answeredAt) })
    }

    private init(copying raw: csj_metrics_answer, aggregations: AggregationSet, host: String, answeredAt: Timestamp?) {
        let columns = MetricColumns(
            aggregations: aggregations,
            times: Array(UnsafeBufferPointer(start: raw.times, count: raw.point_count)),
            values: Array(UnsafeBufferPointer(start: raw.values, count: raw.point_count * raw.width)),
            present: Array(UnsafeBufferPointer(start: raw.present, count: raw.point_count)))
        let resource = UnsafeBufferPointer(start: raw.resources, count: raw.resource_count).first
        self.init(
            region: resource?.region.string.map { $0.lowercased().filter { $0 != " " } },
            answeredAt: answeredAt, host: host,
            grain: resource?.interval.string.flatMap { TimeGrain(iso8601: $0) },
            metrics: UnsafeBufferPointer(start: raw.metrics, count: raw.metric_count)
                .map { MetricAnswer(copying: $0, from: raw, columns: columns) })
    }
}

extension MetricAnswer {
    fileprivate init(copying metric: csj_metric, from raw: csj_metrics_answer, columns: MetricColumns) {
        let series = UnsafeBufferPointer(start: raw.series, count: raw.series_count)
        let code = metric.error_code.string ?? ""
        let hasFailed = !code.isEmpty && code.lowercased() != "success"
        self.init(
            name: metric.name.string ?? "",
            unit: metric.unit.string ?? "",
            error: hasFailed ? MetricError(code: code, message: metric.error_message.string ?? "") : nil,
            series: series[metric.first_series..<metric.first_series + metric.series_count]
                .map { SeriesAnswer(copying: $0, from: raw, columns: columns) })
    }
}

extension SeriesAnswer {
    fileprivate init(copying series: csj_series, from raw: csj_metrics_answer, columns: MetricColumns) {
        let dimensions = UnsafeBufferPointer(start: raw.dimensions, count: raw.dimension_count)
        self.init(
            dimensions: dimensions[series.first_dimension..<series.first_dimension + series.dimension_count]
                .map { Label($0.name.string ?? "", $0.value.string ?? "") },
            columns: columns, points: series.first_point..<series.first_point + series.point_count)
    }
}
