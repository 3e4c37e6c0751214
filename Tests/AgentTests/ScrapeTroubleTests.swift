import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a cycle does when Azure refuses, is slow or is away: neighbours go on, and nothing is lost or doubled.
@Suite(.timeLimit(.minutes(5))) struct ScrapeTroubleTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    @Test("a metric that Azure does not know costs its neighbours nothing and is asked alone, ever more rarely")
    func unknownMetric() async throws {
        let source = azure { question in
            question.call.metricNames.contains("M3")
                ? .failure(ScriptedAzure.error(.badRequest)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 5)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.metric) == ["m3"])
        #expect(await state.sent.keys.sorted() == ["m0@vm0", "m1@vm0", "m2@vm0", "m4@vm0"])
        #expect(source.calls.map(\.metricNames.count).max() == 5)

        let before = source.calls.count
        clock.advance(by: .seconds(30))
        let paused = try await loop.runCycle()
        #expect(paused.failures.isEmpty && paused.pausedCount == 1)
        #expect(source.calls.count == before + 1, "the healthy four share one call again")

        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(90))
        _ = try await loop.runCycle()
        let sent = await state.sent
        #expect(sent["m3@vm0"] == sent["m0@vm0"], "nothing was lost while it was refused")
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().callCount == 1, "it shares the call again")
    }

    @Test("an aggregation that one metric lacks is not asked of it twice")
    func refusedAggregation() async throws {
        let source = azure { question in
            let refused = MetricError(code: "InvalidSamplingType", message: "no Total")
            return .success(
                ScriptedAzure.table(question) { _, name in
                    name == "M0" && question.call.aggregations.members.count > 1 ? .failed(refused) : nil
                })
        }
        let loop = try await loop(source, metrics: 2)
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
        let loop = try await loop(source, metrics: 2)
        for _ in 0..<5 {
            let report = try await loop.runCycle()
            #expect(report.failures.count == 2)
            #expect(report.pointCount == 0)
            clock.advance(by: .seconds(60))
        }
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await loop.runCycle()
        #expect(await state.sent["m0@vm0"] == (0..<6).map { Self.noon.seconds - 240 + 60 * $0 })
    }

    @Test("a resource that is gone pauses, and its metrics go on sharing one call")
    func missingResource() async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.notFound)) }
        let loop = try await loop(source, metrics: 5)
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
        #expect(await state.sent["m4@vm0"]?.first == Self.noon.seconds - 240)
    }

    static let wholeResource: [(AzureError.Code, Int)] = [(.notFound, 404), (.badRequest, 409), (.badRequest, 410)]

    @Test("what concerns the whole resource is asked in one call before, during and after", arguments: wholeResource)
    func wholeResourceRefused(code: AzureError.Code, status: Int) async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(code, status: status)) }
        let loop = try await loop(source, metrics: 20)
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
        let later = MetricError(code: "InternalServerError", message: "later")
        let source = azure {
            .success(ScriptedAzure.table($0) { _, name in name == "M0" ? .failed(later) : nil })
        }
        let loop = try await loop(source, metrics: 3)
        let report = try await loop.runCycle()
        #expect(report.failures.map(\.metric) == ["m0"])
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(60))
        let next = try await loop.runCycle()
        #expect(next.callCount == 1)
        let sent = await state.sent
        #expect(sent["m0@vm0"] == sent["m1@vm0"])
    }

    @Test("a metric left out of an answer is a failure that names it")
    func leftOut() async throws {
        let source = azure { .success(ScriptedAzure.table($0) { _, name in name == "M1" ? .missing : nil }) }
        let report = try await loop(source, metrics: 2).runCycle()
        #expect(report.failures.map(\.metric) == ["m1"])
        #expect(report.failures.first?.message.contains("M1") == true)
        #expect(report.pointCount == 1)
    }

    @Test("a resource that never answers in time holds its neighbours up ever more rarely")
    func stalledResource() async throws {
        let source = azure { question in
            question.resourceIDs[0].name == "vm1"
                ? .failure(ScriptedAzure.error(.timedOut)) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 1, resources: 3)
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
        let sent = await state.sent
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

    @Test("a throttled call takes those along that wait for the same quota; the next cycle asks for all again")
    func throttled() async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.throttled, retryAfter: .seconds(150))) }
        let loop = try await loop(source, metrics: 1, resources: 100)
        #expect(try await loop.runCycle().failures.count == 100)
        let asked = source.calls.count
        #expect(asked <= 8, "only what was under way")
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().callCount == 100)
        let sent = await state.sent
        #expect(sent["m0@vm99"]?.count == 2)
    }

    static let distant: [AzureError] = [
        ScriptedAzure.error(.unavailable), ScriptedAzure.error(.throttled, retryAfter: .seconds(150)),
    ]

    @Test("a failed cycle of a distant schedule is repeated soon, for what failed only", arguments: distant)
    func repeatedSoon(error: AzureError) async throws {
        let source = azure { question in
            question.resourceIDs[0].name == "vm0" ? .failure(error) : .success(ScriptedAzure.healthy(question))
        }
        let daily = try await loop(
            source, of: [Self.metric("m0", of: ["vm0", "vm1"], schedule: "0 0 * * *")], schedule: "0 0 * * *",
            settlement: SettlementSettings(backfill: .seconds(600), scheduleInterval: .seconds(60)))
        let (reports, sink) = AsyncStream<CycleReport>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await daily.run { sink.yield($0) } }
            var arriving = reports.makeAsyncIterator()
            #expect(await arriving.next()?.failures.count == 1)
            source.setRule { .success(ScriptedAzure.healthy($0)) }
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(60))
            #expect(await arriving.next()?.pairCount == 1)
            #expect(await state.sent["m0@vm0"]?.count == 11)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    @Test("a cycle that goes on after a full queue remembers what pauses, and forgets what was read after all")
    func continuedCycle() async throws {
        let source = azure { question in
            switch question.resourceIDs[0].name {
            case "vm0": .failure(ScriptedAzure.error(.notFound, status: 404))
            case "vm1": .failure(ScriptedAzure.error(.unavailable))
            default: .success(ScriptedAzure.healthy(question))
            }
        }
        let loop = try await loop(source, metrics: 1, resources: 3)
        let first = try await loop.runCycle()
        #expect(first.failures.count == 2)
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        let whole = first.continued(by: try await loop.runCycle())
        #expect(whole.failures.map(\.resource.name) == ["vm0"])
        #expect(whole.pointCount == 2)
    }

    static let unsent: [(AzureError.Code, AzureAPI?, Int)] = [
        (.unauthenticated, .tokens, 0), (.unreachable, .tokens, 0), (.timedOut, .tokens, 0), (.tls, .tokens, 0),
        (.unavailable, .tokens, 0), (.throttled, .tokens, 0), (.unreachable, .metrics, 1), (.timedOut, .metrics, 1),
        (.unreachable, nil, 1),
    ]

    @Test("a call for which there is no token was not made, whatever the reason", arguments: unsent)
    func callsWithoutToken(code: AzureError.Code, api: AzureAPI?, calls: Int) async throws {
        let source = azure { _ in
            var error = ScriptedAzure.error(code)
            error.api = api
            return .failure(error)
        }
        #expect(try await loop(source, metrics: 1).runCycle().callCount == calls)
    }
}
