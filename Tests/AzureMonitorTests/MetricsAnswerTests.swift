import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct MetricsAnswerTests {
    @Test("a whole answer is read, in whatever order its fields stand")
    func whole() throws {
        let answer = try Fixtures.decode(Fixtures.answer)
        #expect(answer.region == "westeurope" && answer.grain == .oneMinute)
        #expect(answer.metrics.map(\.name) == ["Loaves", "Crumbs/sec"])
        #expect(answer.metrics.map(\.unit) == ["Count", "Percent"])
        #expect(answer.metrics[0].error == nil)
        #expect(answer.metrics[1].error == MetricError(code: "InvalidSamplingType", message: "Count is not stored"))
        #expect(answer.metrics[1].series.isEmpty)
        #expect(answer.metrics[0].series.map(\.count) == [4, 1, 0])
        #expect(answer.metrics[0].series[0].dimensions == [Label("shelf", "Töp \"1\""), Label("door", "")])
        #expect(answer.metrics[0].series[1].dimensions.isEmpty)
    }

    @Test("absent and null are nothing, zero is a value, every spelling of a number is read")
    func values() throws {
        let series = try Fixtures.decode(Fixtures.answer).metrics[0].series
        let first = series[0]
        #expect((0..<4).map { first.value(of: .total, at: $0) } == [7, nil, nil, 1000])
        #expect((0..<4).map { first.value(of: .average, at: $0) } == [1.75, nil, nil, 0])
        #expect(first.value(of: .average, at: 3)?.sign == .minus)
        #expect(first.value(of: .maximum, at: 3) == nil, "was not asked for")
        #expect(first.bucketStart(at: 3) == Timestamp(iso8601: "2031-02-03T04:07:00Z"))
        #expect(series[1].value(of: .total, at: 0) == 0)
        #expect(series[1].value(of: .average, at: 0) == nil)
    }

    @Test("each aggregation alone and all together come out of their own column", arguments: 1...31)
    func columns(bits: UInt8) throws {
        let json = #"""
            {"value":[{"name":{"value":"m"},"timeseries":[{"data":[{"timeStamp":"2031-02-03T04:04:00Z",
            "count":4,"total":3,"maximum":2,"minimum":1,"average":0.5}]}]}]}
            """#
        let asked = AggregationSet(rawValue: bits)
        let series = try Fixtures.decode(json, aggregations: asked).metrics[0].series[0]
        let truth: [Aggregation: Double] = [.average: 0.5, .minimum: 1, .maximum: 2, .total: 3, .count: 4]
        for aggregation in Aggregation.allCases {
            let isAsked = asked.members.contains(aggregation)
            #expect(series.value(of: aggregation, at: 0) == (isAsked ? truth[aggregation] : nil))
        }
    }

    @Test("a metric is found by its name, ignoring case")
    func lookUp() throws {
        let answer = try Fixtures.decode(Fixtures.answer)
        #expect(answer.metric(named: "LOAVES")?.unit == "Count")
        #expect(answer.metric(named: "Loave") == nil)
    }

    @Test(
        "what is optional may be missing or null",
        arguments: [
            #"{"value":[]}"#, #"{"value":[],"resourceregion":null,"interval":null}"#,
            #"{"value":[{"name":{"value":"m"}}]}"#,
            #"{"value":[{"name":{"value":"m"},"timeseries":null,"unit":null}]}"#,
            #"{"value":[{"name":{"value":"m"},"timeseries":[],"errorCode":null,"errorMessage":null}]}"#,
            #"{"value":[{"name":{"value":"m"},"timeseries":[{}]}]}"#,
            #"{"value":[{"name":{"value":"m"},"timeseries":[{"metadatavalues":null,"data":null}]}]}"#,
            #"{"\u0076alue":[]}"#, " \r\n{\"value\" : [ ] }\n ",
        ])
    func optional(json: String) throws {
        let answer = try Fixtures.decode(json)
        #expect(answer.metrics.allSatisfy { $0.error == nil && $0.unit.isEmpty })
        #expect(answer.metrics.allSatisfy { $0.series.allSatisfy { $0.count == 0 } })
        #expect(answer.region == nil && answer.grain == nil)
    }

    @Test("success is success in any spelling", arguments: ["Success", "success", ""])
    func success(code: String) throws {
        let json = #"{"value":[{"name":{"value":"m"},"errorCode":"\#(code)"}]}"#
        #expect(try Fixtures.decode(json).metrics[0].error == nil)
    }

    @Test(
        "what is no answer is a problem, not an empty answer",
        arguments: [
            "", " ", "null", "[]", "0", "\"\"", "{}", "{", "{]", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":5}"#,
            #"{"value":[]}}"#, #"{"value":[]} {"value":[]}"#, #"{"value":[],}"#, #"{"value":[{}]}"#, #"{"value":[5]}"#,
            #"{"value":[{"name":"m"}]}"#, #"{"value":[{"name":null}]}"#, #"{"error":{"code":"x","message":"y"}}"#,
            point(#""total":1"#), point(#""timeStamp":null,"total":1"#), point(#""timeStamp":5"#),
            point(#""timeStamp":"yesterday""#), point(#""timeStamp":"2031-13-03T04:04:00Z""#),
            point(#""timeStamp":"4062-02-03T04:04:00Z""#), point(#""timeStamp":"1969-12-31T23:59:59Z""#),
            point(#""timeStamp":"2031-02-03T04:04:00+02:00""#), point(#""timeStamp":"2031-02-03T04:04:00Zx""#),
            point(#""timeStamp":"2031-02-03T04:04:00Z","total":"7""#),
            point(#""timeStamp":"2031-02-03T04:04:00Z","total":NaN"#),
            point(#""timeStamp":"2031-02-03T04:04:00Z","total":1e999"#),
            point(#""timeStamp":"2031-02-03T04:04:00Z","total":7 8"#),
            point(#""timeStamp":"2031-02-03T04:04:00Z","timeStamp":"2031-02-03T04:04:00Z""#),
        ])
    func refused(json: String) {
        #expect(throws: JSONProblem.self) { try Fixtures.decode(json) }
    }

    private static func point(_ fields: String) -> String {
        #"{"value":[{"name":{"value":"m"},"timeseries":[{"data":[{\#(fields)}]}]}]}"#
    }

    @Test("bytes that are not UTF-8 are a problem")
    func notUTF8() {
        var bytes = Array(Fixtures.answer.utf8)
        bytes[bytes.count - 40] = 0xFF
        #expect(throws: JSONProblem.self) {
            try MetricsAnswer(json: HTTPBody(bytes), aggregations: [], host: "arm", answeredAt: nil)
        }
    }

    @Test("cut off anywhere, an answer is a problem and never half an answer")
    func truncated() {
        let bytes = Array(Fixtures.answer.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONProblem.self, "cut after \(length) bytes") {
                try MetricsAnswer(
                    json: HTTPBody(bytes[..<length]), aggregations: [.init(.total)], host: "arm", answeredAt: nil)
            }
        }
    }

    @Test("any one byte lost, an answer is a problem or still has all its buckets in order")
    func damaged() throws {
        let bytes = Array(Fixtures.answer.utf8)
        for position in bytes.indices {
            var damaged = bytes
            damaged.remove(at: position)
            let answer = try? MetricsAnswer(
                json: HTTPBody(damaged), aggregations: [.init(.total)], host: "arm", answeredAt: nil)
            guard let answer else { continue }
            #expect(answer.metrics.count == 2, "without byte \(position)")
        }
    }

    @Test("metrics are found by name in any case, the first of equals, also after a change")
    func named() {
        var answer = MetricsAnswer(
            host: "arm",
            metrics: [
                MetricAnswer(name: "Percentage CPU", unit: "1"), MetricAnswer(name: "PERCENTAGE CPU", unit: "2"),
                MetricAnswer(name: "Straße", unit: "3"),
            ])
        #expect(answer.metric(named: "percentage cpu")?.unit == "1")
        #expect(answer.metric(named: "STRASSE") == nil && answer.metric(named: "straße")?.unit == "3")
        #expect(answer.metric(named: "") == nil && answer.metric(named: "Percentage CPU ") == nil)
        answer.metrics.removeFirst()
        #expect(answer.metric(named: "percentage cpu")?.unit == "2")
        answer.metrics[0].name = "Other"
        #expect(answer.metric(named: "percentage cpu") == nil && answer.metric(named: "OTHER")?.unit == "2")
    }

    @Test("the time to find every metric grows with their number alone", .timeLimit(.minutes(1)))
    func manyNamed() {
        let names = (0..<50_000).map { "Metric \($0)" }
        let answer = MetricsAnswer(host: "arm", metrics: names.map { MetricAnswer(name: $0) })
        #expect(names.allSatisfy { answer.metric(named: $0)?.name == $0 })
    }
}
