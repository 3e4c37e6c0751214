import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct LatenessTests {
    static let minute = TestAzure.noon.seconds / 60 - 1

    /// Seconds after the end of the minute, the delay, and what is there.
    static let stages: [(Int64, Int64, Lateness.Stage)] = [
        (-60, 120, .absent), (-1, 120, .absent), (0, 120, .null), (29, 120, .null), (30, 120, .provisional(arrived: 0)),
        (120, 120, .final), (100_000, 120, .final), (-1, 0, .absent), (0, 0, .final),
    ]

    @Test("absent, null, provisional, final", arguments: stages)
    func stage(_ age: Int64, _ delay: Int64, _ expected: Lateness.Stage) {
        let lateness = Lateness(now: TestAzure.noon + .seconds(age), delay: .seconds(delay))
        #expect(lateness.stage(ofMinute: Self.minute) == expected)
    }

    @Test func whatHasArrivedGrowsAndIsNeverAll() {
        let shares = (30..<120).map { age -> Double in
            let lateness = Lateness(now: TestAzure.noon + .seconds(age), delay: .seconds(120))
            guard case .provisional(let arrived) = lateness.stage(ofMinute: Self.minute) else { return -1 }
            return arrived
        }
        #expect(shares == shares.sorted() && Set(shares).count == shares.count)
        #expect(shares.allSatisfy { (0..<1).contains($0) })
    }

    static let id = "/subscriptions/s/resourceGroups/g/providers/Contoso.Widgets/ovens/o"

    static func oven(delay: Duration? = nil, _ change: (inout SimulatorOptions) -> Void = { _ in }) -> TestAzure {
        let loaves = SimulatedMetric("Loaves", "Count", .total, .all, .events(200...400), delay: delay)
        return TestAzure(
            TestAzure.options(Estate(resources: [SimulatedResource(id: id, metrics: [loaves])]), change))
    }

    static func newest(_ azure: TestAzure, _ interval: String = "PT1M") -> [String: Any]? {
        let answer = azure.metrics(
            id,
            [
                ("aggregation", "total,count"), ("interval", interval),
                ("timespan", "2031-02-04T12:00:00Z/2031-02-04T12:0\(interval == "PT1M" ? "1" : "5"):00Z"),
            ])
        return answer.series.first?.data.first
    }

    @Test("a bucket goes from absent over null and a false zero and a part to its value")
    func life() throws {
        let azure = Self.oven()
        let truth = try #require(
            azure.azure.truth(
                resource: Self.id, metric: "Loaves", dimensions: [:], aggregation: "total", grain: .oneMinute,
                bucketStart: TestAzure.noon))
        var seen: [Double?] = []
        for age in 0..<200 {
            let point = Self.newest(azure)
            switch age {
            case ..<60: #expect(point == nil)
            case ..<90: #expect(point?.count == 1 || point == nil)
            case 90: #expect(point?["total"] as? Double == 0)
            case ..<180: #expect(point?["total"] as? Double ?? .infinity < truth)
            default: #expect(point?["total"] as? Double == truth)
            }
            if age >= 90 { seen.append(point?["total"] as? Double) }
            azure.clock.advance(by: .seconds(1))
        }
        let values = seen.compactMap { $0 }
        #expect(values == values.sorted() && Set(values).count > 20)
    }

    @Test("a wide bucket is the part of it that has arrived")
    func wide() throws {
        let azure = Self.oven()
        azure.clock.advance(by: .seconds(60 + 120))
        let part = try #require(Self.newest(azure, "PT5M")?["total"] as? Double)
        azure.clock.advance(by: .seconds(3600))
        let whole = try #require(Self.newest(azure, "PT5M")?["total"] as? Double)
        #expect(part > 0 && part < whole / 2)
    }

    /// Delay of the table, of the options, and by name; and when the value is final.
    static let delays: [(Duration?, Duration, [String: Duration], Int64)] = [
        (nil, .seconds(120), [:], 120), (nil, .seconds(30), [:], 30), (.seconds(300), .seconds(120), [:], 300),
        (.seconds(300), .seconds(120), ["loaves": .seconds(1800)], 1800), (nil, .zero, [:], 0),
    ]

    @Test("the delay by name goes before the table's, that one before the default", arguments: delays)
    func delay(_ table: Duration?, _ general: Duration, _ byName: [String: Duration], _ seconds: Int64) throws {
        let azure = Self.oven(delay: table) {
            $0.delay = general
            $0.delays = byName
        }
        let truth = azure.azure.truth(
            resource: Self.id, metric: "Loaves", dimensions: [:], aggregation: "total", grain: .oneMinute,
            bucketStart: TestAzure.noon)
        azure.clock.advance(by: .seconds(60 + seconds - 1))
        #expect(Self.newest(azure)?["total"] as? Double != truth)
        azure.clock.advance(by: .seconds(1))
        #expect(Self.newest(azure)?["total"] as? Double == truth)
    }

    @Test(
        "in the standard estate a value read too early is a wrong one", arguments: Estate.standard.resources.map(\.id))
    func standardEstate(_ id: String) throws {
        let azure = TestAzure()
        let entry = try #require(azure.azure.truth.entry(id))
        for truth in entry.metrics where truth.metric.grains.contains(.oneMinute) {
            let early = TestAzure.noon + .seconds(60) + truth.delay / 4
            let end = TestAzure.noon + .seconds(60)
            guard let right = truth.fold(truth.leaves, from: TestAzure.noon, to: end, seenAt: nil) else { continue }
            let read = truth.fold(truth.leaves, from: TestAzure.noon, to: end, seenAt: early)
            for aggregation in StoredAggregation.allCases where right[aggregation] != 0 {
                #expect(read?[aggregation] != right[aggregation], "\(truth.metric.name) \(aggregation)")
            }
        }
    }

    @Test func aSeriesThatAppearsLate() {
        let azure = TestAzure(TestAzure.options(start: TestAzure.noon))
        func returns(_ span: String) -> [TestAzure.Series] {
            azure.metrics(
                TestAzure.id("sb-shop"),
                [
                    ("metricnames", "ActiveMessages"), ("$filter", "EntityName eq '*'"), ("top", "100"),
                    ("timespan", "2031-02-04T12:\(span):00Z"),
                ]
            ).series.filter { $0.dimensions["entityname"] == "returns" }
        }
        azure.clock.advance(by: .seconds(3600))
        #expect(returns("00:00Z/2031-02-04T12:10").isEmpty)
        #expect(returns("09:00Z/2031-02-04T12:12").first?.values("average").map { $0 != nil } == [false, true, true])
    }
}
