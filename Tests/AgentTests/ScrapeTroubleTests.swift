import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a cycle does when Azure refuses, is slow or is away: neighbours go on, and nothing is lost or doubled.
@Suite(.timeLimit(.minutes(1))) struct ScrapeTroubleTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let outbox = RecordingOutbox()

    @Test("a metric that Azure does not know costs its neighbours nothing and is asked alone, ever more rarely")
    func unknownMetric() async throws {
        let source = azure { call in
            call.metricNames.contains("M3")
                ? .failure(ScriptedAzure.error(.badRequest)) : .success(ScriptedAzure.healthy(call))
        }
        let loop = try loop(source, metrics: 5)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.metric) == ["m3"])
        #expect(await outbox.sent.keys.sorted() == ["m0@vm0", "m1@vm0", "m2@vm0", "m4@vm0"])
        #expect(source.calls.map(\.metricNames.count).max() == 5)

        let before = source.calls.count
        clock.advance(by: .seconds(30))
        let paused = try await loop.runCycle()
        #expect(paused.failures.isEmpty && paused.pausedCount == 1)
        #expect(source.calls.count == before + 1, "the healthy four share one call again")

        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(90))
        _ = try await loop.runCycle()
        let sent = await outbox.sent
        #expect(sent["m3@vm0"] == sent["m0@vm0"], "nothing was lost while it was refused")
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().callCount == 1, "it shares the call again")
    }

    @Test("an aggregation that one metric lacks is not asked of it twice")
    func refusedAggregation() async throws {
        let source = azure { call in
            var answer = ScriptedAzure.healthy(call)
            if call.aggregations.members.count > 1 {
                answer.metrics[0].error = MetricError(code: "InvalidSamplingType", message: "no Total")
                answer.metrics[0].series = []
            }
            return .success(answer)
        }
        let loop = try loop(source, metrics: 2)
        let report = try await loop.runCycle()
        #expect(report.failures.isEmpty)
        #expect(report.pointCount == 2)
        #expect(source.calls.map(\.metricNames) == [["M0", "M1"], ["M0"]])
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(source.calls.count == 4)
    }

    static let temporary: [AzureError.Code] = [
        .throttled, .unavailable, .unreachable, .forbidden, .timedOut, .unexpectedAnswer,
    ]

    @Test("what fails now is decided by the next good answer, and nothing is lost or doubled", arguments: temporary)
    func temporaryFailure(code: AzureError.Code) async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(code)) }
        let loop = try loop(source, metrics: 2)
        for _ in 0..<5 {
            let report = try await loop.runCycle()
            #expect(report.failures.count == 2)
            #expect(report.pointCount == 0)
            clock.advance(by: .seconds(60))
        }
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await loop.runCycle()
        #expect(await outbox.sent["m0@vm0"] == (0..<6).map { Self.noon.seconds - 240 + 60 * $0 })
    }

    @Test("a resource that is gone pauses, and its metrics go on sharing one call")
    func missingResource() async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.notFound)) }
        let loop = try loop(source, metrics: 5)
        for minute in [0, 1, 2, 3] {
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(60))
            // Asked at once, after one minute, and after two more.
            #expect(source.calls.count == [1, 2, 2, 3][minute])
        }
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(240))
        let report = try await loop.runCycle()
        #expect(report.callCount == 1)
        #expect(await outbox.sent["m4@vm0"]?.first == Self.noon.seconds - 240)
    }

    static let wholeResource: [(AzureError.Code, Int)] = [(.notFound, 404), (.badRequest, 409), (.badRequest, 410)]

    @Test("what concerns the whole resource is asked in one call before, during and after", arguments: wholeResource)
    func wholeResourceRefused(code: AzureError.Code, status: Int) async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(code, status: status)) }
        let loop = try loop(source, metrics: 20)
        #expect(try await loop.runCycle().callCount == 1)
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().callCount == 1)
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        for _ in 0..<3 {
            clock.advance(by: .seconds(180))
            #expect(try await loop.runCycle().callCount == 1)
        }
    }

    @Test("a passing error of one metric is asked again in the next cycle, in the same call")
    func passingMetricError() async throws {
        let source = azure { call in
            var answer = ScriptedAzure.healthy(call)
            answer.metrics[0].error = MetricError(code: "InternalServerError", message: "later")
            answer.metrics[0].series = []
            return .success(answer)
        }
        let loop = try loop(source, metrics: 3)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.metric) == ["m0"])
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(60))
        let next = try await loop.runCycle()
        #expect(next.callCount == 1)
        let sent = await outbox.sent
        #expect(sent["m0@vm0"] == sent["m1@vm0"])
    }

    @Test("a metric left out of an answer is a failure that names it")
    func leftOut() async throws {
        let source = azure { call in
            var answer = ScriptedAzure.healthy(call)
            answer.metrics.removeLast()
            return .success(answer)
        }
        let report = try await loop(source, metrics: 2).runCycle()
        #expect(report.failures.map(\.metric) == ["m1"])
        #expect(report.failures.first?.message.contains("M1") == true)
        #expect(report.pointCount == 1)
    }

    @Test("a resource that never answers in time holds its neighbours up ever more rarely")
    func stalledResource() async throws {
        let source = azure { call in
            call.resourceID.name == "vm1"
                ? .failure(ScriptedAzure.error(.timedOut)) : .success(ScriptedAzure.healthy(call))
        }
        let loop = try loop(source, metrics: 1, resources: 3)
        var calls: [Int] = []
        for _ in 0..<8 {
            calls.append(try await loop.runCycle().callCount)
            clock.advance(by: .seconds(60))
        }
        // At once, after one minute, after two more, after four more.
        #expect(calls == [3, 3, 2, 3, 2, 2, 2, 3])
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(600))
        _ = try await loop.runCycle()
        let sent = await outbox.sent
        #expect(sent["m0@vm1"] == sent["m0@vm0"], "nothing was lost")
    }

    @Test("an outage is given up after a few calls, and is one cause")
    func outage() async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.unreachable)) }
        let report = try await loop(source, metrics: 1, resources: 100).runCycle()
        #expect(report.failures.count == 100)
        #expect(FailureGroup.groups(report.failures).count == 1)
        #expect(source.calls.count < 20)
    }

    @Test("Retry-After that does not fit into a call holds the whole subscription, over cycles")
    func throttled() async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.throttled, retryAfter: .seconds(150))) }
        let loop = try loop(source, metrics: 1, resources: 100)
        #expect(try await loop.runCycle().failures.count == 100)
        let asked = source.calls.count
        #expect(asked <= 8, "only what was under way")
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        for minute in 1...2 {
            clock.advance(by: .seconds(60))
            #expect(try await loop.runCycle().callCount == 0, "minute \(minute)")
        }
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().callCount == 100)
        let sent = await outbox.sent
        #expect(sent["m0@vm99"]?.count == 4)
    }

    static let distant: [(AzureError, [Int])] = [
        (ScriptedAzure.error(.unavailable), [60]),
        // The second look comes while the subscription is still to be left alone.
        (ScriptedAzure.error(.throttled, retryAfter: .seconds(150)), [60, 120]),
    ]

    @Test("a failed cycle of a distant schedule is repeated soon, for what failed only", arguments: distant)
    func repeatedSoon(error: AzureError, waits: [Int]) async throws {
        let source = azure { call in
            call.resourceID.name == "vm0" ? .failure(error) : .success(ScriptedAzure.healthy(call))
        }
        let pairs = try await loop(source, metrics: 1, resources: 2, backfill: 600).pairs
        let daily = ScrapeLoop(
            schedule: try CronSchedule("0 0 * * *"), pairs: pairs, source: source, outbox: outbox,
            definitions: offering(), limiter: CallLimiter(limit: 8), clock: clock)
        let (reports, sink) = AsyncStream<CycleReport>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await daily.run { sink.yield($0) } }
            var arriving = reports.makeAsyncIterator()
            #expect(await arriving.next()?.failures.count == 1)
            source.setRule { .success(ScriptedAzure.healthy($0)) }
            var last: CycleReport?
            for wait in waits {
                while clock.sleeperCount == 0 { await Task.yield() }
                clock.advance(by: .seconds(wait))
                last = await arriving.next()
            }
            #expect(last?.pairCount == 1)
            #expect(await outbox.sent["m0@vm0"]?.count == 10 + waits.reduce(0, +) / 60)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    @Test("a cycle that goes on after a full queue remembers what pauses, and forgets what was read after all")
    func continuedCycle() async throws {
        let source = azure { call in
            switch call.resourceID.name {
            case "vm0": .failure(ScriptedAzure.error(.notFound, status: 404))
            case "vm1": .failure(ScriptedAzure.error(.unavailable))
            default: .success(ScriptedAzure.healthy(call))
            }
        }
        let loop = try loop(source, metrics: 1, resources: 3)
        let first = try await loop.runCycle()
        #expect(first.failures.count == 2)
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        let whole = first.continued(by: try await loop.runCycle())
        #expect(whole.failures.map(\.resource.name) == ["vm0"])
        #expect(whole.pointCount == 2)
    }
}
