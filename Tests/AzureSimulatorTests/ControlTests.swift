import Foundation
import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct ControlTests {
    static let bus = TestAzure.id("sb-shop")

    @Test func truthOverHTTPIsTheTruth() throws {
        let azure = TestAzure()
        let answer = azure.get(
            "/simulator/truth",
            [
                ("resource", Self.bus), ("metric", "IncomingMessages"), ("aggregation", "Total"),
                ("interval", "PT5M"), ("start", "2031-02-04T11:00:00Z"), ("end", "2031-02-04T11:14:00Z"),
                ("dimensions", "entityname"),
            ])
        #expect(answer.status == 200)
        let series = try #require(answer.json["series"] as? [[String: Any]])
        #expect(series.count == 13)
        for one in series {
            let dimensions = try #require(one["dimensions"] as? [String: String])
            let values = try #require(one["values"] as? [[String: Any]])
            #expect(values.count == (dimensions["EntityName"] == "archive" ? 0 : 2))
            for value in values {
                let time = try #require(Timestamp(iso8601: value["timeStamp"] as? String ?? ""))
                let truth = azure.azure.truth(
                    resource: Self.bus, metric: "IncomingMessages", dimensions: dimensions, aggregation: "total",
                    grain: .fiveMinutes, bucketStart: time)
                #expect(value["value"] as? Double == truth)
            }
        }
    }

    @Test func truthIsThereBeforeAzureShowsIt() throws {
        let answer = TestAzure().get(
            "/simulator/truth",
            [
                ("resource", Self.bus), ("metric", "Size"), ("aggregation", "average"),
                ("start", "2031-02-04T13:00:00Z"), ("end", "2031-02-04T13:03:00Z"),
            ])
        let series = try #require(answer.json["series"] as? [[String: Any]])
        #expect(series.map { ($0["values"] as? [Any])?.count } == [3])
    }

    static let wrong: [([String: String], Int)] = [
        (["resource": ""], 400), (["resource": "/nothing"], 404), (["metric": "Nothing"], 404),
        (["aggregation": "median"], 400), (["interval": "x"], 400), (["interval": "P999999D"], 400),
        (["end": "2032-02-04T11:01:00Z"], 400), (["start": "1700-02-04T11:01:00Z"], 400), (["start": "x"], 400),
        (["end": ""], 400),
        (["dimensions": "Color"], 400), ([:], 200),
    ]

    @Test("a question for a truth that is none", arguments: wrong)
    func wrongTruth(_ change: [String: String], _ status: Int) {
        var query = [
            "resource": Self.bus, "metric": "Size", "aggregation": "average", "start": "2031-02-04T11:00:00Z",
            "end": "2031-02-04T11:01:00Z",
        ]
        query.merge(change) { $1 }
        #expect(TestAzure().get("/simulator/truth", query.map { ($0.key, $0.value) }).status == status)
    }

    @Test func theJournalHoldsCallsWithoutSecrets() throws {
        let azure = TestAzure()
        _ = azure.metrics(Self.bus, [("metricnames", "Size")])
        _ = azure.get("/nowhere")
        _ = azure.get("/simulator/estate")
        let entries = azure.azure.state.withLock { $0.journal.elements }
        #expect(entries.map(\.route) == ["metrics", "none"])
        #expect(entries.map(\.status) == [200, 404])
        #expect(entries[0].query.hasPrefix("api-version=2024%2D02%2D01&metricnames=Size&timespan="))
        #expect(entries[0].time == TestAzure.noon)
        #expect(entries[0].headers.map(\.name) == ["Host"])

        let answer = azure.get("/simulator/journal")
        #expect(answer.json["callCounts"] as? [String: Int] == ["metrics": 1, "none": 1])
        let calls = try #require(answer.json["calls"] as? [[String: Any]])
        #expect(
            calls.map { $0["path"] as? String } == [Self.bus + "/providers/Microsoft.Insights/metrics", "/nowhere"])
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(azure.token))
    }

    static let bodies: [(String, String, String)] = [
        ("application/json", #"{"resourceids":["/a"]}"#, #"{"resourceids":["/a"]}"#),
        (
            "application/x-www-form-urlencoded", "client_id=a&client_secret=x%2By&scope=b",
            "client_id=a&client_secret=***&scope=b"
        ),
        ("text/plain", "Client%5FSecret=x&client_assertion=y", "Client%5FSecret=***&client_assertion=***"),
        ("text/plain", String(repeating: "x", count: 20_000), String(repeating: "x", count: 16_384)),
    ]

    @Test("the journal holds the beginning of the body, and no secret of a form", arguments: bodies)
    func body(_ type: String, _ sent: String, _ kept: String) {
        let azure = TestAzure()
        _ = azure.azure.answer(
            ServedRequest(method: "POST", path: "/x", headers: [("content-type", type)], body: Array(sent.utf8)))
        #expect(azure.azure.state.withLock { $0.journal.elements }.map(\.body) == [kept])
    }

    @Test(
        "the journal is a ring", arguments: [(0, []), (1, [4]), (2, [3, 4]), (4, [1, 2, 3, 4]), (5, [1, 2, 3, 4])])
    func ring(_ capacity: Int, _ kept: [Int]) {
        var ring = Ring<Int>(capacity: capacity)
        for number in 1...4 { ring.append(number) }
        #expect(ring.elements == kept)
    }

    static func advance(_ clock: any AgentClock, _ query: String) -> Int {
        SimulatedAzure(options: SimulatorOptions(), clock: clock).answer(
            ServedRequest(method: "POST", path: "/simulator/clock", query: query)
        ).status
    }

    @Test func aSteppedClockCanBeMoved() {
        let clock = SteppedClock(start: TestAzure.noon)
        #expect(Self.advance(clock, "advance=90") == 200)
        #expect(clock.systemNow == TestAzure.noon + .seconds(90))
        for query in ["", "advance=", "advance=x", "advance=-1", "advance=31622401"] {
            #expect(Self.advance(clock, query) == 400)
        }
        #expect(clock.systemNow == TestAzure.noon + .seconds(90))
        #expect(Self.advance(SystemClock(), "advance=1") == 409)
    }

    @Test func theEstateIsListedWithoutSecret() throws {
        let answer = TestAzure().get("/simulator/estate")
        let resources = try #require(answer.json["resources"] as? [[String: Any]])
        #expect(resources.compactMap { $0["id"] as? String } == Estate.standard.resources.map(\.id))
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(SimulatorOptions().clientSecret))
    }
}
