import Foundation
import MetricModel
import Testing

@testable import AgentServer

/// What the report looks like.
@Suite struct HealthReportTests {
    private var report: HealthReport {
        var entry = HealthEntry("a \"check\"", .degraded, "it said\n\u{1B}[31m\"no\"", remedy: "ask\u{7}again")
        entry.facts = [("points", .number(3)), ("collector", .text("http://c"))]
        entry.duration = .microseconds(1500)
        return HealthReport(entries: [entry, HealthEntry("b", .healthy, "fine")], totalDuration: .milliseconds(2))
    }

    @Test("the JSON has the shape of ASP.NET's health report")
    func json() throws {
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        let root = try #require(object)
        #expect(root.keys.sorted() == ["entries", "status", "totalDuration"])
        #expect(root["status"] as? String == "Degraded")
        #expect(root["totalDuration"] as? String == "00:00:00.0020000")
        let entries = try #require(root["entries"] as? [String: [String: Any]])
        #expect(entries.keys.sorted() == ["a \"check\"", "b"])
        let entry = try #require(entries["a \"check\""])
        #expect(entry.keys.sorted() == ["data", "description", "duration", "status", "tags"])
        #expect(entry["status"] as? String == "Degraded")
        #expect(entry["description"] as? String == "it said\n\u{1B}[31m\"no\"")
        #expect(entry["duration"] as? String == "00:00:00.0015000")
        #expect((entry["tags"] as? [String])?.isEmpty == true)
        let data = try #require(entry["data"] as? [String: Any])
        #expect(data["points"] as? Int == 3)
        #expect(data["collector"] as? String == "http://c")
        #expect(data["remedy"] as? String == "ask\u{7}again")
        #expect((entries["b"]?["data"] as? [String: Any])?.isEmpty == true)
    }

    @Test("a report without entries is healthy, and a whole JSON object")
    func empty() {
        let report = HealthReport(entries: [], totalDuration: .zero)
        #expect(report.json == #"{"status":"Healthy","totalDuration":"00:00:00","entries":{}}"#)
        #expect(report.httpStatus == 200)
    }

    @Test("the text says what to do, and no foreign character reaches the terminal")
    func text() {
        #expect(
            report.text == """
                Degraded
                a "check": Degraded
                  it said  [31m"no"
                  what to do: ask again
                b: Healthy
                  fine

                """)
    }

    static let lengths: [(Duration, String, String)] = [
        (.zero, "00:00:00", "0 s"), (.nanoseconds(100), "00:00:00.0000001", "0 s"), (.seconds(-5), "00:00:00", "0 s"),
        (.seconds(119), "00:01:59", "119 s"), (.seconds(120), "00:02:00", "2 min"),
        (.milliseconds(3_599_500), "00:59:59.5000000", "59 min"), (.seconds(7200), "02:00:00", "2 h"),
        (.seconds(172_800), "2.00:00:00", "2 d"), (.seconds(266_399), "3.01:59:59", "3 d"),
    ]

    @Test("lengths of time, for .NET and for people", arguments: lengths)
    func length(duration: Duration, net: String, people: String) {
        #expect(timeSpan(duration) == net)
        #expect(words(duration) == people)
    }

    @Test("a long reason is cut", arguments: [(400, 400), (401, 401), (5000, 401)])
    func long(count: Int, expected: Int) {
        #expect(shortened(String(repeating: "x", count: count)).count == expected)
    }
}
