import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct SeriesFilterTests {
    static let bus = TestAzure.id("sb-shop")
    static let storage = TestAzure.id("stshop")
    static let vault = TestAzure.id("kv-shop")

    static let parsed: [(String, [SeriesFilter.Group])] = [
        ("A eq 'x'", [.init(dimension: "a", values: ["x"], hasWildcard: false)]),
        ("  A  EQ  'X' ", [.init(dimension: "a", values: ["x"], hasWildcard: false)]),
        ("A eq '*'", [.init(dimension: "a", values: [], hasWildcard: true)]),
        ("A eq ''", [.init(dimension: "a", values: [""], hasWildcard: false)]),
        ("A eq 'it''s'", [.init(dimension: "a", values: ["it's"], hasWildcard: false)]),
        ("A eq 'b and c'", [.init(dimension: "a", values: ["b and c"], hasWildcard: false)]),
        ("A eq 'x' or a eq 'y' OR A eq '*'", [.init(dimension: "a", values: ["x", "y"], hasWildcard: true)]),
        (
            "A eq 'x' and B eq 'y' or B eq 'z' and C eq '*'",
            [
                .init(dimension: "a", values: ["x"], hasWildcard: false),
                .init(dimension: "b", values: ["y", "z"], hasWildcard: false),
                .init(dimension: "c", values: [], hasWildcard: true),
            ]
        ),
    ]

    @Test("the grammar", arguments: parsed)
    func parses(_ text: String, _ groups: [SeriesFilter.Group]) throws {
        #expect(try SeriesFilter(text).groups == groups)
    }

    static let refused = [
        "A eq 'x' or B eq 'y'", "A eq 'x' and B eq 'y' or A eq 'z'", "A eq x", "A eq", "A", "A ne 'x'", "A eq 'x",
        "A eq 'x' and", "A eq 'x' B eq 'y'", "A eq 'x' xor A eq 'y'", "'x' eq A", "A eq 'x'and B eq 'y'",
        "A eq \"x\"", "eq 'x'", "and", "(A eq 'x')",
    ]

    @Test("anything else is a 400", arguments: refused)
    func refuses(_ filter: String) {
        #expect(throws: AzureError.self) { try SeriesFilter(filter) }
        let answer = TestAzure().metrics(Self.bus, [("metricnames", "ActiveMessages"), ("$filter", filter)])
        #expect(answer.status == 400)
        #expect(answer.code == "BadRequest" && !answer.isWrapped)
    }

    static let unsupported: [(String, String, String)] = [
        (bus, "ActiveMessages", "Color eq 'red'"), (bus, "ActiveMessages", "EntityName eq '*' and Color eq '*'"),
        (bus, "ActiveMessages,ActiveConnections", "EntityName eq '*'"),
        (vault, "ServiceApiResult", "StatusCode eq '*' and StatusCodeClass eq '*'"),
    ]

    @Test("dimensions that cannot be used are a 400 that names those that can", arguments: unsupported)
    func combination(_ id: String, _ metrics: String, _ filter: String) {
        let answer = TestAzure().metrics(id, [("metricnames", metrics), ("$filter", filter)])
        #expect(answer.status == 400)
        #expect(answer.message.contains("does not support requested dimension combination"))
        #expect(answer.message.contains("supported ones are"))
    }

    @Test func supportedCombinationsOfTheSameMetric() {
        for dimension in ["StatusCode", "StatusCodeClass"] {
            let answer = TestAzure().metrics(
                Self.vault,
                [("metricnames", "ServiceApiResult"), ("$filter", "ActivityName eq '*' and \(dimension) eq '*'")])
            #expect(answer.status == 200)
        }
    }

    static let ignored: [(String, [[String: String]])] = [
        ("Color eq 'red'", [[:]]),
        ("EntityName eq 'orders' and Color eq 'red'", [["entityname": "orders"]]),
    ]

    @Test("unknown dimensions are ignored if they are not validated", arguments: ignored)
    func unvalidated(_ filter: String, _ series: [[String: String]]) {
        let answer = TestAzure().metrics(
            Self.bus, [("metricnames", "ActiveMessages"), ("$filter", filter), ("ValidateDimensions", "false")])
        #expect(answer.series.map(\.dimensions) == series)
    }

    /// A filter, what is rolled up, and the values of `apiname` and `authentication` in the answer.
    static let splits: [(String, String, Set<[String: String]>)] = [
        ("ApiName eq 'GetBlob'", "", [["apiname": "GetBlob"]]),
        ("ApiName eq 'GetBlob' or ApiName eq 'putblob'", "", [["apiname": "GetBlob"], ["apiname": "PutBlob"]]),
        ("ApiName eq 'GetBlob' or ApiName eq 'putblob'", "ApiName", [[:]]),
        ("ApiName eq 'nothing'", "", []),
        (
            "ApiName eq '*'", "",
            [
                ["apiname": "GetBlob"], ["apiname": "PutBlob"], ["apiname": "ListBlobs"],
                ["apiname": "GetBlobProperties"],
            ]
        ),
        (
            "ApiName eq 'GetBlob' and Authentication eq '*'", "",
            [
                ["apiname": "GetBlob", "authentication": "OAuth"],
                ["apiname": "GetBlob", "authentication": "SAS"],
            ]
        ),
        (
            "ApiName eq 'GetBlob' and Authentication eq '*'", "apiname",
            [["authentication": "OAuth"], ["authentication": "SAS"]]
        ),
        ("ApiName eq '*' and Authentication eq '*'", "apiname,Authentication", [[:]]),
    ]

    @Test("a filter splits by what it names, and rollupby takes that back", arguments: splits)
    func split(_ filter: String, _ rollup: String, _ expected: Set<[String: String]>) {
        let answer = TestAzure().metrics(
            Self.storage,
            [("metricnames", "Transactions"), ("$filter", filter), ("rollupby", rollup), ("top", "1000")])
        #expect(answer.status == 200)
        #expect(Set(answer.series.map(\.dimensions)) == expected)
        #expect(answer.series.count == expected.count)
    }

    static func totals(_ answer: TestAzure.Answer) -> Double {
        answer.series.flatMap { $0.values("total") }.compactMap { $0 }.reduce(0, +)
    }

    @Test func partsAddUpToTheWhole() {
        let azure = TestAzure()
        func total(_ query: [(String, String)]) -> Double {
            Self.totals(azure.metrics(Self.storage, [("metricnames", "Transactions"), ("top", "1000")] + query))
        }
        let whole = total([])
        #expect(whole > 0)
        #expect(total([("$filter", "ApiName eq '*'")]) == whole)
        #expect(total([("$filter", "ApiName eq '*' and ResponseType eq '*'")]) == whole)
        #expect(total([("$filter", "ApiName eq '*'"), ("rollupby", "ApiName")]) == whole)
        let part = total([("$filter", "ApiName eq 'GetBlob' or ApiName eq 'PutBlob'"), ("rollupby", "ApiName")])
        #expect(part > 0 && part < whole)
    }

    static let tops: [(String?, Int)] = [
        (nil, 10), ("1", 1), ("11", 11), ("12", 12), ("13", 12), ("2147483647", 12),
    ]

    /// Twelve series have values; the idle one is not counted on.
    @Test("series are cut at top, at 10 by default, without a sign", arguments: tops)
    func top(_ top: String?, _ count: Int) {
        let query = [
            ("metricnames", "ActiveMessages"), ("$filter", "EntityName eq '*'"), ("orderby", "average desc"),
        ]
        let answer = TestAzure().metrics(Self.bus, query + (top.map { [("top", $0)] } ?? []))
        #expect(answer.status == 200)
        #expect(answer.series.filter { $0.values("average").contains { $0 != nil } }.count == count)
    }

    @Test("orderby sorts by the whole span and decides what is cut", arguments: ["sum", "total", "count"])
    func order(_ key: String) throws {
        let azure = TestAzure()
        func values(_ direction: String, top: String) -> [Double] {
            let answer = azure.metrics(
                Self.bus,
                [
                    ("metricnames", "IncomingMessages"), ("$filter", "EntityName eq '*'"), ("top", top),
                    ("orderby", "\(key) \(direction)".trimmingSpaces),
                ])
            return answer.series.map { $0.values("total").compactMap { $0 }.reduce(0, +) }.filter { $0 > 0 }
        }
        let all = values("desc", top: "100")
        #expect(all.count == 12)
        #expect(all == all.sorted(by: >))
        #expect(values("desc", top: "3") == Array(all.prefix(3)))
        #expect(values("ASC", top: "3") == Array(all.reversed().prefix(3)))
        #expect(values("", top: "3") == Array(all.reversed().prefix(3)))
    }

    @Test func metadataListsSeriesWithoutPoints() {
        let azure = TestAzure()
        let query = [("metricnames", "Transactions"), ("resultType", "metadata"), ("top", "100")]
        let answer = azure.metrics(Self.storage, query + [("$filter", "ApiName eq '*'")])
        #expect(answer.series.count == 4)
        #expect(answer.series.allSatisfy { $0.json["data"] == nil && $0.dimensions["apiname"] != nil })
        #expect(answer.json["interval"] == nil)
        let two = azure.metrics(Self.storage, query + [("$filter", "ApiName eq '*' and ResponseType eq '*'")])
        #expect(two.status == 400)
        let idle = azure.metrics(
            Self.bus,
            [
                ("metricnames", "ActiveMessages"), ("resultType", "Metadata"), ("$filter", "EntityName eq '*'"),
                ("top", "100"),
            ])
        #expect(idle.series.count == 12)
    }
}

extension String {
    fileprivate var trimmingSpaces: String { trimmed(self) }
}
