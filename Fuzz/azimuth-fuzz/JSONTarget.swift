import HTTPTransport
import MetricModel

@testable import AzureMonitor

/// Azure's and Entra's answers, from any bytes: a whole answer or a reason in words. The first byte chooses what is read.
enum JSONTarget {
    @Sendable static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        let kind = reader.number(below: 3)
        let aggregations = AggregationSet(rawValue: UInt8(reader.number(below: 32)))
        let body = HTTPBody(reader.remainder())
        switch kind {
        case 0: readMetrics(body, aggregations)
        case 1:
            let words = ServerWords(HTTPResponse(status: 400, body: body))
            // What is cut ends in one character that says so.
            promise((words.code ?? "").count <= 65 && words.text.count <= 401, "a server's words are cut")
            promise(!(words.text + (words.code ?? "")).contains(where: \.isNewline), "a server's words are one line")
        default:
            guard let answer = try? EntraTokenEndpoint.Answer(body) else { return }
            let lifetime = answer.lifetime(at: Timestamp(seconds: 1_700_000_000)) ?? .zero
            promise(lifetime <= .seconds(86_400), "no token lives longer than a day")
        }
    }

    private static func readMetrics(_ body: HTTPBody, _ aggregations: AggregationSet) {
        do throws(JSONProblem) {
            let answer = try MetricsAnswer(json: body, aggregations: aggregations, host: "azure", answeredAt: nil)
            for metric in answer.metrics {
                promise(answer.metric(named: metric.name) != nil, "every metric is found by its name")
                for series in metric.series { read(series) }
            }
        } catch {
            promise(!error.words.isEmpty, "a refusal has words")
        }
    }

    private static func read(_ series: SeriesAnswer) {
        for index in 0..<series.count {
            _ = series.bucketStart(at: index)
            for aggregation in Aggregation.allCases {
                let value = series.value(of: aggregation, at: index) ?? 0
                promise(value.isFinite, "a value of an answer is a number")
            }
        }
    }
}
