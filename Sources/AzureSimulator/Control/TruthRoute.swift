import HTTPServer
import MetricModel

/// `GET /simulator/truth`: all final values of the series of a metric, for tests.
///
/// Parameters: `resource`, `metric`, `aggregation`, `interval`, `start`, `end`, and `dimensions`, a comma list of what to
/// split by. At most 93 days. `settledFrom` is the time from which nothing tells the value of a bucket from its final one,
/// `finalFrom` that of its final value; in between, if it is revised, `settledValue` is shown. Only whole buckets, counted from `start`, that have a value are listed, whether Azure shows them yet or not.
enum TruthRoute {
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let parameters = exchange.parameters
        let (resource, name) = (try required("resource", parameters), try required("metric", parameters))
        guard let truth = exchange.azure.entry(resource)?.metric(name) else {
            throw .manager(404, "NotFound", "There is no metric '\(name)' on a resource '\(resource)'.")
        }
        let word = try required("aggregation", parameters)
        guard let aggregation = StoredAggregation(word: word) else { throw invalid("aggregation", word) }
        guard let grain = TimeGrain(iso8601: parameters["interval"] ?? "PT1M"),
            grain.duration <= MetricsTimespan.longest
        else {
            throw invalid("interval", parameters["interval"] ?? "")
        }
        let start = try time("start", parameters)
        let end = try time("end", parameters)
        guard end.seconds - start.seconds <= MetricsTimespan.longest.components.seconds else {
            throw invalid("end", "\(end)")
        }
        let names = parameters.list("dimensions") ?? []
        let indices = names.compactMap { truth.index(ofDimension: $0) }
        guard indices.count == names.count else { throw invalid("dimensions", names.joined(separator: ",")) }
        let body = JSONWriter.object { json in
            json.field("series") { json in
                json.array { json in
                    for group in truth.groups(of: truth.leaves, by: indices) {
                        json.object { json in
                            json.field("dimensions") { json in
                                json.object { json in
                                    for (index, value) in zip(indices, group.values) {
                                        json.field(truth.metric.dimensions[index].name, value)
                                    }
                                }
                            }
                            write(truth, group, aggregation, grain, start, end, &json)
                        }
                    }
                }
            }
        }
        return .json(body)
    }

    private static func write(
        _ truth: MetricTruth, _ group: MetricTruth.Group, _ aggregation: StoredAggregation, _ grain: TimeGrain,
        _ start: Timestamp, _ end: Timestamp, _ json: inout JSONWriter
    ) {
        json.field("values") { json in
            json.array { json in
                let buckets = truth.buckets(
                    of: group.leaves, aggregation: aggregation, grain: grain, from: start, to: end)
                for bucket in buckets {
                    json.object { json in
                        json.field("timeStamp", bucket.start.description)
                        json.field("value", bucket.value)
                        json.field("settledFrom", bucket.settledFrom.description)
                        json.field("finalFrom", bucket.finalFrom.description)
                        if let settled = bucket.settledValue, settled != bucket.value {
                            json.field("settledValue", settled)
                        }
                    }
                }
            }
        }
    }

    private static func required(_ name: String, _ parameters: Parameters) throws(AzureError) -> String {
        guard let value = parameters[name], !value.isEmpty else {
            throw .manager(400, "BadRequest", "The parameter '\(name)' is missing.")
        }
        return value
    }

    private static func time(_ name: String, _ parameters: Parameters) throws(AzureError) -> Timestamp {
        let text = try required(name, parameters)
        guard let time = Timestamp(iso8601: text) else { throw invalid(name, text) }
        return time
    }

    private static func invalid(_ name: String, _ value: String) -> AzureError {
        .manager(400, "BadRequest", "The value '\(value)' is not valid for '\(name)'.")
    }
}
