import Foundation
import HTTPTransport
import MetricModel

/// Asks the simulator what is true; each series once.
final class SimulatedTruth {
    private struct Question: Hashable {
        var resource: String
        var metric: String
        var aggregation: String
        var grain: TimeGrain
        var dimensions: [String]
    }

    private struct Answer: Decodable {
        struct Series: Decodable {
            struct Value: Decodable {
                var timeStamp: String
                var value: Double
            }
            var dimensions: [String: String]
            var values: [Value]
        }
        var series: [Series]
    }

    private let client: CurlClient
    private let baseURL: String
    /// The earliest time that is asked for; a whole day, so that it starts buckets of every grain.
    private let start: Timestamp
    private var answers: [Question: (until: Timestamp, series: [[Label]: [Int64: Double]])] = [:]

    init(client: CurlClient, baseURL: String, since start: Timestamp) {
        self.client = client
        self.baseURL = baseURL
        self.start = Timestamp(seconds: start.seconds / 86_400 * 86_400)
    }

    /// Final values of `kind` on the resource with this path, by dimensions and start of the bucket; past `until` maybe more.
    func values(of kind: Workload.Kind, on resource: String, until: Timestamp) async throws -> [[Label]: [Int64:
        Double]]
    {
        let question = Question(
            resource: resource, metric: kind.azureMetric, aggregation: kind.aggregation, grain: kind.grain,
            dimensions: kind.dimensions)
        if let known = answers[question], known.until >= until { return known.series }
        let query = [
            ("resource", resource), ("metric", kind.azureMetric), ("aggregation", kind.aggregation),
            ("interval", kind.grain.description), ("start", start.description), ("end", until.description),
            ("dimensions", kind.dimensions.joined(separator: ",")),
        ].filter { !$0.1.isEmpty }.map {
            "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }
        let response = try await client.send(
            HTTPRequest(.get, "\(baseURL)/simulator/truth?" + query.joined(separator: "&")))
        guard response.status == 200 else {
            throw HarnessError("the simulator has no truth: \(response.body.text)")
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body.text.utf8))
        var series: [[Label]: [Int64: Double]] = [:]
        for entry in answer.series {
            let labels = entry.dimensions.map { Label(kind.label(of: $0.key), $0.value) }.sorted { $0.name < $1.name }
            var values: [Int64: Double] = [:]
            for value in entry.values {
                guard let time = Timestamp(iso8601: value.timeStamp) else { continue }
                values[time.seconds] = value.value
            }
            series[labels] = values
        }
        answers[question] = (until, series)
        return series
    }
}
