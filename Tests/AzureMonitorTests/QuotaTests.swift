import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct TokenBucketTests {
    @Test("so many at once, then one after the other")
    func spreading() {
        var bucket = TokenBucket(QuotaLimit(capacity: 3, refill: 2), at: .seconds(10))
        for _ in 0..<3 {
            #expect(bucket.wait(at: .seconds(10)) == .zero)
            bucket.take(at: .seconds(10))
        }
        #expect(bucket.tokens(at: .seconds(10)) == 0)
        let wait = bucket.wait(at: .seconds(10))
        #expect(wait > .milliseconds(499) && wait <= .milliseconds(501))
        #expect(bucket.wait(for: 4, at: .seconds(10)) > .milliseconds(1999))
        #expect(bucket.wait(at: .seconds(10) + wait) == .zero, "who has waited may go")
        #expect(bucket.tokens(at: .seconds(60)) == 3)
        bucket.giveBack()
        #expect(bucket.wait(at: .seconds(10)) == .zero)
    }

    @Test("over any five minutes no more go than Azure documents", arguments: [AzureAPI.definitions, .resourceGraph])
    func documented(api: AzureAPI) {
        let (most, window): (Int, Duration) = api == .definitions ? (400, .seconds(300)) : (15, .seconds(5))
        var bucket = TokenBucket(.documented(for: api), at: .zero)
        var now = Duration.seconds(1000)
        var sent: [Duration] = []
        for _ in 0..<1000 {
            now += bucket.wait(at: now)
            bucket.take(at: now)
            sent.append(now)
        }
        for (index, start) in sent.enumerated() {
            #expect(sent[index...].prefix { $0 - start < window }.count <= most)
        }
    }

    @Test("the server's count lowers ours and never raises it")
    func remaining() {
        var bucket = TokenBucket(QuotaLimit(capacity: 250, refill: 25), at: .zero)
        bucket.limit(toRemaining: 10_000, at: .zero)
        #expect(bucket.tokens(at: .zero) == 250)
        bucket.limit(toRemaining: 2, at: .zero)
        #expect(bucket.tokens(at: .zero) == 2)
        bucket.limit(toRemaining: -5, at: .zero)
        #expect(bucket.wait(at: .zero) > .milliseconds(39) && bucket.wait(at: .zero) < .milliseconds(41))
    }

    @Test("closed is closed for all; then one goes, and the others at the rate of the refill")
    func closed() {
        var bucket = TokenBucket(QuotaLimit(capacity: 250, refill: 25), at: .zero)
        bucket.close(until: .seconds(20))
        bucket.close(until: .seconds(10))
        #expect(bucket.wait(at: .seconds(5)) == .seconds(15))
        #expect(bucket.wait(for: 26, at: .seconds(5)) > .milliseconds(15_999))
        #expect(bucket.wait(at: .seconds(20)) == .zero)
        bucket.take(at: .seconds(20))
        #expect(bucket.wait(at: .seconds(20)) > .milliseconds(39))
        var free = TokenBucket(.documented(for: .tokens), at: .zero)
        for _ in 0..<10_000 { free.take(at: .zero) }
        #expect(free.wait(at: .zero) == .zero)
        free.close(until: .seconds(3))
        #expect(free.wait(at: .seconds(1)) == .seconds(2) && free.wait(for: 9, at: .seconds(3)) == .zero)
    }

    @Test("an unknown quota is found: half of what went out, then slowly more, up to where it began")
    func adaptive() {
        var rate = AdaptiveRate(ceiling: 100, at: .zero)
        for second in 0..<20 { for _ in 0..<8 { rate.send(at: .seconds(second)) } }
        rate.refuse(at: .seconds(20))
        #expect(rate.rate > 2 && rate.rate <= 5, "8 a second went out")
        let halved = rate.rate
        let changes = [49, 50, 51].map { rate.accept(at: .seconds($0)) }
        #expect(changes == [false, true, false] && rate.rate > halved && rate.rate < halved * 1.2)
        for _ in 0..<100 { rate.refuse(at: .seconds(60)) }
        #expect(rate.rate == AdaptiveRate.floor)
        for step in 0..<200 { _ = rate.accept(at: .seconds(100 + 30 * step)) }
        #expect(rate.rate == 100)
    }

    static let headers: [([(String, String)], Int64?, Duration?)] = [
        ([], nil, nil), ([("x-ms-ratelimit-remaining-subscription-reads", "249")], 249, nil),
        (
            [
                ("x-ms-ratelimit-remaining-subscription-reads", "249"),
                ("x-ms-ratelimit-remaining-subscription-global-reads", "3"),
            ], 3, nil
        ),
        ([("X-MS-Ratelimit-Remaining-Tenant-Reads", " -1 ")], -1, nil),
        ([("x-ms-ratelimit-remaining-subscription-reads", "many")], nil, nil),
        ([("x-ms-user-quota-remaining", "0"), ("x-ms-user-quota-resets-after", "00:00:05")], 0, .seconds(5)),
        ([("x-ms-user-quota-resets-after", "00:01:05.5")], nil, .seconds(65)),
        ([("x-ms-user-quota-resets-after", "99:00:00")], nil, .seconds(3600)),
        ([("x-ms-user-quota-resets-after", "5")], nil, nil), ([("x-ms-user-quota-resets-after", "a:b:c")], nil, nil),
    ]

    @Test("what is left is read in all spellings, the least counts", arguments: headers)
    func remainingHeaders(fields: [(String, String)], calls: Int64?, resetsAfter: Duration?) {
        let quota = RemainingQuota(HTTPHeaders(fields.map { (name: $0.0, value: $0.1) }))
        #expect(quota.calls == calls && quota.resetsAfter == resetsAfter)
    }
}

