import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

/// What stands in the cells of a table, by one resource's answer.
@Suite struct MetricsTableValuesTests {
    private static func series(_ table: MetricsTable, metric: Int = 0) throws -> Range<Int> {
        guard case .series(let series) = table.cell(resource: 0, metric: metric) else {
            throw JSONProblem(words: "no series")
        }
        return series
    }

    private static func values(_ table: MetricsTable, _ series: Int, _ aggregation: Aggregation) -> [Double?] {
        let column = table.buckets(ofSeries: series, aggregation)
        return (0..<column.count).map { column.value(at: $0) }
    }

    @Test("a whole answer is read, in whatever order its fields stand")
    func whole() throws {
        let table = try Fixtures.decode(Fixtures.answer)
        #expect(table.region(ofResource: 0) == "westeurope" && table.isAnswered(resource: 0))
        #expect(table.unit(resource: 0, metric: 0) == "Count")
        guard case .failed(let error) = table.cell(resource: 0, metric: 1) else {
            Issue.record("the second metric was refused")
            return
        }
        #expect(error == MetricError(code: "InvalidSamplingType", message: "Count is not stored"))
        let series = try Self.series(table)
        #expect(series.map { table.buckets(ofSeries: $0, .total).count } == [4, 1, 0])
        #expect(table.dimensions(ofSeries: series.lowerBound) == [Label("shelf", "Töp \"1\""), Label("door", "")])
        #expect(table.dimensions(ofSeries: series.lowerBound + 1).isEmpty)
    }

    @Test("absent and null are nothing, zero is a value, every spelling of a number is read")
    func spelled() throws {
        let table = try Fixtures.decode(Fixtures.answer)
        let first = try Self.series(table).lowerBound
        #expect(Self.values(table, first, .total) == [7, nil, nil, 1000])
        #expect(Self.values(table, first, .average) == [1.75, nil, nil, 0])
        #expect(Self.values(table, first, .average)[3]?.sign == .minus)
        #expect(Self.values(table, first, .maximum)[3] == nil, "was not asked for")
        #expect(
            table.buckets(ofSeries: first, .total).start(at: 3)
                == Timestamp(iso8601: "2031-02-03T04:07:00Z")?.seconds)
        #expect(Self.values(table, first + 1, .total) == [0] && Self.values(table, first + 1, .average) == [nil])
    }

    @Test("each aggregation alone and all together come out of their own column", arguments: 1...31)
    func columns(bits: UInt8) throws {
        let json = #"""
            {"value":[{"name":{"value":"loaves"},"timeseries":[{"data":[{"timeStamp":"2031-02-03T04:04:00Z",
            "count":4,"total":3,"maximum":2,"minimum":1,"average":0.5}]}]}]}
            """#
        let asked = AggregationSet(rawValue: bits)
        let table = try Fixtures.decode(json, aggregations: asked)
        let truth: [Aggregation: Double] = [.average: 0.5, .minimum: 1, .maximum: 2, .total: 3, .count: 4]
        for aggregation in Aggregation.allCases {
            let isAsked = asked.members.contains(aggregation)
            #expect(
                Self.values(table, try Self.series(table).lowerBound, aggregation) == [
                    isAsked ? truth[aggregation] : nil
                ])
        }
    }

    static let optional: [(json: String, isAnswered: Bool)] = [
        (#"{"value":[]}"#, false), (#"{"value":[],"resourceregion":null,"interval":null}"#, false),
        (#"{"\u0076alue":[]}"#, false), (" \r\n{\"value\" : [ ] }\n ", false),
        (#"{"value":[{"name":{"value":"Loaves"}}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"timeseries":null,"unit":null}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"timeseries":[],"errorCode":null,"errorMessage":null}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"timeseries":[{}]}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"timeseries":[{"metadatavalues":null,"data":null}]}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"errorCode":"Success"}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"errorCode":"success"}]}"#, true),
        (#"{"value":[{"name":{"value":"Loaves"},"errorCode":""}]}"#, true),
    ]

    @Test("what is optional may be missing or null, and success is spelled in any case", arguments: optional)
    func mayBeMissing(json: String, isAnswered: Bool) throws {
        let table = try Fixtures.decode(json)
        #expect(table.region(ofResource: 0) == nil && table.unit(resource: 0, metric: 0).isEmpty)
        if isAnswered {
            let series = try Self.series(table)
            #expect(series.allSatisfy { table.buckets(ofSeries: $0, .total).count == 0 })
        } else {
            guard case .missing = table.cell(resource: 0, metric: 0) else {
                Issue.record("nothing was said about it")
                return
            }
        }
    }

    @Test(
        "what is no answer is a problem, not an empty answer",
        arguments: [
            "", " ", "null", "[]", "0", "\"\"", "{}", "{", "{]", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":5}"#,
            #"{"value":[]}}"#, #"{"value":[]} {"value":[]}"#, #"{"value":[],}"#, #"{"value":[5]}"#,
            #"{"error":{"code":"x","message":"y"}}"#, point("NaN"), point("1e999"), point("7 8"),
        ])
    func refused(json: String) {
        #expect(throws: JSONProblem.self) { try Fixtures.decode(json) }
    }

    private static func point(_ total: String) -> String {
        #"{"value":[{"name":{"value":"Loaves"},"timeseries":[{"data":[{"timeStamp":"2031-02-03T04:04:00Z","total":\#(total)}]}]}]}"#
    }

    @Test("bytes that are not UTF-8 are a problem")
    func notUTF8() {
        var bytes = Array(Fixtures.answer.utf8)
        bytes[bytes.count - 40] = 0xFF
        #expect(throws: JSONProblem.self) { try Fixtures.decode(bytes) }
    }

    @Test("cut off anywhere, an answer is a problem and never half an answer")
    func truncated() {
        let bytes = Array(Fixtures.answer.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONProblem.self, "cut after \(length) bytes") {
                try Fixtures.decode(Array(bytes[..<length]))
            }
        }
    }
}
