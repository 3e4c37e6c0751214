import HTTPTransport
import MetricModel

@testable import AzureMonitor

/// Azure's and Entra's answers, from any bytes: a whole answer or a reason in words. The first byte chooses what is read.
enum JSONTarget {
    @Sendable static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        let kind = reader.number(below: 5)
        let aggregations = AggregationSet(rawValue: UInt8(reader.number(below: 32)))
        let body = HTTPBody(reader.remainder())
        switch kind {
        case 1:
            let words = ServerWords(HTTPResponse(status: 400, body: body))
            // What is cut ends in one character that says so.
            promise((words.code ?? "").count <= 65 && words.text.count <= 401, "a server's words are cut")
            promise(!(words.text + (words.code ?? "")).contains(where: \.isNewline), "a server's words are one line")
        case 2:
            guard let answer = try? EntraTokenEndpoint.Answer(body) else { return }
            let lifetime = answer.lifetime(at: Timestamp(seconds: 1_700_000_000)) ?? .zero
            promise(lifetime <= .seconds(86_400), "no token lives longer than a day")
        case 0, 3: readTable(body, aggregations)
        default: readGraph(body)
        }
    }

    /// Both forms of an answer, asked about what the corpus holds.
    private static func readTable(_ body: HTTPBody, _ aggregations: AggregationSet) {
        for isBatch in [true, false] {
            let question = TableQuestion(
                resources: (1...3).map { ResourceID("/subscriptions/s/resourceGroups/g/providers/C.W/ovens/o\($0)") },
                metricNames: ["Loaves", "Crumbs/sec"], aggregations: aggregations, grain: .oneMinute, isBatch: isBatch)
            let table = try? MetricsTable(json: body, question: question, host: "azure", answeredAt: nil)
            guard let table else { continue }
            for resource in 0..<table.resourceCount {
                _ = table.region(ofResource: resource)
                for metric in 0..<table.metricCount {
                    _ = table.unit(resource: resource, metric: metric)
                    guard case .series(let range) = table.cell(resource: resource, metric: metric) else { continue }
                    promise(table.isAnswered(resource: resource), "what has series was answered")
                    for series in range { read(series, of: table) }
                }
            }
        }
    }

    private static func read(_ series: Int, of table: MetricsTable) {
        _ = table.dimensions(ofSeries: series)
        for aggregation in Aggregation.allCases {
            let column = table.buckets(ofSeries: series, aggregation)
            for index in 0..<column.count {
                promise(column.start(at: index) >= 0, "a bucket starts after 1970")
                promise((column.value(at: index) ?? 0).isFinite, "a value of a table is a number")
            }
        }
    }

    private static func readGraph(_ body: HTTPBody) {
        guard let page = try? GraphPage(json: body) else { return }
        promise(page.resources.count <= page.rowCount, "no resource without a row")
        promise(page.resources.allSatisfy { !$0.location.contains(" ") }, "a location is a name without spaces")
    }
}
