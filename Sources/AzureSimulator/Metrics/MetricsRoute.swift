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
        var choices = entry.hash
        choices.combine(query.span.start.seconds)
        let body = JSONWriter.object { json in
            write(query, choices: choices.value, to: &json)
            json.field("value") { json in
                json.array { json in
                    for index in shuffled(Array(query.metrics.indices), by: choices.value) {
                        write(index, of: query, now: exchange.now, to: &json)
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

    /// The fields of a metric that are alike for all resources, without the braces.
    static func head(of metric: SimulatedMetric) -> [UInt8] {
        let object = JSONWriter.object { json in
            json.field("type", "Microsoft.Insights/metrics")
            json.name(metric.name)
            json.field("displayDescription", "\(metric.name) of a simulated resource")
            json.field("unit", metric.unit)
        }
        return Array(object.dropFirst().dropLast())
    }

    /// One metric of one resource, as it stands in the answers to both kinds of calls.
    /// - Parameters:
    ///   - index: Of the metric among those of `query`.
    ///   - hidden: So many of the newest points are left out.
    ///   - error: Instead of the series, whatever was asked for.
    static func write(
        _ index: Int, of query: MetricsQuery, now: Timestamp, hidden: Int = 0,
        error: (code: String, message: String)? = nil, to json: inout JSONWriter
    ) {
        let truth = query.metrics[index]
        let metric = truth.metric
        let choices = query.hash(of: truth).value
        let id = query.entry.resource.id + "/providers/Microsoft.Insights/metrics/" + metric.name
        let error = error ?? (query.isMetadata ? nil : refusedAggregation(query, metric))
        json.object { json in
            json.field("id", choices % 5 == 0 ? id.lowercased() : id)
            if truth.odd.share > 0 {
                truth.odd.writeHead(of: metric, to: &json)
            } else {
                json.opened(query.heads[index][...])
            }
            if let error {
                json.field("errorCode", error.code)
                json.field("errorMessage", error.message)
            } else if choices % 4 != 0 {
                json.field("errorCode", "Success")
            }
            json.field("timeseries") { json in
                json.array { json in
                    guard error == nil else { return }
                    for series in query.series(of: truth, now: now) { write(series, query, truth, hidden, &json) }
                }
            }
        }
    }

    /// What is asked for and not stored, unless the metric leaves such things out.
    private static func refusedAggregation(
        _ query: MetricsQuery, _ metric: SimulatedMetric
    ) -> (code: String, message: String)? {
        guard !metric.omitsUnstored, let refused = query.aggregations?.first(where: { !metric.stored.contains($0) })
        else { return nil }
        return (
            "InvalidSamplingType",
            "\(refused.definitionName) is not a sampling type of \(metric.name). "
                + "Use \(metric.stored.map(\.definitionName).joined(separator: ", "))."
        )
    }

    private static func write(
        _ series: SeriesAnswer, _ query: MetricsQuery, _ truth: MetricTruth, _ hidden: Int,
        _ json: inout JSONWriter
    ) {
        let metric = truth.metric
        let aggregations = (query.aggregations ?? [metric.primary]).filter(metric.stored.contains)
        let names = aggregations.map { Array("\"\($0.rawValue)\":".utf8) }
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
                    if truth.odd.share > 0 {
                        truth.odd.write(series, of: query, hidden: hidden, aggregations, to: &json)
                        return
                    }
                    for (index, fold) in series.folds.dropLast(hidden).enumerated() {
                        json.opened(query.buckets.text(at: index))
                        if let fold {
                            for (name, aggregation) in zip(names, aggregations) {
                                json.field(named: name, fold[aggregation])
                            }
                        }
                        json.closed()
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
