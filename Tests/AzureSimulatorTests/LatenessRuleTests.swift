import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// Buckets that arrive otherwise than usual.
@Suite struct LatenessRuleTests {
    static let texts: [(String, LatenessRule)] = [
        ("late=180", LatenessRule(effect: .late(180...180))),
        ("share=0.08&late=180-600", LatenessRule(share: 0.08, effect: .late(180...600))),
        (
            "metric=UsedCapacity&resource=stshop&growing=4200",
            LatenessRule(metric: "UsedCapacity", resource: "stshop", effect: .growing(4200...4200))
        ),
        ("Share=1&REVISED=0-2592000", LatenessRule(effect: .revised(0...2_592_000))),
    ]

    @Test("a rule is read from text", arguments: texts)
    func reads(_ text: String, _ rule: LatenessRule) throws { #expect(try LatenessRule(text: text) == rule) }

    @Test(
        "what is no rule is refused",
        arguments: [
            "", "share=0.5", "late=", "late=-1", "late=5-3", "late=1-2-3", "late=2592001", "late=1&revised=2",
            "share=2&late=1", "x=1&late=1",
        ])
    func refuses(_ text: String) {
        let error = #expect(throws: FaultTextError.self) { try LatenessRule(text: text) }
        #expect(error?.description.contains("late, growing") == true, "\(error?.description ?? "")")
    }

    static let rules = [
        LatenessRule(share: 0.08, effect: .late(180...600)), LatenessRule(share: 0.02, effect: .late(1800...1800)),
    ]

    static func azure(_ rules: [LatenessRule], seed: UInt64 = 1) -> TestAzure {
        LatenessTests.oven {
            $0.lateness = rules
            $0.seed = seed
        }
    }

    static func buckets(
        _ azure: TestAzure, _ grain: TimeGrain = .oneMinute, count: Int64 = 5000, metric: String = "Loaves"
    ) -> [TrueBucket] {
        azure.azure.buckets(
            resource: LatenessTests.id, metric: metric, dimensions: [:], aggregation: "total", grain: grain,
            from: TestAzure.noon, to: TestAzure.noon + .seconds(grain.seconds * count))
    }

    /// Seconds from the end of each bucket until it is settled.
    static func delays(_ buckets: [TrueBucket], _ grain: TimeGrain) -> [Int64] {
        buckets.map { ($0.settledFrom - $0.start).components.seconds - grain.seconds }
    }

    @Test("shares of the buckets are late, in every grain", arguments: [TimeGrain.oneMinute, .fiveMinutes])
    func shares(_ grain: TimeGrain) {
        let buckets = Self.buckets(Self.azure(Self.rules), grain)
        let delays = Self.delays(buckets, grain)
        #expect(delays.count == 5000)
        #expect((4425...4575).contains(delays.filter { $0 == 120 }.count))
        #expect((325...475).contains(delays.filter { (180...600).contains($0) }.count))
        #expect((65...140).contains(delays.filter { $0 == 1800 }.count))
        #expect(delays.allSatisfy { $0 == 120 || (180...600).contains($0) || $0 == 1800 })
        #expect(Set(delays).count > 200)
        #expect(buckets.allSatisfy { $0.finalFrom == $0.settledFrom && $0.settledValue == $0.value })
    }

    @Test func seriesAndSeedDecideWhich() {
        let buckets = Self.buckets(Self.azure(Self.rules), count: 500)
        #expect(Self.buckets(Self.azure(Self.rules), count: 500) == buckets)
        let others = Self.buckets(Self.azure(Self.rules, seed: 2), count: 500)
        #expect(Self.delays(others, .oneMinute) != Self.delays(buckets, .oneMinute))
    }

    static let selections: [(LatenessRule, Int64)] = [
        (LatenessRule(metric: "LOAVES", effect: .late(900...900)), 900),
        (LatenessRule(metric: "Rolls", effect: .late(900...900)), 120),
        (LatenessRule(resource: "OVENS/o", effect: .growing(900...900)), 900),
        (LatenessRule(resource: "stoves", effect: .late(900...900)), 120),
        (LatenessRule(share: 0, effect: .late(900...900)), 120),
    ]

    @Test("a rule is about its metric and its resource", arguments: selections)
    func selection(_ rule: LatenessRule, _ delay: Int64) {
        let delays = Self.delays(Self.buckets(Self.azure([rule]), count: 50), .oneMinute)
        #expect(Set(delays) == [delay])
    }

    /// What Azure shows of the first minute after noon, this many seconds after its end.
    static func shown(_ azure: TestAzure, after seconds: Int64) -> Double? {
        azure.clock.advance(by: TestAzure.noon + .seconds(60 + seconds) - azure.clock.systemNow)
        return LatenessTests.newest(azure)?["total"] as? Double
    }

    @Test func aLateBucketIsNullUntilItIsFinal() throws {
        let azure = Self.azure([LatenessRule(effect: .late(900...900))])
        let truth = try #require(Self.buckets(azure, count: 1).first)
        #expect([0, 60, 120, 899].map { Self.shown(azure, after: $0) } == [nil, nil, nil, nil])
        #expect([900, 901, 100_000].map { Self.shown(azure, after: $0) } == [truth.value, truth.value, truth.value])
        #expect(truth.settledFrom == TestAzure.noon + .seconds(960))
    }

    @Test func aGrowingBucketIsAPartUntilItIsFinal() throws {
        let azure = Self.azure([LatenessRule(effect: .growing(800...800))])
        let truth = try #require(Self.buckets(azure, count: 1).first)
        #expect(Self.shown(azure, after: 199) == nil)
        let parts = [200, 500, 799].compactMap { Self.shown(azure, after: $0) }
        #expect(parts.count == 3 && parts == parts.sorted() && parts[0] == 0 && parts[1] > 0 && parts[2] < truth.value)
        #expect(Self.shown(azure, after: 800) == truth.value)
    }

    @Test func aRevisedBucketHasAnotherValueFirst() throws {
        let azure = Self.azure([LatenessRule(share: 0.5, effect: .revised(600...600))])
        let buckets = Self.buckets(azure, count: 400)
        #expect((150...250).contains(buckets.filter { $0.settledFrom != $0.finalFrom }.count))
        let all = Self.azure([LatenessRule(effect: .revised(600...600))])
        let truth = try #require(Self.buckets(all, count: 1).first)
        let settled = try #require(truth.settledValue)
        #expect(settled > 0 && settled < truth.value)
        #expect(truth.settledFrom == TestAzure.noon + .seconds(180))
        #expect(truth.finalFrom == TestAzure.noon + .seconds(780))
        #expect([120, 719].map { Self.shown(all, after: $0) } == [settled, settled])
        #expect([720, 9999].map { Self.shown(all, after: $0) } == [truth.value, truth.value])
    }

    @Test func theTruthRouteTellsTheTimes() throws {
        let azure = Self.azure([LatenessRule(effect: .revised(600...600))])
        let truth = try #require(Self.buckets(azure, count: 1).first)
        let answer = azure.get(
            "/simulator/truth",
            [
                ("resource", LatenessTests.id), ("metric", "Loaves"), ("aggregation", "total"),
                ("start", "2031-02-04T12:00:00Z"), ("end", "2031-02-04T12:01:00Z"),
            ])
        let series = try #require((answer.json["series"] as? [[String: Any]])?.first)
        let value = try #require((series["values"] as? [[String: Any]])?.first)
        #expect(value["settledFrom"] as? String == "2031-02-04T12:03:00Z")
        #expect(value["finalFrom"] as? String == "2031-02-04T12:13:00Z")
        #expect(value["settledValue"] as? Double == truth.settledValue)
        #expect(value["value"] as? Double == truth.value)
    }
}
