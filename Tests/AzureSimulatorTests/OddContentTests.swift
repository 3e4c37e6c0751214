import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// Content that a reader has to bear and that changes no value.
@Suite struct OddContentTests {
    static let numbers: [(Double, String)] = [
        (1000, "1E+3"), (125, "1.25E+2"), (0.5, "5E-1"), (0.0125, "1.25E-2"), (-7.75, "-7.75E+0"), (0, "0E+0"),
        (1e21, "1E+21"), (1.5e-9, "1.5E-9"), (9_007_199_254_740_992, "9.007199254740992E+15"),
        (.leastNonzeroMagnitude, "5E-324"), (.greatestFiniteMagnitude, "1.7976931348623157E+308"), (10.25, "1.025E+1"),
    ]

    @Test("a number with an exponent is the same number", arguments: numbers)
    func exponent(_ number: Double, _ text: String) {
        #expect(OddContent.exponential(number) == text)
        #expect(Double(text) == number)
    }

    struct Asked: Sendable {
        var resource: String
        var metrics: String
        var aggregation: String
    }

    static let asked = [
        Asked(resource: "vm-web-1", metrics: "Percentage CPU,CPU Credits Remaining", aggregation: "average"),
        Asked(resource: "sb-shop", metrics: "Size,Messages", aggregation: "average"),
        Asked(resource: "sb-shop", metrics: "IncomingMessages", aggregation: "total"),
        Asked(resource: "stshop", metrics: "Transactions,Egress", aggregation: "total"),
    ]

    static func azure(_ share: Double, seed: UInt64 = 1) -> TestAzure {
        TestAzure(
            TestAzure.options {
                $0.oddContent = share
                $0.seed = seed
            })
    }

    static func answer(_ azure: TestAzure, _ asked: Asked) -> TestAzure.Answer {
        azure.metrics(
            TestAzure.id(asked.resource), [("metricnames", asked.metrics), ("aggregation", asked.aggregation)])
    }

    /// Values by metric and time; different ones for the same time are an issue.
    static func values(_ answer: TestAzure.Answer) -> [String: Double] {
        var values: [String: Double] = [:]
        for metric in answer.metrics {
            for point in metric.series.flatMap(\.data) {
                for aggregation in ["total", "average"] {
                    guard let value = point[aggregation] as? Double, let time = point["timeStamp"] else { continue }
                    let key = "\(metric.name) \(aggregation) \(time)"
                    #expect(values[key] == nil || values[key] == value)
                    values[key] = value
                }
            }
        }
        return values
    }

    @Test("no value of the window is changed", arguments: asked, [0.1, 1])
    func truth(_ asked: Asked, _ share: Double) {
        for seed in 1...2 as ClosedRange<UInt64> {
            let plain = Self.values(Self.answer(Self.azure(0, seed: seed), asked))
            let odd = Self.values(Self.answer(Self.azure(share, seed: seed), asked))
            #expect(odd.filter { $0.key.contains("T10:") } == plain)
            // Beside the window it is the truth as well.
            #expect(share < 1 || odd.count == plain.count || odd.keys.contains { !$0.contains("T10:") })
        }
    }

    static let oddities: [(String, String)] = [
        ("E+", "exponent"), (":null", "null"), (":\"NaN\"", "NaN"),
        (":9007199254740993", "2^53 + 1"), ("FurlongsPerFortnight", "unit"), ("T09:59:00Z", "before"),
        ("T11:00:00Z\"", "after"),
    ]

    @Test("every oddity is found, and only where it is asked for", arguments: oddities)
    func oddity(_ part: String, _ name: String) {
        func count(_ share: Double) -> Int {
            (1...3 as ClosedRange<UInt64>).reduce(0) { count, seed in
                let texts = Self.asked.map { asked in
                    let body = Self.answer(Self.azure(share, seed: seed), asked).body
                    return String(decoding: body, as: UTF8.self).split(separator: "\"value\":[").dropFirst().joined()
                }
                return count + texts.filter { $0.contains(part) }.count
            }
        }
        #expect(count(0) == 0)
        #expect(count(0.5) > 0)
    }

    @Test func aZeroHasASign() {
        let text = JSONWriter.object { OddContent(share: 1, hash: 1).write("total", 0, at: 0, to: &$0) }
        #expect(String(decoding: text, as: UTF8.self) == #"{"total":-0.0}"#)
    }

    @Test func pointsAreUnsortedAndDoubled() {
        func times(_ share: Double) -> [[String]] {
            (1...8 as ClosedRange<UInt64>).flatMap { seed in
                Self.answer(Self.azure(share, seed: seed), Self.asked[1]).metrics.flatMap(\.series).map(
                    \.times)
            }
        }
        #expect(times(0).allSatisfy { $0 == $0.sorted() && Set($0).count == $0.count })
        let odd = times(0.5)
        #expect(odd.contains { $0 != $0.sorted() } && odd.contains { $0 == $0.sorted() })
        #expect(odd.contains { Set($0).count < $0.count })
    }

    @Test func theSeedDecides() {
        func body(_ seed: UInt64) -> [UInt8] { Self.answer(Self.azure(0.3, seed: seed), Self.asked[1]).body }
        #expect(body(1) == body(1))
        #expect(body(1) != body(2))
    }

    @Test func definitionsHaveThingsThatNobodyKnows() {
        let answer = Self.azure(1).get(
            TestAzure.id("kv-shop") + "/providers/Microsoft.Insights/metricDefinitions", [("api-version", "2024-02-01")]
        )
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(!answer.json.isEmpty)
        for part in ["\"Percentile99\"", "FurlongsPerFortnight", "9007199254740993"] { #expect(text.contains(part)) }
    }
}
