import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// Reads that are one too many.
@Suite struct ThrottleTests {
    static let vm = TestAzure.id("vm-web-1")

    static func azure(_ text: String) throws -> TestAzure {
        let limits = try ReadLimits(text: text)
        return TestAzure(TestAzure.options { $0.readLimits = limits })
    }

    /// A short answer.
    static func read(_ azure: TestAzure) -> TestAzure.Answer {
        azure.get(vm + "/providers/Microsoft.Insights/metricNamespaces", [("api-version", "2024-02-01")])
    }

    static let principal = ReadLimits.Bucket(capacity: 250, perSecond: 25)
    static let all = ReadLimits.Bucket(capacity: 3750, perSecond: 375)
    static let texts: [(String, ReadLimits)] = [
        ("", .azure), ("off", .none), ("hourly=12000", ReadLimits(scheme: .hourly(12_000))),
        ("Reads=3&refill=0.5", ReadLimits(scheme: .buckets(principal: .init(capacity: 3, perSecond: 0.5), all: all))),
        (
            "globalReads=4&globalRefill=2",
            ReadLimits(scheme: .buckets(principal: principal, all: .init(capacity: 4, perSecond: 2)))
        ),
        ("off&batch=2", ReadLimits(scheme: .unlimited, batchesPerSecond: 2)),
    ]

