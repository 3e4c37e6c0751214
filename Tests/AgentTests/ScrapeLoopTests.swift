import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a cycle asks for, decides and hands over.
@Suite(.timeLimit(.minutes(1))) struct ScrapeLoopTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let outbox = RecordingOutbox()

    @Test("the first cycle sends every settled bucket since birth, one call a resource; the next only what is new")
    func twoCycles() async throws {
        let source = azure()
        let loop = try loop(source, resources: 2, backfill: 600)
        let first = try await loop.runCycle()
        #expect(first.callCount == 2)
        #expect(first.pointCount == 2 * 2 * 10)
        #expect(first.settledUntil == Self.noon - .seconds(180))
        clock.advance(by: .seconds(60))
        let second = try await loop.runCycle()
        #expect(second.pointCount == 4)
        let sent = await outbox.sent
        #expect(sent["m1@vm1"] == (0..<11).map { Self.noon.seconds - 180 - 600 + 60 * $0 })
    }

    @Test("a full outbox moves no mark: the same points are decided again when there is room")
    func fullOutbox() async throws {
        await outbox.setRoom(1)
        let loop = try loop(azure(), metrics: 2)
        let full = try await loop.runCycle()
        #expect(full.isHeldBack)
        #expect(full.pointCount == 0)
        await outbox.setRoom(1000)
        clock.advance(by: .seconds(60))
        let after = try await loop.runCycle()
        #expect(after.pointCount == 4)
        #expect(!after.isHeldBack)
    }

    @Test("an answer made before a bucket was settled decides nothing about it (T1)")
    func olderAnswer() async throws {
        let source = azure { call in
            var answer = ScriptedAzure.healthy(call)
            answer.answeredAt = Self.noon - .seconds(120)
            return .success(answer)
        }
        let loop = try loop(source, metrics: 1, backfill: 300)
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
        let schedule = try CronSchedule("* * * * *")
        let pairs = [[], [Label("entity_name", "orders")]].enumerated().map { index, labels in
            let metric =
                DeclaredMetric(
                    descriptor: MetricDescriptor(
                        name: "m\(index)", description: "", aggregation: .total, grain: .oneMinute),
                    resourceType: "ServiceBusNamespace", azureMetricName: "M", dimensions: [], limit: nil,
                    schedule: schedule, collection: CollectionOverrides(), resources: [],
                    location: SourceMark(line: 1, column: 1))
            return ScrapePair(
                metric,
                DeclaredResource(
                    resource: MonitoredResource(
                        id: id, resourceType: "ServiceBusNamespace", instanceName: "bus", tenantID: "t",
                        typeLabels: labels), location: SourceMark(line: 1, column: 1)),
                form: MetricForm(metric, settlement: SettlementSettings(scheduleInterval: .seconds(60))))
        }
        let loop = ScrapeLoop(
            schedule: schedule, pairs: pairs, source: azure(), outbox: outbox, definitions: offering(),
            limiter: CallLimiter(limit: 8), clock: clock)
        _ = try await loop.runCycle()
        let resources = await outbox.batches.flatMap(\.resources)
        let labels = resources.map { ($0.metrics.map(\.metric.name), $0.resource.typeLabels) }
        #expect(labels.map(\.0) == [["m0"], ["m1"]])
        #expect(labels.map(\.1) == [[], [Label("entity_name", "orders")]])
    }

    @Test("a collector that is too slow is slow for everybody alike, and then everything arrives")
    func fairness() async throws {
        let loop = try loop(azure(), metrics: 50, resources: 20)
        for _ in 0..<20 {
            // Ten minutes bring 10,000 points; there is room for less than half of them.
            await outbox.setRoom(4500)
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(600))
        }
        #expect(await outbox.sent.count == 1000, "nobody is left out")
        await outbox.setRoom(.max)
        _ = try await loop.runCycle()
        let sent = await outbox.sent
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

    @Test("a bucket that is settled within two seconds is waited for, one that is later is not")
    func almostSettled() async throws {
        let source = azure()
        let loop = try loop(source, metrics: 1)
        _ = try await loop.runCycle()
        clock.advance(by: .milliseconds(57_900))
        #expect(try await loop.runCycle().pointCount == 0)
        clock.advance(by: .milliseconds(1400))
        async let report = loop.runCycle()
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(800))
        #expect(try await report.pointCount == 1)
        #expect(try await report.settledUntil == Self.noon - .seconds(120))
    }

    @Test("a birth in the future is taken back as soon as the time is known")
    func birthInFuture() {
        let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
        let ahead = PairLedger(firstPlannedAt: Self.noon + .seconds(7200), rules: rules)
        #expect(ahead.beginsInFuture(at: Self.noon, rules: rules))
        #expect(!PairLedger(firstPlannedAt: Self.noon, rules: rules).beginsInFuture(at: Self.noon, rules: rules))
    }

    @Test("a look back that is cut at 60,000 points does not keep new buckets waiting")
    func cutLookBack() async throws {
        let source = azure()
        let loop = try loop(source, metrics: 20, overlap: 3 * 86_400)
        for _ in 0..<40 {
            #expect(try await loop.runCycle().pointCount > 0)
            clock.advance(by: .seconds(1800))
        }
        let sent = await outbox.sent
        #expect(Set(sent.values.map(\.count)) == [1 + 39 * 30])
    }

    @Test("the limiter lets waiting calls go when they are cancelled")
    func cancelledWhileWaiting() async throws {
        let limiter = CallLimiter(limit: 1)
        let gate = SteppedClock(start: Self.noon)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await limiter.run { try? await gate.sleep(for: .seconds(1)) } }
            while gate.sleeperCount == 0 { await Task.yield() }
            let waiting = Task { try await limiter.run {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.advance(by: .seconds(1))
            try await group.waitForAll()
        }
        try await limiter.run {}
    }
}
