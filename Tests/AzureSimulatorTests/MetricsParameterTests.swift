import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct MetricsParameterTests {
    static let vm = TestAzure.id("vm-web-1")
    static let storage = TestAzure.id("stshop")

    /// A query that is refused, and words of the message.
    static let refused: [(String, [(String, String)], String)] = [
        (vm, [("metricnames", "No Such Metric")], "Percentage CPU"),
        (vm, [("metricnames", "Percentage CPU,No Such Metric")], "No Such Metric"),
        (
            vm, [("metricnames", (1...21).map { "m\($0)" }.joined(separator: ","))],
            "Requested metrics count: 21 bigger than allowed max: 20"
        ),
        (vm, [("interval", "PT2M")], "PT1M,PT5M"),
        (vm, [("interval", "soon")], "soon"),
        (storage, [("metricnames", "UsedCapacity")], "PT1M"),
        (storage, [("metricnames", "UsedCapacity,Transactions"), ("interval", "PT5M")], "PT1H"),
        (vm, [("aggregation", "median")], "median"),
        (vm, [("aggregation", "average,none")], "none"),
        (vm, [("timespan", "yesterday")], "yesterday"),
        (vm, [("timespan", "2031-02-04T10:00:00Z")], "timespan"),
        (vm, [("timespan", "2031-02-04T10:00:00Z/2031-02-04T10:00:00Z")], "timespan"),
        (vm, [("timespan", "2031-02-04T10:00:10Z/2031-02-04T10:00:50Z")], "timespan"),
        (vm, [("timespan", "2030-02-04T10:00:00Z/2031-02-04T10:00:00Z")], "93 days"),
        (vm, [("timespan", "P999999D")], "93 days"), (vm, [("interval", "P999999D")], "P999999D"),
        (vm, [("timespan", "1700-01-01T00:00:00Z/2260-12-31T00:00:00Z")], "93 days"),
        (vm, [("timespan", "0001-01-01T00:00:00Z/9999-12-31T00:00:00Z")], "timespan"),
        (vm, [("resultType", "everything")], "resultType"),
        (vm, [("top", "0")], "top"), (vm, [("top", "-1")], "top"), (vm, [("top", "ten")], "top"),
        (vm, [("top", "2147483648")], "2147483648"),
        (vm, [("orderby", "total desc,average asc")], "orderby"), (vm, [("orderby", "size desc")], "orderby"),
        (vm, [("orderby", "total down")], "orderby"),
        (vm, [("metricnamespace", "Microsoft.Web/sites")], "Microsoft.Compute/virtualMachines"),
        (vm, [("metricnamespace", "")], "TraceId"),
        (vm, [("AutoAdjustTimegrain", "perhaps")], "AutoAdjustTimegrain"),
        (vm, [("ValidateDimensions", "perhaps"), ("$filter", "a eq 'b'")], "ValidateDimensions"),
    ]

    @Test("Azure Monitor refuses it with a bare error that says why", arguments: refused)
    func refuses(_ id: String, _ query: [(String, String)], _ words: String) {
        let answer = TestAzure().metrics(id, query)
        #expect(answer.status == 400)
        #expect(!answer.isWrapped)
        #expect(answer.code == "BadRequest")
        #expect(answer.message.contains(words), "\(answer.message)")
    }

    @Test func twentyNamesAreNotTooMany() {
        let names = Array(repeating: "Percentage CPU", count: 20).joined(separator: ",")
        let answer = TestAzure().metrics(Self.vm, [("metricnames", names)])
        #expect(answer.status == 200)
        #expect(answer.metrics.map(\.name) == ["Percentage CPU"])
    }

    static let names: [(String, [String])] = [
        ("Percentage CPU", ["Percentage CPU"]), ("percentage cpu", ["Percentage CPU"]),
        ("OS Disk Read Bytes/sec", ["OS Disk Read Bytes/sec"]),
        ("Percentage CPU, Network In Total,", ["Network In Total", "Percentage CPU"]),
        ("Disk Read Operations/Sec,Percentage CPU", ["Disk Read Operations/Sec", "Percentage CPU"]),
    ]

    @Test("names with spaces and slashes, in any case, with blanks around commas", arguments: names)
    func finds(_ names: String, _ expected: [String]) {
        let answer = TestAzure().metrics(Self.vm, [("metricnames", names)])
        #expect(answer.metrics.map(\.name).sorted() == expected)
    }

    @Test func aCommaInANameIsEscaped() {
        let metrics = ["Read, warm", "Read"].map {
            SimulatedMetric($0, "Count", .total, [.total], .whole(1...5))
        }
        let id = "/subscriptions/s/resourceGroups/g/providers/Contoso.Widgets/ovens/o"
        let azure = TestAzure(TestAzure.options(Estate(resources: [SimulatedResource(id: id, metrics: metrics)])))
        let path = id + "/providers/Microsoft.Insights/metrics"
        let version = "api-version=2024-02-01&metricnames="
        #expect(azure.get(path, rawQuery: version + "Read%252%20warm").metrics.map(\.name) == ["Read, warm"])
        #expect(
            Set(azure.get(path, rawQuery: version + "Read,Read%252%20warm").metrics.map(\.name)) == [
                "Read", "Read, warm",
            ])
        #expect(azure.get(path, rawQuery: version + "Read,%20warm").status == 400)
    }

    @Test func withoutParametersTheMainMetricOfTheLastHour() throws {
        let answer = TestAzure(now: TestAzure.noon + .seconds(30)).metrics(Self.vm, [("timespan", "")])
        #expect(answer.status == 200)
        #expect(answer.json["timespan"] as? String == "2031-02-04T11:00:00Z/2031-02-04T12:00:00Z")
        #expect(answer.json["interval"] as? String == "PT1M")
        #expect(answer.metrics.map(\.name) == ["Percentage CPU"])
        let data = try #require(answer.series.first?.data)
        #expect(data.count == 60)
        #expect(data[0].keys.sorted() == ["average", "timeStamp"])
    }

    @Test func aBareDurationEndsNow() {
        let answer = TestAzure().metrics(Self.vm, [("timespan", "PT5M")])
        #expect(answer.json["timespan"] as? String == "2031-02-04T11:55:00Z/2031-02-04T12:00:00Z")
    }

    static let adjusted: [(String, String, String)] = [
        ("Percentage CPU", "PT2M", "PT1M"), ("Percentage CPU", "PT4M", "PT5M"), ("Percentage CPU", "P30D", "P1D"),
        ("Percentage CPU", "PT5M", "PT5M"),
    ]

    @Test("the nearest grain is used and reported on demand", arguments: adjusted)
    func adjusts(_ metric: String, _ asked: String, _ used: String) {
        let answer = TestAzure().metrics(
            Self.vm, [("metricnames", metric), ("interval", asked), ("AutoAdjustTimegrain", "True")])
        #expect(answer.status == 200)
        #expect(answer.json["interval"] as? String == used)
    }

    @Test func anAdjustedGrainSuitsAllMetrics() {
        let answer = TestAzure().metrics(
            Self.storage,
            [
                ("metricnames", "UsedCapacity,Transactions"), ("interval", "PT5M"), ("autoadjusttimegrain", "true"),
            ])
        #expect(answer.json["interval"] as? String == "PT1H")
        #expect(answer.metrics.count == 2)
    }

    @Test("parameter names are read in any case")
    func anyCase() {
        let answer = TestAzure().get(
            Self.vm.uppercased() + "/providers/MICROSOFT.insights/METRICS",
            [("API-VERSION", "2024-02-01"), ("MetricNames", "Network In Total"), ("Aggregation", "TOTAL,Maximum")])
        #expect(answer.status == 200)
        #expect(answer.series.first?.data[5].keys.sorted() == ["maximum", "timeStamp", "total"])
    }

    @Test("its own namespace may be named, and a custom one has its own metrics")
    func namespaces() {
        let azure = TestAzure()
        let own = azure.metrics(Self.vm, [("metricnamespace", "microsoft.compute/VIRTUALMACHINES")])
        #expect(own.metrics.map(\.name) == ["Percentage CPU"])
        let guest: [(String, String)] = [("metricnamespace", "azure.vm.linux.guestmetrics")]
        #expect(
            azure.metrics(Self.vm, guest + [("metricnames", "mem/available_percent")]).metrics.map(\.name) == [
                "mem/available_percent"
            ])
        #expect(azure.metrics(Self.vm, guest + [("metricnames", "Percentage CPU")]).status == 400)
        #expect(azure.metrics(Self.vm, [("metricnames", "mem/available_percent")]).status == 400)
    }
}
