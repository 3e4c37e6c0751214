import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct MetricsTimeTests {
    static let vm = TestAzure.id("vm-web-1")

    /// Span, interval, span in the answer, first time, last time, number.
    static let windows: [(String, String, String, String, String, Int)] = [
        (
            "2031-02-04T02:00:00Z/2031-02-04T02:05:00Z", "PT1M", "2031-02-04T02:00:00Z/2031-02-04T02:05:00Z",
            "2031-02-04T02:00:00Z", "2031-02-04T02:04:00Z", 5
        ),
        (
            "2031-02-04T02:00:16.129Z/2031-02-04T02:05:59Z", "PT1M", "2031-02-04T02:00:16Z/2031-02-04T02:05:59Z",
            "2031-02-04T02:00:00Z", "2031-02-04T02:04:00Z", 5
        ),
        (
            "2031-02-04T02:03:00Z/2031-02-04T02:13:00Z", "PT5M", "2031-02-04T02:03:00Z/2031-02-04T02:13:00Z",
            "2031-02-04T02:03:00Z", "2031-02-04T02:08:00Z", 2
        ),
        (
            "2031-02-01T22:35:00Z/2031-02-02T22:40:00Z", "PT6H", "2031-02-01T22:35:00Z/2031-02-02T22:40:00Z",
            "2031-02-01T22:35:00Z", "2031-02-02T22:35:00Z", 5
        ),
        (
            "2031-02-04T02:00:00Z/2031-02-04T06:00:00Z", "FULL", "2031-02-04T02:00:00Z/2031-02-04T06:00:00Z",
            "2031-02-04T02:00:00Z", "2031-02-04T02:00:00Z", 1
        ),
    ]

    @Test("buckets begin at the start, the end is exclusive, bounds are floored", arguments: windows)
    func buckets(_ span: String, _ interval: String, _ echo: String, _ first: String, _ last: String, _ count: Int) {
        let answer = TestAzure().metrics(Self.vm, [("timespan", span), ("interval", interval)])
        #expect(answer.json["timespan"] as? String == echo)
        #expect(answer.json["interval"] as? String == (interval == "FULL" ? "PT4H" : interval))
        let times = answer.series.first?.times ?? []
        #expect(times.count == count)
        #expect(times.first == first)
        #expect(times.last == last)
        #expect(times == times.sorted())
    }

    @Test func aPlusThatIsNotEncodedIsASpace() {
        let query = "api-version=2024-02-01&timespan=2031-02-04T02:00:00+01:00/2031-02-04T03:00:00+01:00"
        let path = Self.vm + "/providers/Microsoft.Insights/metrics"
        #expect(TestAzure().get(path, rawQuery: query).status == 400)
        let encoded = query.split(separator: "+").joined(separator: "%2B")
        #expect(TestAzure().get(path, rawQuery: encoded).series.first?.times.first == "2031-02-04T01:00:00Z")
    }

    @Test("a last bucket that the end cuts short holds its own minutes only")
    func truncated() throws {
        let azure = TestAzure()
        let metric = ("metricnames", "Network In Total")
        let cut = azure.metrics(
            Self.vm, [metric, ("interval", "PT5M"), ("timespan", "2031-02-04T02:00:00Z/2031-02-04T02:07:00Z")])
        let minutes = azure.metrics(
            Self.vm, [metric, ("interval", "PT1M"), ("timespan", "2031-02-04T02:05:00Z/2031-02-04T02:07:00Z")])
        let last = try #require(cut.series.first?.values("total").last ?? nil)
        #expect(cut.series.first?.data.count == 2)
        #expect(last == minutes.series.first?.values("total").compactMap { $0 }.reduce(0, +))
        #expect(last > 0)
    }

    @Test("unaligned buckets hold what lies in them")
    func unaligned() throws {
        let azure = TestAzure()
        let metric = ("metricnames", "Network In Total")
        let wide = azure.metrics(
            Self.vm, [metric, ("interval", "PT5M"), ("timespan", "2031-02-04T02:03:00Z/2031-02-04T02:08:00Z")])
        let minutes = azure.metrics(
            Self.vm, [metric, ("interval", "PT1M"), ("timespan", "2031-02-04T02:03:00Z/2031-02-04T02:08:00Z")])
        let values = try #require(minutes.series.first).values("total").compactMap { $0 }
        #expect(wide.series.first?.values("total") == [values.reduce(0, +)])
    }
}
