import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct MetricsQueryTests {
    private func parameters(_ query: MetricsQuery) -> [String: String] {
        let parts = query.url(base: "https://arm").split(separator: "?")[1].split(separator: "&")
        return Dictionary(
            parts.map { part in
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                return (pair[0], pair[1])
            }, uniquingKeysWith: { _, last in last })
    }

    @Test("the whole address")
    func address() {
        #expect(
            Fixtures.query().url(base: "https://management.azure.com")
                == "https://management.azure.com/subscriptions/sub-1/resourceGroups/rg-a/providers/Contoso.Widgets/ovens/o1"
                + "/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
                + "&timespan=2031-02-03T04%3A04%3A00Z%2F2031-02-03T04%3A09%3A00Z&interval=PT1M&metricnames=Loaves"
                + "&aggregation=average%2Ctotal")
    }

    static let nameTable: [([String], String)] = [
        (["Percentage CPU"], "Percentage%20CPU"), (["Data Disk Read Bytes/sec"], "Data%20Disk%20Read%20Bytes%2Fsec"),
        (["a", "b"], "a%2Cb"), (["a,b"], "a%252b"), (["a,b", "c"], "a%252b%2Cc"), (["100%"], "100%25"),
        (["größe&x=1+#?"], "gr%C3%B6%C3%9Fe%26x%3D1%2B%23%3F"), (["\"q\" 'r'"], "%22q%22%20%27r%27"),
    ]

    @Test("names are escaped in the list and in the address", arguments: nameTable)
    func names(names: [String], encoded: String) {
        #expect(parameters(Fixtures.query(names: names))["metricnames"] == encoded)
    }

    @Test("a filter brings top and an order, without one neither is sent")
    func filter() {
        let filtered = parameters(Fixtures.query(filter: "shelf eq 'O''Hara''s + 5%' or shelf eq '*'", top: 7))
        #expect(
            filtered["$filter"]
                == "shelf%20eq%20%27O%27%27Hara%27%27s%20%2B%205%25%27%20or%20shelf%20eq%20%27%2A%27")
        #expect(filtered["top"] == "7")
        #expect(filtered["orderby"] == "average%20desc")
        let plain = parameters(Fixtures.query(top: 7))
        #expect(Set(plain.keys) == ["api-version", "timespan", "interval", "metricnames", "aggregation"])
    }

    @Test("what would break the path is encoded, its slashes are not")
    func path() {
        var query = Fixtures.query()
        query.resourceID = ResourceID(
            "subscriptions/s/resourceGroups/rg (1)/providers/a/b/n?x#y%z/blobServices/default")
        #expect(
            query.url(base: "https://arm").hasPrefix(
                "https://arm/subscriptions/s/resourceGroups/rg%20(1)/providers/a/b/n%3Fx%23y%25z/blobServices/default"
                    + "/providers/Microsoft.Insights/metrics?"))
    }

    @Test("all five aggregations go out in Azure's words")
    func aggregations() {
        let query = Fixtures.query(aggregations: AggregationSet(rawValue: 31))
        #expect(parameters(query)["aggregation"] == "average%2Cminimum%2Cmaximum%2Ctotal%2Ccount")
    }

    @Test("20 names are asked, none and 21 are not")
    func nameLimit() {
        func problem(_ count: Int) -> String? {
            Fixtures.query(names: (0..<count).map { "m\($0)" }).problem
        }
        #expect(problem(0) != nil && problem(1) == nil && problem(20) == nil && problem(21) != nil)
    }

    @Test("windows that cut a bucket, are empty or run backwards are not asked")
    func windows() {
        func problem(_ start: Int64, _ end: Int64) -> String? {
            var query = Fixtures.query()
            query.start = Timestamp(seconds: start)
            query.end = Timestamp(seconds: end)
            return query.problem
        }
        #expect(problem(60, 120) == nil)
        for (start, end) in [(61, 120), (60, 119), (60, 60), (120, 60)] as [(Int64, Int64)] {
            #expect(problem(start, end) != nil)
        }
        #expect(Fixtures.query(aggregations: []).problem != nil)
        #expect(Fixtures.query(filter: "a eq '*'", top: 0).problem != nil)
        #expect(Fixtures.query(filter: "a eq '*'", top: 2_147_483_647).problem == nil)
        #expect(Fixtures.query(filter: "a eq '*'", top: 2_147_483_648).problem != nil)
    }
}
