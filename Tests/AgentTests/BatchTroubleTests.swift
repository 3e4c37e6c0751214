import AzureMonitor
import Declaration
import MetricModel
import Planning
import Testing

@testable import Agent

/// Fifty resources in a call, and one of them spoils it: the others keep every point (promise P3).
@Suite(.timeLimit(.minutes(5))) struct BatchTroubleTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    static let region = "westeurope"

    /// What every pair has sent after `cycles` cycles, a minute apart.
    private func expectEverything(_ names: [String], _ cycles: Int) async {
        let sent = await state.sent
        for name in names {
            #expect(sent[name]?.sorted() == (0..<cycles).map { Self.noon.seconds - 240 + 60 * Int64($0) }, "\(name)")
        }
        #expect(Set(sent.keys) == Set(names))
    }

    private func names(_ metrics: [String], _ resources: Range<Int>) -> [String] {
        metrics.flatMap { metric in resources.map { "\(metric)@vm\($0)" } }
    }

    private func routes(_ calls: [MetricsCall]) -> [String] {
        calls.map { "\($0.feed.route) \($0.resources.count)×\($0.metricNames.count)" }.sorted()
    }

    // MARK: One resource

    /// How getBatch refuses a call for one of its resources.
    static let refusals: [AzureError] = [
        ScriptedAzure.error(.notFound, status: 404), ScriptedAzure.error(.unavailable, status: 500),
        ScriptedAzure.error(.unavailable, status: 501), ScriptedAzure.error(.badRequest, status: 400),
    ]

    @Test(
        "a resource that spoils the batch is found, and read alone from then on; nobody loses a point",
        arguments: refusals)
    func poison(refusal: AzureError) async throws {
        let source = azure { question in
            question.call.feed.route == .batch && question.resourceIDs.contains { $0.name == "vm17" }
                ? .failure(refusal) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 50, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.isEmpty && report.pointCount == 100, "\(report.failures)")
        #expect(source.takeQuestions().count <= 30, "halving needs two calls a step")
        for minute in 1...5 {
            clock.advance(by: .seconds(60))
            _ = try await loop.runCycle()
            #expect(routes(source.takeQuestions().map(\.call)) == ["batch 49×2", "single 1×2"], "minute \(minute)")
        }
        await expectEverything(names(["m0", "m1"], 0..<50), 6)
    }

    @Test("what spoiled the batch is tried in a batch of its own now and then, and joins the others when that is taken")
    func cured() async throws {
        let refusal = ScriptedAzure.error(.unavailable, status: 500)
        let source = azure { question in
            question.call.feed.route == .batch && question.resourceIDs.contains { $0.name == "vm3" }
                ? .failure(refusal) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 1, resources: 10, region: Self.region)
        _ = try await loop.runCycle()
        _ = source.takeQuestions()
        var tries: [Int] = []
        for minute in 1...60 {
            clock.advance(by: .seconds(60))
            _ = try await loop.runCycle()
            let calls = source.takeQuestions().map(\.call)
            if routes(calls).contains("batch 1×1") { tries.append(minute) }
            #expect(calls.filter { $0.feed.route == .batch && $0.resources.count > 1 }.count == 1)
        }
        #expect(tries == [15, 45], "after 15, then 30 minutes")
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(3600))
        _ = try await loop.runCycle()
        _ = source.takeQuestions()
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(routes(source.takeQuestions().map(\.call)) == ["batch 10×1"])
        let sent = await state.sent
        #expect(Set(sent.values).count == 1, "everybody has the same points")
    }

    @Test("a resource that is gone pauses ever longer and costs the others nothing")
    func goneResource() async throws {
        let source = azure { question in
            question.resourceIDs.contains { $0.name == "vm4" }
                ? .failure(ScriptedAzure.error(.notFound, status: 404)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 1, resources: 8, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.resource.name) == ["vm4"] && report.failures.first?.pairCount == 1)
        _ = source.takeQuestions()
        var asked: [Int] = []
        for minute in 1...10 {
            clock.advance(by: .seconds(60))
            _ = try await loop.runCycle()
            let calls = source.takeQuestions().map(\.call)
            #expect(routes(calls).first == "batch 7×1" && calls.count <= 2)
            if calls.count == 2 { asked.append(minute) }
        }
        #expect(asked == [1, 3, 7])
        await expectEverything(names(["m0"], 0..<8).filter { $0 != "m0@vm4" }, 11)
    }

    // MARK: One metric

    @Test("a metric of twenty that Azure does not know is found in a few calls, whatever the number of resources")
    func unknownMetric() async throws {
        let source = azure { question in
            question.call.metricNames.contains("NOPE")
                ? .failure(ScriptedAzure.error(.badRequest, status: 400)) : .success(ScriptedAzure.healthy(question))
        }
        let machines = (0..<50).map { "vm\($0)" }
        var metrics = try Self.metrics(19, resources: 50)
        metrics.insert(try Self.metric("nope", of: machines), at: 7)
        let loop = try await loop(source, of: metrics, region: Self.region)
        let report = try await loop.runCycle()
        #expect(FailureGroup.groups(report.failures).count == 1 && report.failedPairCount == 50)
        #expect(report.failures.allSatisfy { $0.metric == "nope" && $0.isPausing })
        #expect(report.pointCount == 19 * 50)
        #expect(source.takeQuestions().count <= 2, "what is not listed shares no call from the beginning")
        clock.advance(by: .seconds(30))
        #expect(try await loop.runCycle().pausedCount == 50)
        #expect(routes(source.takeQuestions().map(\.call)) == ["batch 50×19"])
        // It exists after all, since a minute.
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(90))
        _ = try await loop.runCycle()
        let sent = await state.sent
        #expect(sent["nope@vm9"] == sent["m0@vm9"] && sent["m0@vm9"]?.count == 3)
    }

    @Test("a metric that one resource does not have although it is listed: the resource is found, the others go on")
    func metricOfOneResource() async throws {
        let source = azure { question in
            question.call.metricNames.contains("M5") && question.resourceIDs.contains { $0.name == "vm2" }
                ? .failure(ScriptedAzure.error(.badRequest, status: 400)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 20, resources: 50, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.map { "\($0.metric)@\($0.resource.name)" } == ["m5@vm2"])
        #expect(report.pointCount == 20 * 50 - 1)
        #expect(source.takeQuestions().count <= 26, "halving needs two calls a step")
        clock.advance(by: .seconds(30))
        #expect(try await loop.runCycle().pausedCount == 1)
        // All metrics of all resources but one pair still take few calls.
        #expect(source.takeQuestions().count <= 2)
    }

    @Test("an aggregation that one resource lacks is asked again with its own, for all of its type from then on")
    func refusedAggregation() async throws {
        let refused = MetricError(code: "InvalidSamplingType", message: "no Total")
        let source = azure { question in
            .success(
                ScriptedAzure.table(question) { id, name in
                    name == "M0" && id.name == "vm1" && question.call.aggregations.members.count > 1
                        ? .failed(refused) : nil
                })
        }
        let loop = try await loop(source, metrics: 3, resources: 5, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.isEmpty && report.pointCount == 15)
        #expect(routes(source.takeQuestions().map(\.call)) == ["batch 1×1", "batch 5×3"])
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(Set(source.takeQuestions().map(\.call.metricNames)) == [["M0", "M2"], ["M1"]], "averages together")
        await expectEverything(names(["m0", "m1", "m2"], 0..<5), 2)
    }

    // MARK: Left out

    @Test("left out of three batches and of one answer of its own: empty; till then a failure that moves no mark")
    func leftOut() async throws {
        let source = azure { question in
            .success(
                question.call.feed.route == .batch
                    ? ScriptedAzure.table(question, isAnswered: { $0.name != "vm1" })
                    : ScriptedAzure.table(question) { _, _ in .missing })
        }
        let loop = try await loop(source, metrics: 1, resources: 3, region: Self.region)
        var failures: [Int] = []
        var marks: [Timestamp?] = []
        for _ in 0..<5 {
            let report = try await loop.runCycle()
            failures.append(report.failures.count)
            marks.append(report.settledUntil)
            clock.advance(by: .seconds(60))
        }
        #expect(failures == [1, 1, 1, 0, 0])
        let birth = Self.noon - .seconds(240)
        #expect(marks == [birth, birth, birth, Self.noon, Self.noon + .seconds(60)])
        // What comes late is still taken.
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        for _ in 0..<10 {
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(60))
        }
        #expect(await state.sent["m0@vm1"]?.sorted() == state.sent["m0@vm0"])
    }

    // MARK: Rights

    static let missingRights: [AzureError.Code] = [.unauthenticated, .forbidden]

    @Test(
        "without a right on the subscription its resources are asked one by one; batches are tried after 1, 5, 15, 15 min",
        arguments: missingRights)
    func rights(code: AzureError.Code) async throws {
        let source = azure { question in
            question.call.feed.route == .batch && question.call.feed.subscriptionID == "s"
                ? .failure(ScriptedAzure.error(code, status: 401)) : .success(ScriptedAzure.healthy(question))
        }
        let metrics = try [
            Self.metric("m0", of: (0..<120).map { "vm\($0)" }),
            Self.metric("m1", of: (0..<60).map { "other\($0)" }, subscription: "t"),
        ]
        let loop = try await loop(source, of: metrics, region: Self.region)
        var tries: [Int] = []
        for minute in 0...40 {
            let report = try await loop.runCycle()
            #expect(report.failures.isEmpty)
            let calls = source.takeQuestions().map(\.call)
            let own = calls.filter { $0.feed.subscriptionID == "s" }
            #expect(own.count { $0.feed.route == .single } == 120)
            #expect(calls.count == own.count + 2, "the other subscription goes on with batches")
            if own.count > 120 { tries.append(minute) }
            clock.advance(by: .seconds(60))
        }
        #expect(tries == [0, 1, 6, 21, 36])
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(900))
        _ = try await loop.runCycle()
        _ = source.takeQuestions()
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(source.takeQuestions().count == 3 + 2, "batches again, for good")
        #expect(Set(await state.sent.values).count == 1)
    }

    @Test("an identity without a token is no lack of a right on batches")
    func noToken() async throws {
        let source = azure { _ in
            var error = ScriptedAzure.error(.unauthenticated)
            error.api = .tokens
            return .failure(error)
        }
        let loop = try await loop(source, metrics: 1, resources: 50, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.callCount == 0 && report.failedPairCount == 50)
        #expect(source.calls.map(\.feed.route) == [.batch])
    }

    // MARK: Size

    static let tooMuch: [AzureError.Code] = [.bodyTooLarge, .tooManySeries]

    @Test("an answer that is too large is asked for in halves of the resources", arguments: tooMuch)
    func tooLarge(code: AzureError.Code) async throws {
        let source = azure { question in
            question.resourceIDs.count > 13
                ? .failure(ScriptedAzure.error(code)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 50, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.isEmpty && report.pointCount == 100)
        #expect(source.calls.map(\.resources.count).sorted() == [12, 12, 13, 13, 25, 25, 50])
        #expect(source.calls.allSatisfy { $0.feed.route == .batch && $0.metricNames.count == 2 })
    }

    @Test("what was too large is asked for in small calls straight away; every hour twice as much is tried")
    func rememberedSize() async throws {
        let source = azure { question in
            question.resourceIDs.count > 13
                ? .failure(ScriptedAzure.error(.tooManySeries)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 50, region: Self.region)
        var failed: [Int: Int] = [:]
        func run(at minute: Int) async throws -> [MetricsCall] {
            let time = Self.noon + .seconds(60 * minute)
            clock.advance(by: time - clock.systemNow)
            _ = try await loop.runCycle()
            return source.takeQuestions().map(\.call)
        }
        for minute in [0, 1, 59, 60, 61, 119, 120, 121] {
            let sizes = try await run(at: minute).map(\.resources.count)
            failed[minute] = sizes.filter { $0 > 13 }.count
            #expect(sizes.filter { $0 <= 13 }.sorted() == [12, 12, 13, 13], "minute \(minute): \(sizes)")
        }
        #expect(failed.filter { $0.value > 0 } == [0: 3, 60: 2, 120: 2])
        // It has become less: after two more hours all travel together again.
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        #expect(routes(try await run(at: 180)) == ["batch 25×2", "batch 25×2"])
        #expect(routes(try await run(at: 240)) == ["batch 50×2"])
        #expect(Set(await state.sent.values) == [(0..<241).map { Self.noon.seconds - 240 + 60 * $0 }])
    }

    @Test("what was too large in bytes is measured in buckets: a long window is divided more than a short one")
    func rememberedPoints() async throws {
        let source = azure { question in
            question.call.pointCount > 500
                ? .failure(ScriptedAzure.error(.bodyTooLarge)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 50, region: Self.region)
        var sizes: [[Int]] = []
        for _ in 0..<59 {
            #expect(try await loop.runCycle().pointCount == 100)
            sizes.append(source.takeQuestions().map(\.call.pointCount))
            clock.advance(by: .seconds(60))
        }
        let refused = sizes.joined().filter { $0 > 500 }
        #expect(!refused.isEmpty && refused.count <= 7, "\(sizes)")
        #expect(sizes.count { $0 == [300] || $0 == [150, 150] } > 40, "at most two calls for three buckets: \(sizes)")
        #expect(Set(await state.sent.values) == [(0..<59).map { Self.noon.seconds - 240 + 60 * $0 }])
    }

    @Test("one resource whose answer is too large costs the others no more calls than finding it did")
    func oneLargeResource() async throws {
        let source = azure { question in
            question.resourceIDs.count > 1 && question.resourceIDs.contains { $0.name == "vm17" }
                ? .failure(ScriptedAzure.error(.tooManySeries)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 50, region: Self.region)
        for minute in 0..<5 {
            let report = try await loop.runCycle()
            #expect(report.failures.isEmpty && report.pointCount == 100)
            let sizes = source.takeQuestions().map(\.resourceIDs.count)
            #expect(sizes.count <= (minute == 0 ? 13 : 7) && sizes.contains(25), "minute \(minute): \(sizes)")
            clock.advance(by: .seconds(60))
        }
    }

    static let regions: [String?] = [nil, region]

    @Test("an answer of one resource that is too large is asked for by names, then by time", arguments: regions)
    func tooLargeAlone(region: String?) async throws {
        let source = azure { question in
            question.call.pointCount > 4
                ? .failure(ScriptedAzure.error(.bodyTooLarge)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 4, resources: 1, backfill: 600, region: region)
        var refused = 0
        for minute in 0..<30 {
            let report = try await loop.runCycle()
            #expect(report.failures.isEmpty && report.pointCount == (minute == 0 ? 40 : 4), "minute \(minute)")
            refused += source.takeQuestions().filter { $0.call.pointCount > 4 }.count
            clock.advance(by: .seconds(60))
        }
        #expect(refused <= 20, "only as long as it is not known")
        let all = (0..<39).map { Self.noon.seconds - 180 - 600 + 60 * Int64($0) }
        #expect(await state.sent == Dictionary(uniqueKeysWithValues: (0..<4).map { ("m\($0)@vm0", all) }))
    }

    @Test("what is too large and cannot be divided pauses, and the others go on")
    func hopelesslyLarge() async throws {
        let source = azure { question in
            question.call.metricNames.contains("M1")
                ? .failure(ScriptedAzure.error(.tooManySeries)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 2, resources: 1, region: Self.region)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.metric) == ["m1"] && report.failures.allSatisfy(\.isPausing))
        clock.advance(by: .seconds(30))
        #expect(try await loop.runCycle().pausedCount == 1)
    }

    @Test("a backfill of fifty resources is read in windows of at most 60,000 points")
    func pointsCap() async throws {
        let source = azure()
        let report = try await loop(
            source, metrics: 4, resources: 50, backfill: 400 * 60, region: Self.region
        ).runCycle()
        #expect(report.pointCount == 4 * 50 * 400)
        let points = source.calls.map {
            $0.metricNames.count * $0.resources.count
                * Int(($0.window.upperBound - $0.window.lowerBound) / .seconds(60))
        }
        #expect(points.count == 2 && points.allSatisfy { $0 <= 60_000 }, "\(points)")
    }

    // MARK: Outages

    @Test("an outage of getBatch is not halved down to every resource")
    func outage() async throws {
        let source = azure { question in
            question.call.feed.route == .batch
                ? .failure(ScriptedAzure.error(.unavailable, status: 500)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 1, resources: 500, region: Self.region)
        for _ in 0..<3 {
            let report = try await loop.runCycle()
            #expect(report.failedPairCount == 500)
            #expect(source.takeQuestions().count <= 32)
            clock.advance(by: .seconds(60))
        }
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        #expect(try await loop.runCycle().callCount == 10, "nobody was taken for the culprit")
        await expectEverything(names(["m0"], 0..<500), 4)
    }

    // MARK: Laggards

    @Test("a resource far behind its neighbours leaves their call and catches up by itself")
    func laggard() async throws {
        let later = MetricError(code: "InternalServerError", message: "later")
        let source = azure { question in
            .success(ScriptedAzure.table(question) { id, _ in id.name == "vm2" ? .failed(later) : nil })
        }
        let loop = try await loop(source, metrics: 2, resources: 20, region: Self.region)
        for _ in 0..<30 {
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(60))
        }
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await loop.runCycle()
        _ = source.takeQuestions()
        // Its pause of eight minutes ends.
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        let calls = source.takeQuestions().map(\.call)
        #expect(routes(calls) == ["batch 19×2", "batch 1×2"])
        let lengths = calls.sorted { $0.resources.count < $1.resources.count }.map {
            ($0.window.upperBound - $0.window.lowerBound) / .seconds(60)
        }
        #expect(lengths[0] == 32 && lengths[1] <= 17, "\(lengths)")
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(routes(source.takeQuestions().map(\.call)) == ["batch 20×2"])
        await expectEverything(names(["m0", "m1"], 0..<20), 33)
    }
}
