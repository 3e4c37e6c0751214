import MetricModel

/// A point of an answer with odd content, before it is written.
struct OddPoint: Sendable {
    let start: Timestamp
    let fold: SampleFold?
}

extension OddContent {
    /// `points`, of which some are there twice or in no order, with those `beside` the window, which begins at `place`.
    func rearranged(_ points: [OddPoint], beside: (before: OddPoint?, after: OddPoint?), place: Int64) -> [OddPoint] {
        var result = points.flatMap { has(.duplicate, at: $0.start.seconds) ? [$0, $0] : [$0] }
        if has(.outside, at: place) { result = [beside.before, beside.after].compactMap { $0 } + result }
        return has(.unsorted, at: place) ? shuffled(result, by: spread(hash ^ UInt64(bitPattern: place))) : result
    }

    /// Writes the points of a series, without the `hidden` newest ones of the window.
    func write(
        _ series: SeriesAnswer, of query: MetricsQuery, hidden: Int, _ aggregations: [StoredAggregation],
        to json: inout JSONWriter
    ) {
        let points = zip(query.buckets.times, series.folds.dropLast(hidden)).map { OddPoint(start: $0.start, fold: $1) }
        let beside = (before: series.before, after: hidden == 0 ? series.after : nil)
        for point in rearranged(points, beside: beside, place: query.span.start.seconds) {
            json.object { json in
                json.field("timeStamp", point.start.description)
                for aggregation in aggregations {
                    write(aggregation.rawValue, point.fold?[aggregation], at: point.start.seconds, to: &json)
                }
                writeUnknownFields(at: point.start.seconds, to: &json)
            }
        }
    }
}
