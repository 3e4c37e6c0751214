import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a cycle asks for, decides and hands over.
@Suite(.timeLimit(.minutes(5))) struct ScrapeLoopTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    @Test("the first cycle sends every settled bucket since birth, one call a resource; the next only what is new")
    func twoCycles() async throws {
        let source = azure()
        let loop = try await loop(source, resources: 2, backfill: 600)
        let first = try await loop.runCycle()
        #expect(first.callCount == 2)
        #expect(first.pointCount == 2 * 2 * 10)
        #expect(first.settledUntil == Self.noon - .seconds(180))
        clock.advance(by: .seconds(60))
        let second = try await loop.runCycle()
        #expect(second.pointCount == 4)
        let sent = await state.sent
        #expect(sent["m1@vm1"] == (0..<11).map { Self.noon.seconds - 180 - 600 + 60 * $0 })
    }

    @Test("a full outbox moves no mark: the same points are decided again when there is room")
    func fullOutbox() async throws {
        await state.setRoom(1)
        let loop = try await loop(azure(), metrics: 2)
        let full = try await loop.runCycle()
        #expect(full.isHeldBack)
        #expect(full.pointCount == 0)
        await state.setRoom(1000)
        clock.advance(by: .seconds(60))
        let after = try await loop.runCycle()
        #expect(after.pointCount == 4)
        #expect(!after.isHeldBack)
    }

    @Test("an answer made before a bucket was settled decides nothing about it (T1)")
    func olderAnswer() async throws {
        let source = azure { .success(ScriptedAzure.table($0, answeredAt: Self.noon - .seconds(120))) }
        let loop = try await loop(source, metrics: 1, backfill: 300)
        let report = try await loop.runCycle()
        #expect(report.pointCount == 3)
        #expect(report.settledUntil == Self.noon - .seconds(300))
    }

    @Test("a backfill longer than catchUp is read in one cycle, window by window, at most 60,000 points a call")
    func longBackfill() async throws {
        let source = azure()
        let report = try await loop(source, metrics: 20, backfill: 4000 * 60).runCycle()
        #expect(report.pointCount == 20 * 4000)
        #expect(report.skipped.isEmpty)
        let points = source.calls.map {
            $0.metricNames.count * Int(($0.window.upperBound - $0.window.lowerBound) / .seconds(60))
        }
        #expect(points.count == 2 && points.allSatisfy { $0 <= 60_000 }, "\(points)")
    }

    @Test("a namespace and one queue of it keep their own labels although they are one resource")
    func labelsOfOneResource() async throws {
        let id = ResourceID("/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/bus")
        let metrics = try [[], [Label("entity_name", "orders")]].enumerated().map { index, labels in
            var metric = try Self.metric("m\(index)", of: [], .total, azureName: "M0")
            metric.resources = [
                DeclaredResource(
                    resource: MonitoredResource(
                        id: id, resourceType: "ServiceBusNamespace", instanceName: "bus", tenantID: "t",
                        typeLabels: labels), location: SourceMark(line: 1, column: 1))
            ]
            return metric
        }
        let source = azure()
        let loop = try await loop(source, of: metrics, region: "westeurope")
        _ = try await loop.runCycle()
        let resources = await state.resources
        let labels = resources.map { ($0.metrics.map(\.metric.name), $0.resource.typeLabels) }
        #expect(labels.map(\.0) == [["m0"], ["m1"]])
        #expect(labels.map(\.1) == [[], [Label("entity_name", "orders")]])
        #expect(source.questions.map(\.resourceIDs) == [[id]], "one resource is asked about once")
    }

    @Test("a collector that is too slow is slow for everybody alike, and then everything arrives")
    func fairness() async throws {
        let loop = try await loop(azure(), metrics: 50, resources: 20)
        for _ in 0..<20 {
            // Ten minutes bring 10,000 points; there is room for less than half of them.
            await state.setRoom(4500)
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(600))
        }
        #expect(await state.sent.count == 1000, "nobody is left out")
        await state.setRoom(.max)
        _ = try await loop.runCycle()
        let sent = await state.sent
        #expect(Set(sent.values) == [(0..<201).map { Self.noon.seconds - 240 + 60 * $0 }])
    }

    @Test(
        "T1: the first plan is made by Azure's time, not by a system clock that is hours off", arguments: [7200, -7200])
    func wrongSystemClock(seconds: Int64) async throws {
        let source = azure()
        source.skew.withLock { $0 = .seconds(seconds) }
        let report = try await loop(source, metrics: 1).runCycle()
        #expect(report.pointCount == 1)
        #expect(report.startedAt == Self.noon)
    }

    @Test(
        "T1: while the time is not known nothing is planned, skipped or asked, and what is missing is said",
        arguments: [7_776_000, -7_776_000])
    func unknownTime(seconds: Int64) async throws {
        _ = try await loop(azure(), metrics: 2).runCycle()
        clock.advance(by: .seconds(300))
        // A restart while Azure is away and the system clock is far off.
        let source = azure()
        source.skew.withLock { $0 = .seconds(seconds) }
        let trouble = ScriptedAzure.error(.unreachable)
        source.timeTrouble.withLock { $0 = trouble }
        let loop = try await loop(source, metrics: 2)
        let ledgers = await state.ledgers
        for _ in 0..<3 {
            let report = try await loop.runCycle()
            #expect(report.failedPairCount == 2 && report.pairCount == 2 && report.callCount == 0)
            #expect(report.failures.allSatisfy { $0.isShared && $0.message == trouble.description })
            #expect(report.skipped.isEmpty && report.settledUntil == nil)
        }
        #expect(source.calls.isEmpty)
        #expect(await state.ledgers == ledgers)
        source.timeTrouble.withLock { $0 = nil }
        let report = try await loop.runCycle()
        #expect(report.skipped.isEmpty && report.pointCount == 10)
        #expect(await state.sent["m0@vm0"] == (0..<6).map { Self.noon.seconds - 240 + 60 * $0 })
    }

    @Test("T1: marks in the future are taken back, said once, and nothing is sent twice")
    func futureMarks() async throws {
        let source = azure { question in
            let now = Self.noon.seconds + 3600
            return .success(
                ScriptedAzure.table(question) { _, _ in
                    let series = ScriptedAzure.series(question) { $0 + 60 <= now ? Double($0 / 60 % 60) : nil }
                    return .answered(unit: "Percent", [series])
                })
        }
        clock.advance(by: .seconds(3600))
        let loop = try await loop(source, metrics: 1, resources: 2, backfill: 600)
        _ = try await loop.runCycle()
        source.skew.withLock { $0 = .seconds(3600) }
        source.keepsSkew.withLock { $0 = true }
        _ = try await loop.runCycle()
        source.keepsSkew.withLock { $0 = false }
        clock.advance(by: .seconds(60))
        let report = try await loop.runCycle()
        #expect(report.notices.filter { $0.kind == .future }.count == 1)
        #expect(try #require(report.settledUntil) <= Self.noon + .seconds(3720))
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().notices.isEmpty)
        let sent = try #require(await state.sent["m0@vm1"])
        #expect(Set(sent).count == sent.count)
    }

    @Test("a bucket that is settled within two seconds is waited for, one that is later is not")
    func almostSettled() async throws {
        let source = azure()
        let loop = try await loop(source, metrics: 1)
        _ = try await loop.runCycle()
        clock.advance(by: .milliseconds(57_900))
        #expect(try await loop.runCycle().pointCount == 0)
        clock.advance(by: .milliseconds(1400))
        async let report = loop.runCycle()
        while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(800))
        #expect(try await report.pointCount == 1)
        #expect(try await report.settledUntil == Self.noon - .seconds(120))
    }

    @Test("a look back that is cut at 60,000 points does not keep new buckets waiting")
    func cutLookBack() async throws {
        let source = azure()
        let loop = try await loop(source, metrics: 20, overlap: 3 * 86_400)
        for _ in 0..<40 {
            #expect(try await loop.runCycle().pointCount > 0)
            clock.advance(by: .seconds(1800))
        }
        let sent = await state.sent
        #expect(Set(sent.values.map(\.count)) == [1 + 39 * 30])
    }

    @Test("the limiter lets waiting calls go when they are cancelled")
    func cancelledWhileWaiting() async throws {
        let limiter = CallLimiter(limit: 1)
        let gate = SteppedClock(start: Self.noon)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await limiter.run { try? await gate.sleep(for: .seconds(1)) } }
            while !Task.isCancelled, gate.sleeperCount == 0 { await Task.yield() }
            let waiting = Task { try await limiter.run {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.advance(by: .seconds(1))
            try await group.waitForAll()
        }
        try await limiter.run {}
    }
}
