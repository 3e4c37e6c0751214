import HTTPServer
import MetricModel

/// `POST /subscriptions/{id}/metrics:getBatch` of the metrics data plane.
enum BatchRoute {
    private static let versions: Set<String> = [
        "2023-03-01-preview", "2023-05-01-preview", "2023-10-01", "2024-02-01",
    ]
    /// A bucket with its time and one value, and a metric without its buckets.
    private static let bucketBytes = 64
    private static let metricBytes = 640

    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        try exchange.authorize(for: .metrics)
        do throws(AzureError) {
            try exchange.checkVersion(versions)
            return try answer(try BatchQuery(exchange), exchange)
        } catch {
            // Whoever says it: here every error has its envelope.
            var error = error
            error.shape = .wrapped
            throw error
        }
    }

    private static func answer(_ query: BatchQuery, _ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let (faults, call) = exchange.azure.state.withLock { state in
            state.batchCalls += 1
            return (state.batchFaults, state.batchCalls)
        }
        let troubles = BatchTroubles(faults, of: query, seed: exchange.azure.options.seed, call: call)
        if let refusal = troubles.refusal { throw refusal }
        var questions: [MetricsQuery] = []
        for entry in query.entries { questions.append(try query.first.asked(of: entry)) }
        var choices = query.entries[0].hash
        choices.combine(query.first.span.start.seconds)
        let buckets = query.first.buckets.times.count
        let cell = metricBytes + buckets * bucketBytes
        let body = JSONWriter.object(capacity: questions.count * query.first.metrics.count * cell) { json in
            json.field("values") { json in
                json.array { json in
                    for question in shuffled(questions, by: choices.value) where !troubles.hides(question.entry) {
                        write(question, troubles, now: exchange.now, to: &json)
                    }
                }
            }
        }
        return .json(body)
    }

    private static func write(
        _ question: MetricsQuery, _ troubles: BatchTroubles, now: Timestamp, to json: inout JSONWriter
    ) {
        let entry = question.entry
        var hash = entry.hash
        hash.combine(question.span.start.seconds)
        let choices = hash.value
        json.object { json in
            if choices % 4 == 0 { json.field("cost", Int64(question.metrics.count * question.buckets.times.count)) }
            json.field("starttime", question.span.asked.start.description)
            json.field("endtime", question.span.asked.end.description)
            json.field("interval", question.interval.description)
            json.field("namespace", question.namespace.lowercased())
            json.field("resourceregion", entry.resource.location)
            json.field("resourceid", choices % 3 == 0 ? entry.resource.id.lowercased() : entry.resource.id)
            json.field("value") { json in
                json.array { json in
                    for index in shuffled(Array(question.metrics.indices), by: choices) {
                        let metric = question.metrics[index].metric
                        guard !troubles.hides(entry, metric) else { continue }
                        MetricsRoute.write(
                            index, of: question, now: now, hidden: troubles.hidden(entry, metric),
                            error: troubles.error(entry, metric), to: &json)
                    }
                }
            }
        }
    }
}