@Suite(.timeLimit(.minutes(5))) struct QuotaLanesTests {
    static let key = QuotaLanes.Key(.metrics, subscriptionID: "SUB-1", host: "Management.Azure.com")

    static func lanes(_ clock: any AgentClock, capacity: Double = 1, refill: Double = 1) -> QuotaLanes {
        QuotaLanes(clock: clock, limit: { _ in QuotaLimit(capacity: capacity, refill: refill) }, random: { 1 })
    }

    /// Waits, without time, until the lane has so many that wait and one of them sleeps.
    static func settle(_ lanes: QuotaLanes, _ clock: SteppedClock, waiting: Int) async throws {
        while await lanes.snapshot().first?.waiting != waiting || (clock.sleeperCount == 0) != (waiting == 0) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("who comes first goes first, one with each token")
    func order() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 0))
        let lanes = Self.lanes(clock)
        _ = try await lanes.enter(Self.key, before: .seconds(100))
        let gone = Lock<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    _ = try await lanes.enter(Self.key, before: .seconds(100))
                    gone.withLock { $0.append(number) }
                }
                try await Self.settle(lanes, clock, waiting: number + 1)
            }
            for number in 0..<5 {
                #expect(gone.withLock { $0 } == Array(0..<number))
                clock.advance(by: .milliseconds(1001))
                try await Self.settle(lanes, clock, waiting: 4 - number)
            }
            try await group.waitForAll()
        }
        #expect(gone.withLock { $0 } == [0, 1, 2, 3, 4])
        let snapshot = try #require(await lanes.snapshot().first)
        #expect(
            snapshot.calls == 6 && snapshot.capacity == 1 && snapshot.refill == 1
                && snapshot.key.host == "management.azure.com")
    }

    @Test("who is cancelled leaves the queue, at its head and in its middle, and holds up nobody")
    func cancelled() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 0))
        let lanes = Self.lanes(clock)
        _ = try await lanes.enter(Self.key, before: .seconds(100))
        var tasks: [Task<Bool, Never>] = []
        for number in 0..<3 {
            tasks.append(Task { (try? await lanes.enter(Self.key, before: .seconds(100))) != nil })
            try await Self.settle(lanes, clock, waiting: number + 1)
        }
        tasks[1].cancel()
        #expect(await tasks[1].value == false)
        tasks[0].cancel()
        #expect(await tasks[0].value == false)
        try await Self.settle(lanes, clock, waiting: 1)
        clock.advance(by: .milliseconds(1001))
        #expect(await tasks[2].value)
        #expect(await lanes.snapshot()[0].calls == 2)
    }

    @Test("who would come too late is refused at once, also when the lane closes while it waits")
    func tooLate() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 0))
        let lanes = Self.lanes(clock)
        let ticket = try await lanes.enter(Self.key, before: .seconds(100))
        await #expect(throws: QuotaLanes.Refusal.self) { try await lanes.enter(Self.key, before: .milliseconds(900)) }
        let head = Task { (try? await lanes.enter(Self.key, before: .seconds(100))) != nil }
        try await Self.settle(lanes, clock, waiting: 1)
        let second = Task { (try? await lanes.enter(Self.key, before: .seconds(10))) != nil }
        try await Self.settle(lanes, clock, waiting: 2)
        await lanes.answered(ticket, isThrottled: true, headers: HTTPHeaders(), retryAfter: .seconds(20))
        #expect(await second.value == false)
        #expect(await lanes.snapshot()[0].closedFor == .seconds(21))
        clock.advance(by: .milliseconds(1001))
        try await Self.settle(lanes, clock, waiting: 1)
        #expect(await lanes.snapshot()[0].calls == 1, "closed for who slept already too")
        clock.advance(by: .seconds(20))
        #expect(await head.value)
        #expect(await lanes.snapshot()[0].throttled == 1)
    }

    @Test(
        "without a word the lane closes ever longer, once for all calls that were under way, and a success forgets it")
    func backoff() async throws {
        let clock = ImpatientClock()
        let lanes = Self.lanes(clock, capacity: 1000, refill: 1000)
        func enter() async throws -> QuotaLanes.Ticket { try await lanes.enter(Self.key, before: .seconds(10_000)) }
        func refuse(_ ticket: QuotaLanes.Ticket) async -> Duration {
            await lanes.answered(ticket, isThrottled: true, headers: HTTPHeaders(), retryAfter: nil)
            return await lanes.snapshot()[0].closedFor
        }
        let underWay = [try await enter(), try await enter(), try await enter()]
        for ticket in underWay { #expect(await refuse(ticket) == .seconds(1)) }
        for seconds in [2, 4, 8, 16, 32, 60, 60] { #expect(await refuse(try await enter()) == .seconds(seconds)) }
        await lanes.answered(try await enter(), isThrottled: false, headers: HTTPHeaders(), retryAfter: nil)
        #expect(await refuse(try await enter()) == .seconds(1))
    }

    @Test("a quota that says it is used up closes the lane until it says it is renewed")
    func usedUp() async throws {
        let lanes = Self.lanes(ImpatientClock(), capacity: 5, refill: 2)
        let ticket = try await lanes.enter(Self.key, before: .seconds(100))
        let headers = HTTPHeaders([("x-ms-user-quota-remaining", "0"), ("x-ms-user-quota-resets-after", "00:00:04")])
        await lanes.answered(ticket, isThrottled: false, headers: headers, retryAfter: nil)
        let snapshot = await lanes.snapshot()[0]
        #expect(snapshot.closedFor == .seconds(5) && snapshot.throttled == 0)
    }

    @Test("each subscription, host and interface has a lane of its own, in whatever case they are written")
    func lanesApart() async throws {
        let lanes = Self.lanes(ImpatientClock())
        for key in [
            QuotaLanes.Key(.metrics, subscriptionID: "a", host: "h"),
            QuotaLanes.Key(.metrics, subscriptionID: "A", host: "H"),
            QuotaLanes.Key(.metrics, subscriptionID: "b", host: "h"),
            QuotaLanes.Key(.definitions, subscriptionID: "a", host: "h"), QuotaLanes.Key(.metrics, host: "h"),
        ] { _ = try await lanes.enter(key, before: .seconds(10)) }
        #expect(await lanes.snapshot().map(\.calls) == [1, 1, 2, 1])
    }

    @Test("a throttled call closes its lane: others of it are refused unsent, those of another go")
    func throughTheClient() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { index in
            index == 0 ? .json("{}", status: 429, headers: [("Retry-After", "300")]) : .json(Fixtures.answer)
        }
        #expect(await harness.failure()?.isUnsent == false)
        let error = try #require(await harness.failure())
        #expect(error.code == .throttled && error.isUnsent && error.isRetryable && error.api == .metrics)
        #expect(error.retryAfter == .seconds(301) && error.message.contains("301 s") && error.status == nil)
        #expect(harness.http.metricRequests.count == 1)
        var other = Fixtures.query()
        other.resourceID = ResourceID("/subscriptions/sub-2/resourceGroups/rg-a/providers/Contoso.Widgets/ovens/o1")
        #expect(await harness.failure(other) == nil)
        clock.advance(by: .seconds(301))
        #expect(await harness.failure() == nil)
        let lanes = await harness.client.lanes.snapshot()
        #expect(lanes.map(\.calls) == [2, 1] && lanes.map(\.throttled) == [1, 0])
    }

    @Test("a call that finds no token to go out with uses no quota")
    func givenBack() async throws {
        let clock = ImpatientClock()
        let lanes = Self.lanes(clock)
        let exchange = Exchange(
            client: ScriptedHTTPClient { _, _ in .json("") }, clock: clock, azureTime: AzureTime(clock: clock),
            lanes: lanes, retry: RetryPolicy(), random: { 1 })
        await #expect(throws: AzureError.self) {
            try await exchange.send(Self.key, about: nil) { () throws(AzureError) in
                throw AzureError(.unauthenticated, host: "h", message: "m", remedy: "")
            }
        }
        let snapshot = await lanes.snapshot()[0]
        #expect(snapshot.calls == 0 && snapshot.tokens == 1)
    }

    @Test("more calls than the bucket holds spread over time")
    func spread() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { _ in .json(Fixtures.answer) }
        for _ in 0..<300 { #expect(await harness.failure() == nil) }
        #expect(clock.monotonicNow > .milliseconds(1990) && clock.monotonicNow < .milliseconds(2010))
    }
}
