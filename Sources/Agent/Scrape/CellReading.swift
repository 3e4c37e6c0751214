import AzureMonitor
import MetricModel
import Settlement

/// One cell of an answer, read as the settlement wants it.
struct CellReading: PairAnswer {
    let table: MetricsTable
    let series: Range<Int>
    let aggregation: Aggregation
    /// Azure's lower-case dimension name → the label under which its value goes out.
    let labels: [String: String]

    var seriesCount: Int { series.count }

    func series(at index: Int) -> (key: SeriesKey, buckets: BucketColumn) {
        let key = labels.isEmpty ? SeriesKey.only : SeriesKey(dimensions(ofSeries: index))
        return (key, table.buckets(ofSeries: series.lowerBound + index, aggregation))
    }

    /// Only the dimensions that were asked for, under the names that were declared: Azure answers in lower case.
    func dimensions(ofSeries index: Int) -> [Label] {
        guard !labels.isEmpty else { return [] }
        return table.dimensions(ofSeries: series.lowerBound + index).compactMap { dimension in
            labels[dimension.name.lowercased()].map { Label($0, dimension.value) }
        }
    }
}
