import MetricModel

extension MetricsTable {
    /// One resource of a table put together by hand.
    public struct Resource: Sendable {
        public var region: String?
        /// One per asked metric, in their order; those at the end that are left out are missing.
        public var metrics: [Metric]

        /// A resource of which this was answered.
        public init(region: String? = nil, metrics: [Metric]) {
            self.region = region
            self.metrics = metrics
        }
    }

    /// One metric of a resource.
    public enum Metric: Sendable {
        case missing
        case failed(MetricError)
        case answered(unit: String = "", [Series])
    }

    /// The buckets of one series.
    public struct Series: Sendable {
        public var dimensions: [Label]
        public var buckets: [Bucket]

        /// A series, by default without dimensions.
        public init(dimensions: [Label] = [], _ buckets: [Bucket]) {
            self.dimensions = dimensions
            self.buckets = buckets
        }
    }

    /// The values of one bucket.
    public struct Bucket: Sendable {
        /// Seconds since 1970.
        public var start: Int64
        /// An aggregation that is not here has no value.
        public var values: [Aggregation: Double]

        /// A bucket that starts at `start`.
        public init(start: Int64, _ values: [Aggregation: Double] = [:]) {
            self.start = start
            self.values = values
        }
    }

    /// A table put together by hand, as scripts of tests do. What Azure answers is decoded without all these arrays.
    /// - Parameters:
    ///   - aggregations: What was asked for; other values are not kept.
    ///   - resources: One per asked resource, in their order; `nil` = it was not answered.
    public convenience init(
        host: String, answeredAt: Timestamp?, aggregations: AggregationSet, metricCount: Int, resources: [Resource?]
    ) {
        var slots = [Slot](repeating: Slot(), count: resources.count * metricCount)
        var failures: [Int: MetricError] = [:]
        var units = [""]
        var spans: [Span] = []
        var labels: [Label] = []
        var times: [Int64] = []
        var values: [Double] = []
        var present: [UInt8] = []
        for (row, resource) in resources.enumerated() {
            for (column, metric) in (resource?.metrics ?? []).enumerated() {
                precondition(column < metricCount, "more metrics than asked")
                let place = row * metricCount + column
                switch metric {
                case .missing: break
                case .failed(let error):
                    failures[place] = error
                    slots[place] = Slot(state: .failed)
                case .answered(let unit, let series):
                    units.append(unit)
                    slots[place] = Slot(
                        state: .answered, unit: Int32(units.count - 1), firstSeries: Int32(spans.count),
                        seriesCount: Int32(series.count))
                    for one in series {
                        spans.append(
                            Span(
                                firstPoint: Int32(times.count), pointCount: Int32(one.buckets.count),
                                firstLabel: Int32(labels.count), labelCount: Int32(one.dimensions.count)))
                        labels += one.dimensions
                        for bucket in one.buckets {
                            times.append(bucket.start)
                            let known = aggregations.members.filter { bucket.values[$0] != nil }
                            present.append(known.reduce(0) { $0 | AggregationSet($1).rawValue })
                            values += aggregations.members.map { bucket.values[$0] ?? 0 }
                        }
                    }
                }
            }
        }
        self.init(
            host: host, answeredAt: answeredAt, metricCount: metricCount,
            rows: resources.map { RowState(isAnswered: $0 != nil, region: $0?.region) }, slots: slots,
            failures: failures, units: units, spans: spans, labels: labels,
            columns: MetricColumns(aggregations: aggregations, times: times, values: values, present: present))
    }
}
