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
        _ source: ScriptedAzure, metrics: Int = 2, resources: Int = 1, backfill: Int64 = 0,
        overlap: Int64? = nil
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
                            grain: .oneMinute, overlap: overlap.map { .seconds($0) }, backfill: .seconds(backfill),
                            scheduleInterval: .seconds(60))))
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

    @Test("a failed cycle of a distant schedule is repeated soon, for what failed only")
    func repeatedSoon() async throws {
        let source = azure { call in
            call.resourceID.name == "vm0"
                ? .failure(ScriptedAzure.error(.unavailable)) : .success(ScriptedAzure.healthy(call))
        }
        let pairs = await (try loop(source, metrics: 1, resources: 2, backfill: 600)).pairs
        let daily = ScrapeLoop(
            schedule: try CronSchedule("0 0 * * *"), pairs: pairs, source: source, outbox: outbox,
            limiter: CallLimiter(limit: 8), clock: clock)
        let (reports, sink) = AsyncStream<CycleReport>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await daily.run { sink.yield($0) } }
            var arriving = reports.makeAsyncIterator()
            #expect(await arriving.next()?.failures.count == 1)
            source.setRule { .success(ScriptedAzure.healthy($0)) }
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(60))
            let second = await arriving.next()
            #expect(second?.pairCount == 1)
            #expect(second?.pointCount == 11)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
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