    @Test("limits are read from text", arguments: texts)
    func reads(_ text: String, _ limits: ReadLimits) throws { #expect(try ReadLimits(text: text) == limits) }

    @Test(
        "what is no limit is refused",
        arguments: [
            ("x=1", "known are reads"), ("reads=0", "'reads'"), ("refill=x", "'refill'"), ("hourly=1&off", "exclude"),
            ("reads=1&hourly=1", "exclude"), ("off=1", "none for 'off'"), ("batch=-1", "'batch'"),
            ("reads=nan", "'reads'"),
        ])
    func refuses(_ text: String, _ words: String) {
        let error = #expect(throws: ReadLimitsTextError.self) { try ReadLimits(text: text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func asAzure() throws {
        let azure = TestAzure()
        let first = Self.read(azure)
        #expect(first.header("x-ms-ratelimit-remaining-subscription-reads") == "249")
        #expect(first.header("x-ms-ratelimit-remaining-subscription-global-reads") == "3749")
        for _ in 1..<250 { #expect(Self.read(azure).status == 200) }
        let refused = Self.read(azure)
        #expect(refused.status == 429 && refused.isWrapped && refused.code == "SubscriptionRequestsThrottled")
        #expect(refused.header("Retry-After") == "10")
        #expect(refused.header("x-ms-ratelimit-remaining-subscription-reads") == "0")
        #expect(refused.header("x-ms-ratelimit-remaining-subscription-global-reads") == "3500")

        azure.clock.advance(by: .seconds(4))
        let early = Self.read(azure)
        #expect(early.status == 429 && early.header("Retry-After") == "6")
        azure.clock.advance(by: .seconds(6))
        let later = Self.read(azure)
        #expect(later.status == 200 && later.header("x-ms-ratelimit-remaining-subscription-reads") == "249")
    }

    @Test func theBucketFillsUpWithTime() throws {
        let azure = try Self.azure("reads=10&refill=2")
        func left() -> String? { Self.read(azure).header("x-ms-ratelimit-remaining-subscription-reads") }
        #expect((0..<4).map { _ in left() } == ["9", "8", "7", "6"])
        azure.clock.advance(by: .milliseconds(1500))
        #expect(left() == "8")
        azure.clock.advance(by: .seconds(3600))
        #expect(left() == "9")
    }

    static let lane = ReadThrottle.Lane(principal: "a", subscription: "s", region: nil)
    /// Other lanes after the first one is empty: whether they may read, and whether the common bucket is theirs.
    static let others: [(ReadThrottle.Lane, Int64?)] = [
        (lane, 0), (ReadThrottle.Lane(principal: "b", subscription: "s", region: nil), 2),
        (ReadThrottle.Lane(principal: "a", subscription: "t", region: nil), 4),
        (ReadThrottle.Lane(principal: "a", subscription: "s", region: "westeurope"), 4),
    ]

    @Test("principals, subscriptions and regions have buckets of their own", arguments: others)
    func lanes(_ other: ReadThrottle.Lane, _ globalLeft: Int64?) throws {
        var throttle = ReadThrottle(try ReadLimits(text: "reads=2&globalReads=5&globalRefill=1"))
        for _ in 0..<2 { #expect(throttle.read(Self.lane, at: TestAzure.noon)?.wait == 0) }
        let allowance = throttle.read(other, at: TestAzure.noon)
        #expect(allowance?.wait == 0 || other == Self.lane)
        if other != Self.lane { #expect(allowance?.globalLeft == globalLeft) }
    }

    @Test("of two reads at once the later may be counted first")
    func notInOrder() throws {
        var throttle = ReadThrottle(try ReadLimits(text: "reads=2&globalReads=5&globalRefill=1"))
        #expect(throttle.read(Self.lane, at: TestAzure.noon)?.wait == 0)
        let second = throttle.read(Self.lane, at: TestAzure.noon - .milliseconds(1))
        #expect(second == .init(left: 0, globalLeft: 3, wait: 0))
    }

    @Test func theCommonBucketRefusesWhoHasReadsLeft() throws {
        var throttle = ReadThrottle(try ReadLimits(text: "reads=4&globalReads=5&globalRefill=1"))
        for _ in 0..<4 { _ = throttle.read(Self.lane, at: TestAzure.noon) }
        let other = ReadThrottle.Lane(principal: "b", subscription: "s", region: nil)
        #expect(throttle.read(other, at: TestAzure.noon) == .init(left: 3, globalLeft: 0, wait: 0))
        #expect(throttle.read(other, at: TestAzure.noon) == .init(left: 3, globalLeft: 0, wait: 5))
    }

    @Test func hourlyUntilTheHourIsOver() throws {
        let azure = try Self.azure("hourly=2")
        let first = Self.read(azure)
        #expect(first.header("x-ms-ratelimit-remaining-subscription-reads") == "1")
        #expect(first.header("x-ms-ratelimit-remaining-subscription-global-reads") == nil)
        azure.clock.advance(by: .seconds(600))
        #expect(Self.read(azure).status == 200)
        let refused = Self.read(azure)
        #expect(refused.status == 429 && refused.header("Retry-After") == "3000")
        azure.clock.advance(by: .seconds(3000))
        #expect(Self.read(azure).status == 200)
    }

    @Test func offCountsNothing() throws {
        let azure = try Self.azure("off")
        for _ in 0..<300 {
            let answer = Self.read(azure)
            #expect(answer.status == 200 && answer.header("x-ms-ratelimit-remaining-subscription-reads") == nil)
        }
    }

    @Test func whoHasNoTokenCostsNothing() throws {
        let azure = try Self.azure("reads=1&refill=0.01")
        #expect(TokenTests.callARM(azure, "Bearer nonsense").status == 401)
        #expect(Self.read(azure).status == 200)
        #expect(TokenTests.callARM(azure, "Bearer nonsense").status == 401)
        #expect(Self.read(azure).status == 429)
    }

    @Test func limitsAreChangedWhileItRuns() throws {
        let azure = try Self.azure("reads=1&refill=0.01")
        func change(_ query: String) -> Int {
            azure.azure.answer(ServedRequest(method: "POST", path: "/simulator/throttle", query: query)).status
        }
        #expect((0..<2).map { _ in Self.read(azure).status } == [200, 429])
        #expect(change("off") == 200)
        #expect(Self.read(azure).status == 200)
        #expect(change("reads=1") == 200)
        #expect((0..<2).map { _ in Self.read(azure).status } == [200, 429])
        #expect(change("reads=x") == 400)
    }

    @Test func aBatchTooMany() throws {
        let azure = try Self.azure("batch=2")
        let answers = (0..<3).map { _ in ResourceLifeTests.batch(azure, [Self.vm]) }
        #expect(answers.map(\.status) == [200, 200, 529])
        #expect(answers[2].isWrapped && answers[2].header("Retry-After") == nil)
        #expect(answers.allSatisfy { $0.header("x-ms-ratelimit-remaining-subscription-reads") == nil })
        #expect(Self.read(azure).status == 200)
    }

    @Test func batchesBeyondTheirRate() throws {
        var throttle = ReadThrottle(try ReadLimits(text: "batch=2"))
        func refused(_ seconds: Int64, _ lane: ReadThrottle.Lane = Self.lane) -> Bool {
            throttle.refusesBatch(lane, at: TestAzure.noon + .seconds(seconds))
        }
        #expect([0, 0, 0, 1, 1, 1].map { refused($0) } == [false, false, true, false, false, true])
        #expect(!refused(1, ReadThrottle.Lane(principal: "a", subscription: "s", region: "westeurope")))
        var free = ReadThrottle(.azure)
        #expect(!(0..<1000).contains { _ in free.refusesBatch(Self.lane, at: TestAzure.noon) })
    }
}
