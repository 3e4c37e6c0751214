import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

@Suite struct ScrapeLoopTests {
    static let noon = Timestamp(seconds: 1_927_886_400)

    let clock = SteppedClock(start: noon)
    let outbox = RecordingOutbox()

    /// `metrics` metrics m0, m1, … of each of `resources` machines vm0, vm1, ….
    private func loop(
        _ source: ScriptedAzure, metrics: Int = 2, resources: Int = 1, backfill: Int64 = 0
    ) throws -> ScrapeLoop {
        var pairs: [ScrapePair] = []
        for metric in 0..<metrics {
            let declared = DeclaredMetric(
                descriptor: MetricDescriptor(
                    name: "m\(metric)", description: "", aggregation: metric % 2 == 0 ? .average : .total,
                    grain: .oneMinute),
                resourceType: "VirtualMachine", azureMetricName: "M\(metric)", dimensions: [], limit: nil,
                schedule: try CronSchedule("* * * * *"), collection: CollectionOverrides(), resources: [],
                location: SourceMark(line: 1, column: 1))
            for resource in 0..<resources {
                let monitored = MonitoredResource(
                    id: ResourceID("/subscriptions/s/resourceGroups/g/providers/A.B/c/vm\(resource)"),
                    resourceType: "VirtualMachine", instanceName: "vm\(resource)", tenantID: "t")
                pairs.append(
                    ScrapePair(
                        declared,
                        DeclaredResource(
                            resource: monitored, filter: nil, dimensions: [], dimensionRenames: [:],
                            location: SourceMark(line: 1, column: 1)),
                        rules: SettlementRules(
                            grain: .oneMinute, backfill: .seconds(backfill), scheduleInterval: .seconds(60))))
            }
        }
        return ScrapeLoop(
            schedule: try CronSchedule("* * * * *"), pairs: pairs, source: source, outbox: outbox,
            limiter: CallLimiter(limit: 8), clock: clock)
    }

    private func azure(
        _ rule: @escaping @Sendable (MetricsCall) -> Result<MetricsAnswer, AzureError> = {
            .success(ScriptedAzure.healthy($0))
        }
    ) -> ScriptedAzure {
        ScriptedAzure(clock: clock, rule: rule)
    }

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
        #expect(paused.failures.isEmpty && paused.pausedMetrics == ["m3"])
        #expect(source.calls.count == before + 1, "the healthy four share one call again")

        source.setRule { .success(ScriptedAzure.healthy($0)) }
        clock.advance(by: .seconds(90))
        _ = try await loop.runCycle()
        let sent = await outbox.sent
        #expect(sent["m3@vm0"] == sent["m0@vm0"], "nothing was lost while it was refused")
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

    @Test("a full outbox moves no mark: the same points are decided again when there is room")
    func fullOutbox() async throws {
        await outbox.setRoom(1)
        let loop = try loop(azure(), metrics: 2)
        let full = try await loop.runCycle()
        #expect(full.heldBackCount == 2)
        #expect(full.pointCount == 0)
        await outbox.setRoom(1000)
        clock.advance(by: .seconds(60))
        let after = try await loop.runCycle()
        #expect(after.pointCount == 4)
        #expect(after.heldBackCount == 0)
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
        let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
        let schedule = try CronSchedule("* * * * *")
        let pairs = [[], [Label("entity_name", "orders")]].enumerated().map { index, labels in
            ScrapePair(
                DeclaredMetric(
                    descriptor: MetricDescriptor(
                        name: "m\(index)", description: "", aggregation: .total, grain: .oneMinute),
                    resourceType: "ServiceBusNamespace", azureMetricName: "M", dimensions: [], limit: nil,
                    schedule: schedule, collection: CollectionOverrides(), resources: [],
                    location: SourceMark(line: 1, column: 1)),
                DeclaredResource(
                    resource: MonitoredResource(
                        id: id, resourceType: "ServiceBusNamespace", instanceName: "bus", tenantID: "t",
                        typeLabels: labels), location: SourceMark(line: 1, column: 1)),
                rules: rules)
        }
        let loop = ScrapeLoop(
            schedule: schedule, pairs: pairs, source: azure(), outbox: outbox, limiter: CallLimiter(limit: 8),
            clock: clock)
        _ = try await loop.runCycle()
        let resources = await outbox.batches.flatMap(\.resources)
        let labels = resources.map { ($0.metrics.map(\.metric.name), $0.resource.typeLabels) }
        #expect(labels.map(\.0) == [["m0"], ["m1"]])
        #expect(labels.map(\.1) == [[], [Label("entity_name", "orders")]])
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
