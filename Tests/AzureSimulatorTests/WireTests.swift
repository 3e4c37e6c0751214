import Gzip
import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct WireTests {
    static let decoded: [(String, Bool, String)] = [
        ("", true, ""), ("a%20b", true, "a b"), ("a+b", true, "a b"), ("a+b", false, "a+b"), ("%2", true, "%2"),
        ("%", true, "%"), ("%zz", true, "%zz"), ("%252", true, "%2"), ("%C3%a4", true, "ä"), ("100%25", true, "100%"),
    ]

    @Test("percent-encoding", arguments: decoded)
    func decodes(_ text: String, _ plusIsSpace: Bool, _ expected: String) {
        #expect(percentDecoded(text, plusIsSpace: plusIsSpace) == expected)
    }

    @Test func parametersAreFoundInAnyCaseAndTheFirstCounts() {
        let parameters = Parameters(encoded: "Top=5&top=6&flag&empty=&x=a=b&%24filter=q&list=a,%20b,,c")
        #expect(parameters["top"] == "5")
        #expect(parameters["flag"] == "")
        #expect(parameters["empty"] == "")
        #expect(parameters["x"] == "a=b")
        #expect(parameters["$FILTER"] == "q")
        #expect(parameters["missing"] == nil)
        #expect(parameters.list("list") == ["a", "b", "c"])
        #expect(parameters.list("missing") == nil)
    }

    @Test func jsonText() {
        let body = JSONWriter.object { json in
            json.field("text", "a\"b\\c\n\u{1}ä")
            json.field("double", 7.0)
            json.field("small", 1e-7)
            json.field("int", Int64(-3))
            json.field("flag", false)
            json.field("empty") { $0.object { _ in } }
            json.field("list", ["a", "b"])
            json.field("nested") { json in
                json.array { json in
                    json.value(Int64(1))
                    json.array { _ in }
                    json.object { $0.field("a", "b") }
                }
            }
        }
        #expect(
            String(decoding: body, as: UTF8.self) == #"{"text":"a\"b\\c\u000a\u0001ä","double":7.0,"small":1e-07,"#
                + #""int":-3,"flag":false,"empty":{},"list":["a","b"],"nested":[1,[],{"a":"b"}]}"#)
    }

    static let dates: [(Int64, String)] = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
    ]

    @Test("dates of headers", arguments: dates)
    func date(_ seconds: Int64, _ expected: String) {
        #expect(httpDate(Timestamp(seconds: seconds)) == expected)
    }

    static let routes: [(String, [String]?)] = [
        ("a/x/y/z", ["x/y"]), ("a/x/y/w/z", ["x/y/w"]), ("A/x/y/Z", ["x/y"]), ("a/x/z", nil), ("a/x/y", nil),
        ("b/x/y/z", nil), ("", nil),
    ]

    @Test("two stars take two segments or more", arguments: routes)
    func route(_ path: String, _ captures: [String]?) {
        let route = Route("test", nil, "a/**/z") { _ in ServedResponse(status: 500) }
        #expect(route.captures(of: path.split(separator: "/").map(String.init)) == captures)
    }

    @Test func oneStarTakesOneSegment() {
        let route = Route("test", nil, "*/b") { _ in ServedResponse(status: 500) }
        #expect(route.captures(of: ["a", "b"]) == ["a"])
        #expect(route.captures(of: ["a", "a", "b"]) == nil)
        #expect(route.captures(of: ["b"]) == nil)
    }

    static let codings: [(String?, Bool)] = [
        ("gzip", true), ("deflate, GZIP;q=0.5", true), ("br,gzip", true), (nil, false), ("", false),
        ("gzip;q=0", false), ("gzip; q=0.0", false), ("deflate", false), ("xgzip", false),
    ]

    @Test("a large answer is compressed for who accepts it", arguments: codings)
    func compresses(_ accepted: String?, _ expected: Bool) throws {
        let azure = TestAzure()
        let path = TestAzure.id("vm-web-1") + "/providers/Microsoft.Insights/metrics"
        let query = "api-version=2024-02-01&timespan=2031-02-04T10:00:00Z/2031-02-04T11:00:00Z"
        let plain = azure.get(path, rawQuery: query)
        let answer = azure.get(path, rawQuery: query, headers: accepted.map { [("Accept-Encoding", $0)] } ?? [])
        #expect((answer.header("Content-Encoding") == "gzip") == expected)
        #expect(try (expected ? Gzip.decompress(answer.body, limit: 1 << 20) : answer.body) == plain.body)
        #expect(!expected || answer.body.count < plain.body.count / 4)
    }

    @Test("the limit of compression", arguments: [(0, false), (1024, false), (1025, true)])
    func smallest(_ count: Int, _ compressed: Bool) {
        let request = ServedRequest(method: "GET", path: "/", headers: [("accept-encoding", "gzip")])
        let response = ServedResponse(status: 200, body: Array(repeating: 65, count: count)).compressed(for: request)
        #expect(response.headers.contains { $0.name == "Content-Encoding" } == compressed)
        #expect((response.body.count < count) == compressed)
    }
}
