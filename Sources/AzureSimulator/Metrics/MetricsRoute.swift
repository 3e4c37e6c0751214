import HTTPServer
import MetricModel

/// `GET {resource}/providers/Microsoft.Insights/metrics`.
enum MetricsRoute {
    private static let versions: Set<String> = [
        "2018-01-01", "2019-07-01", "2021-05-01", "2023-10-01", "2024-02-01",
    ]

    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let entry = try exchange.resource(versions: versions)
        let query = try MetricsQuery(exchange.parameters, for: entry, now: exchange.now)
        let seed = exchange.azure.options.seed
        var choices = StableHash(seed: seed)
        choices.combine(entry.resource.id)
        choices.combine(query.span.start.seconds)
        let body = JSONWriter.object { json in
            write(query, choices: choices.value, to: &json)
            json.field("value") { json in
                json.array { json in
                    for truth in shuffled(query.metrics, by: choices.value) {
                        write(truth, of: query, seed: seed, now: exchange.now, to: &json)
                    }
                }
            }
        }
        return .json(body)
    }

    private static func write(_ query: MetricsQuery, choices: UInt64, to json: inout JSONWriter) {
        if choices % 4 != 0 {
            json.field("cost", Int64(query.metrics.count) * (query.span.end - query.span.start).minutes)
        }
        json.field("timespan", query.span.description)
        if !query.isMetadata { json.field("interval", query.interval.description) }
        json.field("namespace", choices % 3 == 0 ? query.namespace.lowercased() : query.namespace)
        json.field("resourceregion", query.entry.resource.location)
    }

    private static func write(
        _ truth: MetricTruth, of query: MetricsQuery, seed: UInt64, now: Timestamp, to json: inout JSONWriter
    ) {
        let metric = truth.metric
        let choices = query.hash(of: truth, seed: seed).value
        let id = query.entry.resource.id + "/providers/Microsoft.Insights/metrics/" + metric.name
        let refused = query.isMetadata ? nil : refusedAggregation(query, metric)
        json.object { json in
            json.field("id", choices % 5 == 0 ? id.lowercased() : id)
            json.field("type", "Microsoft.Insights/metrics")
            json.name(metric.name)
            json.field("displayDescription", "\(metric.name) of a simulated resource")
            json.field("unit", metric.unit)
            if let refused {
                json.field("errorCode", "InvalidSamplingType")
                json.field(
                    "errorMessage",
                    "\(refused.definitionName) is not a sampling type of \(metric.name). "
                        + "Use \(metric.stored.map(\.definitionName).joined(separator: ", ")).")
            } else if choices % 4 != 0 {
                json.field("errorCode", "Success")
            }
            json.field("timeseries") { json in
                json.array { json in
                    guard refused == nil else { return }
                    for series in query.series(of: truth, seed: seed, now: now) { write(series, query, metric, &json) }
                }
            }
        }
    }

    /// What is asked for and not stored, unless the metric leaves such things out.
    private static func refusedAggregation(_ query: MetricsQuery, _ metric: SimulatedMetric) -> StoredAggregation? {
        metric.omitsUnstored ? nil : query.aggregations?.first { !metric.stored.contains($0) }
    }

    private static func write(
        _ series: SeriesAnswer, _ query: MetricsQuery, _ metric: SimulatedMetric, _ json: inout JSONWriter
    ) {
        let aggregations = (query.aggregations ?? [metric.primary]).filter(metric.stored.contains)
        json.object { json in
            json.field("metadatavalues") { json in
                json.array { json in
                    for dimension in series.dimensions {
                        json.object { json in
                            json.name(dimension.name)
                            json.field("value", dimension.value)
                        }
                    }
                }
            }
            guard !query.isMetadata else { return }
            json.field("data") { json in
                json.array { json in
                    for (start, fold) in series.buckets {
                        json.object { json in
                            json.field("timeStamp", start.description)
                            guard let fold else { return }
                            for aggregation in aggregations { json.field(aggregation.rawValue, fold[aggregation]) }
                        }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    /// A name as Azure writes it, for programs and for people.
    mutating func name(_ name: String) {
        field("name") { $0.object { $0.localizable(name) } }
    }

    /// The two fields of a name.
    mutating func localizable(_ name: String) {
        field("value", name)
        field("localizedValue", name)
    }
}

extension Duration {
    /// In whole minutes.
    fileprivate var minutes: Int64 { components.seconds / 60 }
}
