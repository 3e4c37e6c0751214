import MetricModel
import Testing

@testable import AzureSimulator

/// What Azure leaves open, the simulator varies; the seed decides.
@Suite struct MetricsContentTests {
    static let bus = TestAzure.id("sb-shop")
    static func split(_ metrics: String) -> [(String, String)] {
        [("metricnames", metrics), ("aggregation", "average"), ("$filter", "EntityName eq '*'"), ("top", "100")]
    }

    /// One hour each, so that the choices differ.
    static let spans = (0..<10).map { "2031-02-04T0\($0):00:00Z/2031-02-04T0\($0):10:00Z" }

    static func answers(_ id: String, _ query: [(String, String)]) -> [TestAzure.Answer] {
        let azure = TestAzure()
        return spans.map { azure.metrics(id, query + [("timespan", $0)]) }
    }

    @Test func aMinuteWithoutSamplesHasATimeAlone() throws {
        let answer = TestAzure().metrics(
            TestAzure.id("vm-web-1"), [("metricnames", "CPU Credits Remaining"), ("aggregation", "average,minimum")])
        let data = try #require(answer.series.first?.data)
        #expect(data.count == 60)
        let empty = data.filter { $0.count == 1 }
        #expect(!empty.isEmpty && empty.count < 60)
        #expect(empty.allSatisfy { $0["timeStamp"] != nil })
        #expect(data.filter { $0.count > 1 }.allSatisfy { $0["average"] is Double && $0["minimum"] is Double })
    }

    @Test func aStoppedResourceHasAnEmptyListOrEmptyPoints() {
        let answers = Self.answers(TestAzure.id("vm-spare"), [])
        #expect(answers.allSatisfy { $0.status == 200 && $0.metrics.count == 1 })
        #expect(answers.contains { $0.series.isEmpty })
        let shown = answers.flatMap(\.series)
        #expect(!shown.isEmpty)
        #expect(shown.allSatisfy { $0.data.count == 10 && $0.values("average").allSatisfy { $0 == nil } })
    }

    @Test func anIdleSeriesIsMissingOrEmpty() {
        let answers = Self.answers(Self.bus, Self.split("ActiveMessages"))
        let idle = answers.map { $0.series.filter { $0.dimensions["entityname"] == "archive" } }
        #expect(idle.contains { $0.isEmpty })
        #expect(idle.contains { !$0.isEmpty })
        #expect(idle.joined().allSatisfy { $0.values("average").allSatisfy { $0 == nil } })
        #expect(answers.allSatisfy { $0.series.contains { $0.dimensions["entityname"] == "orders" } })
    }

    @Test func dimensionNamesAreInLowerCaseAndValuesInTheirOwn() {
        let answer = TestAzure().metrics(
            Self.bus, [("metricnames", "ActiveMessages"), ("$filter", "ENTITYNAME eq 'eMAILS'")])
        #expect(answer.series.map(\.dimensions) == [["entityname": "Emails"]])
        let whole = TestAzure().metrics(Self.bus, [("metricnames", "ActiveMessages")])
        #expect(whole.series.map(\.dimensions) == [[:]])
    }

    @Test func ordersAndSpellingsVary() {
        let answers = Self.answers(Self.bus, Self.split("ActiveMessages,Messages,Size"))
        #expect(Set(answers.map { $0.metrics.map(\.name) }).count > 1)
        let orders = answers.flatMap(\.metrics).map { $0.series.compactMap { $0.dimensions["entityname"] } }
        #expect(Set(orders).count > 10)
        let namespaces = Set(answers.compactMap { $0.json["namespace"] as? String })
        #expect(namespaces == ["Microsoft.ServiceBus/namespaces", "microsoft.servicebus/namespaces"])
        let ids = answers.flatMap(\.metrics).map(\.id)
        #expect(ids.contains { $0 == $0.lowercased() } && ids.contains { $0 != $0.lowercased() })
        #expect(ids.allSatisfy { $0.lowercased().hasPrefix(Self.bus.lowercased() + "/providers/microsoft.insights/") })
        let codes = answers.flatMap(\.metrics).map(\.errorCode)
        #expect(codes.contains("Success") && codes.contains(nil))
        #expect(answers.contains { $0.json["cost"] == nil } && answers.contains { $0.json["cost"] is Int })
    }

    @Test("the same seed gives the same bytes, another one other bytes")
    func deterministic() {
        let answers = [1, 1, 2].map { (seed: UInt64) -> [UInt8] in
            let options = TestAzure.options { $0.seed = seed }
            return TestAzure(options).metrics(Self.bus, Self.split("ActiveMessages,Messages")).body
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0] != answers[2])
    }

    @Test func theRestOfAnAnswer() throws {
        let answer = TestAzure().metrics(TestAzure.id("stshop"), [("metricnames", "Egress")])
        #expect(answer.json["resourceregion"] as? String == "northeurope")
        let metric = try #require(answer.metrics.first)
        #expect(metric.json["type"] as? String == "Microsoft.Insights/metrics")
        #expect(metric.json["unit"] as? String == "Bytes")
        #expect(metric.json["displayDescription"] is String)
        #expect(answer.header("Date") == "Tue, 04 Feb 2031 12:00:00 GMT")
        #expect(answer.header("x-ms-request-id")?.count == 36)
        #expect(answer.header("x-ms-correlation-request-id")?.count == 36)
        #expect(Int(answer.header("x-ms-ratelimit-remaining-subscription-reads") ?? "") ?? 0 > 0)
    }
}
