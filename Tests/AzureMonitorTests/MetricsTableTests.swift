import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct MetricsTableTests {
    static let ids = (1...3).map {
        ResourceID("/subscriptions/sub-1/resourceGroups/rg-a/providers/Contoso.Widgets/ovens/o\($0)")
    }
    static let names = ["Loaves", "Crumbs/sec"]

    static func decode(
        _ json: String, ids: [ResourceID] = ids, names: [String] = names,
        aggregations: AggregationSet = [.init(.total), .init(.average)], isBatch: Bool = true
    ) throws -> MetricsTable {
        try MetricsTable(
            json: HTTPBody(json.utf8),
            question: TableQuestion(
                resources: ids, metricNames: names, aggregations: aggregations, grain: .oneMinute, isBatch: isBatch),
            host: "batch", answeredAt: nil)
    }

    /// One metric with one series of one bucket with this total.
    static func metric(_ name: String, total: String, id: String? = nil) -> String {
        let id = id.map { #""id":"\#($0)/providers/Microsoft.Insights/metrics/\#(name)","# } ?? ""
        return #"""
            {\#(id)"timeseries":[{"metadatavalues":[],"data":[{"timeStamp":"2031-02-03T04:04:00Z","total":\#(total)}]}],
             "name":{"value":"\#(name)"},"unit":"Count","errorCode":"Success"}
            """#
    }

    static func entry(_ id: String?, _ metrics: [String], extra: String = "") -> String {
        let id = id.map { #""resourceid":"\#($0)","# } ?? ""
        return #"{\#(id)\#(extra)"value":[\#(metrics.joined(separator: ","))]}"#
    }

    static func batch(_ entries: [String]) -> String { #"{"values":[\#(entries.joined(separator: ","))]}"# }

    /// What a cell says, in short: `-` missing, `!CODE`, or the totals of its series.
    static func text(_ table: MetricsTable, _ resource: Int, _ metric: Int) -> String {
        switch table.cell(resource: resource, metric: metric) {
        case .missing: "-"
        case .failed(let error): "!" + error.code
        case .series(let range):
            range.map { series in
                let column = table.buckets(ofSeries: series, .total)
                return (0..<column.count).map { column.value(at: $0).map { "\($0)" } ?? "nil" }.joined(separator: " ")
            }.joined(separator: "|")
        }
    }

    static func all(_ table: MetricsTable) -> [[String]] {
        (0..<table.resourceCount).map { row in (0..<table.metricCount).map { text(table, row, $0) } }
    }

    @Test("one resource's answer, in whatever order its fields and metrics stand")
    func single() throws {
        let table = try Self.decode(
            Fixtures.answer, ids: [Fixtures.resource], names: ["crumbs/SEC", "Other", "LOAVES"], isBatch: false)
        #expect(table.resourceCount == 1 && table.metricCount == 3 && table.host == "batch")
        #expect(table.isAnswered(resource: 0) && table.region(ofResource: 0) == "westeurope")
        #expect(Self.all(table) == [["!InvalidSamplingType", "-", "7.0 nil nil 1000.0|0.0|"]])
        guard case .failed(let error) = table.cell(resource: 0, metric: 0) else { return }
        #expect(error == MetricError(code: "InvalidSamplingType", message: "Count is not stored"))
        #expect((0..<3).map { table.unit(resource: 0, metric: $0) } == ["Percent", "", "Count"])
        #expect(table.dimensions(ofSeries: 0) == [Label("shelf", "Töp \"1\""), Label("door", "")])
        #expect(table.dimensions(ofSeries: 1).isEmpty)
        let average = table.buckets(ofSeries: 0, .average)
        #expect(average.value(at: 3)?.sign == .minus && average.value(at: 0) == 1.75)
        #expect(average.start(at: 3) == Timestamp(iso8601: "2031-02-03T04:07:00Z")?.seconds)
        #expect(table.buckets(ofSeries: 0, .maximum).value(at: 3) == nil, "was not asked for")
    }

    @Test("many resources in another order and case, some absent, one nobody asked for, one twice")
    func batch() throws {
        let table = try Self.decode(
            Self.batch([
                Self.entry("/subscriptions/x/other", [Self.metric("Loaves", total: "99")]),
                Self.entry(
                    Self.ids[2].description.uppercased(),
                    [
                        Self.metric("Unasked", total: "98"), Self.metric("CRUMBS/sec", total: "32"),
                        Self.metric("Loaves", total: "31"), Self.metric("loaves", total: "97"),
                    ], extra: #""resourceregion":"West Europe","interval":"PT1M","#),
                Self.entry(String(Self.ids[0].description.dropFirst()), [Self.metric("Loaves", total: "11")]),
                Self.entry(Self.ids[2].description, [Self.metric("Loaves", total: "96")]),
            ]))
        #expect(Self.all(table) == [["11.0", "-"], ["-", "-"], ["31.0", "32.0"]])
        #expect((0..<3).map { table.isAnswered(resource: $0) } == [true, false, true])
        #expect((0..<3).map { table.region(ofResource: $0) } == [nil, nil, "westeurope"])
        #expect(table.unit(resource: 2, metric: 1) == "Count" && table.unit(resource: 1, metric: 1).isEmpty)
    }

    @Test("without a resourceid the metrics' own ids tell; without either nobody knows")
    func idOfMetric() throws {
        let id = Self.ids[1].description
        let table = try Self.decode(
            Self.batch([
                Self.entry(nil, [Self.metric("Loaves", total: "1"), Self.metric("Crumbs/sec", total: "2", id: id)]),
                Self.entry(nil, [Self.metric("Loaves", total: "99")]),
                Self.entry("", [Self.metric("Loaves", total: "99")]),
                Self.entry(nil, [Self.metric("Loaves", total: "99", id: "/providers/Microsoft.Insights/metrics")]),
                #"{"resourceid":"\#(Self.ids[0].description)"}"#, "{}",
            ]))
        #expect(Self.all(table) == [["-", "-"], ["1.0", "2.0"], ["-", "-"]])
        #expect(!table.isAnswered(resource: 0))
    }

    @Test("the id may stand behind the metrics")
    func idLast() throws {
        let json = #"{"values":[{"value":[\#(Self.metric("Loaves", total: "5"))],"resourceid":"\#(Self.ids[1])"}]}"#
        #expect(Self.all(try Self.decode(json)) == [["-", "-"], ["5.0", "-"], ["-", "-"]])
    }

    @Test("an entry with other buckets than asked fails as a whole, and alone")
    func otherGrain() throws {
        let table = try Self.decode(
            Self.batch([
                Self.entry(Self.ids[0].description, [Self.metric("Loaves", total: "1")], extra: #""interval":"PT5M","#),
                Self.entry(
                    Self.ids[1].description, [Self.metric("Loaves", total: "2")], extra: #""interval":"pt60s","#),
                Self.entry(Self.ids[2].description, [Self.metric("Loaves", total: "3")], extra: #""interval":null,"#),
            ]))
        let other = "!" + MetricError.otherGrain
        #expect(Self.all(table) == [[other, other], ["2.0", "-"], ["3.0", "-"]])
        #expect(table.unit(resource: 0, metric: 1).isEmpty)
    }

    static let contents: [(data: String, expected: String)] = [
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":1E+3}"#, "1000.0"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":-0.0}"#, "-0.0"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":9007199254740993}"#, "9007199254740992.0"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":"NaN"}"#, "nil"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":{"x":[1]}}"#, "nil"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","total":true,"unknown":[{}]}"#, "nil"),
        (#"{"total":null,"timeStamp":"2031-02-03T04:04:00Z"}"#, "nil"),
        (
            #"{"timeStamp":"2031-02-03T04:05:00Z","total":1},{"timeStamp":"2031-02-03T04:04:00Z","total":2},"#
                + #"{"timeStamp":"2031-02-03T04:05:00Z","total":3},{"timeStamp":"2001-02-03T04:05:00Z","total":4}"#,
            "1.0 2.0 3.0 4.0"
        ),
        (#"{"total":1}"#, "!UnreadableSeries"), (#"{"total":1,"timeStamp":null}"#, "!UnreadableSeries"),
        (#"{"total":1,"timeStamp":"soon"}"#, "!UnreadableSeries"),
        (#"{"total":1,"timeStamp":"2031-02-03T04:61:00Z"}"#, "!UnreadableSeries"),
        (#"{"timeStamp":"2031-02-03T04:04:00Z","timeStamp":"2031-02-03T04:04:00Z"}"#, "!UnreadableSeries"),
    ]

    @Test("odd content costs its own value or its own metric, nothing else", arguments: contents)
    func content(data: String, expected: String) throws {
        let odd = #"{"name":{"value":"Loaves"},"unit":"Furlongs","extra":5,"timeseries":[{"data":[\#(data)]}]}"#
        let table = try Self.decode(
            Self.batch([Self.entry(Self.ids[1].description, [odd, Self.metric("Crumbs/sec", total: "6")])]))
        #expect(Self.all(table)[1] == [expected, "6.0"])
        #expect(table.unit(resource: 1, metric: 0) == "Furlongs")
    }

    @Test("times that share a place in the cache are told apart")
    func times() throws {
        // 04:05 and 05:04 have the same sum of digits.
        let stamps = ["04:05", "05:04", "04:05", "05:04"]
        let data = stamps.map { #"{"timeStamp":"2031-02-03T\#($0):00Z"}"# }.joined(separator: ",")
        let json = #"{"value":[{"name":{"value":"Loaves"},"timeseries":[{"data":[\#(data)]}]}]}"#
        let table = try Self.decode(json, ids: [Self.ids[0]], isBatch: false)
        let column = table.buckets(ofSeries: 0, .total)
        #expect(
            (0..<4).map { column.start(at: $0) }
                == stamps.map { Timestamp(iso8601: "2031-02-03T\($0):00Z")?.seconds })
    }

    @Test(
        "what is no answer is a problem",
        arguments: [
            "", "null", "[]", "{}", #"{"values":null}"#, #"{"values":{}}"#, #"{"values":[5]}"#, #"{"value":[]}"#,
            #"{"error":{"code":"x","message":"y"}}"#, #"{"values":[]} {}"#, #"{"values":[{"value":[5]}]}"#,
            #"{"values":[{"value":[{"timeseries":[{"data":[{"timeStamp":"2031-02-03T04:04:00Z","total":1e999}]}]}]}]}"#,
        ])
    func refused(json: String) {
        #expect(throws: JSONProblem.self) { try Self.decode(json) }
    }

    @Test("cut off anywhere, an answer is a problem and never half an answer")
    func truncated() {
        let bytes = Array(
            Self.batch([
                Self.entry(Self.ids[0].description, [Self.metric("Loaves", total: "1")]),
                Self.entry(Self.ids[1].description, [Self.metric("Crumbs/sec", total: "2")]),
            ]).utf8)
        for length in bytes.indices {
            #expect(throws: JSONProblem.self, "cut after \(length) bytes") {
                try Self.decode(String(decoding: bytes[..<length], as: UTF8.self))
            }
        }
    }

    @Test("a table put together by hand says what was put in")
    func byHand() {
        let table = MetricsTable(
            host: "h", answeredAt: Timestamp(seconds: 5), aggregations: [.init(.total), .init(.count)], metricCount: 2,
            resources: [
                nil,
                .init(
                    region: "westeurope",
                    metrics: [
                        .failed(MetricError(code: "C", message: "m")),
                        .answered(
                            unit: "Bytes",
                            [
                                .init([.init(start: 60, [.total: 1, .average: 9]), .init(start: 120)]),
                                .init(dimensions: [Label("d", "v")], [.init(start: 60, [.count: 3, .total: 2])]),
                            ]),
                    ]),
                .init(metrics: []),
            ])
        #expect(Self.all(table) == [["-", "-"], ["!C", "1.0 nil|2.0"], ["-", "-"]])
        #expect((0..<3).map { table.isAnswered(resource: $0) } == [false, true, true])
        #expect(table.region(ofResource: 1) == "westeurope" && table.unit(resource: 1, metric: 1) == "Bytes")
        #expect(table.dimensions(ofSeries: 1) == [Label("d", "v")] && table.dimensions(ofSeries: 0).isEmpty)
        #expect(table.buckets(ofSeries: 1, .count).value(at: 0) == 3 && table.answeredAt == Timestamp(seconds: 5))
        #expect(
            table.buckets(ofSeries: 0, .average).value(at: 0) == nil && table.buckets(ofSeries: 0, .total).count == 2)
    }
}
