import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a metric offers decides the grain it is read at, before it is born and without holding anybody up.
@Suite(.timeLimit(.minutes(1))) struct DefinitionsTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let outbox = RecordingOutbox()

    /// One metric `m` of `machines`, each `TYPE/NAME`, declared at `grain` (`nil` = nowhere).
    private func loop(
        _ source: ScriptedAzure, _ definitions: DefinitionsCatalog, grain: TimeGrain?, metric name: String = "M0",
        machines: [String] = ["c/vm0", "c/vm1"], limit: Int? = nil, filter: DimensionFilter? = nil
    ) throws -> ScrapeLoop {
        let schedule = try CronSchedule("* * * * *")
        let mark = SourceMark(line: 1, column: 1)
        var declared = DeclaredMetric(
            descriptor: MetricDescriptor(
                name: "m", description: "", aggregation: .total, grain: grain ?? .fiveMinutes),
            resourceType: "Generic", azureMetricName: name, limit: limit, schedule: schedule, resources: [],
            location: mark)
        declared.requestedGrain = grain
        let form = MetricForm(declared, settlement: SettlementSettings(scheduleInterval: .seconds(60)))
        let pairs = machines.map { machine in
            let id = ResourceID("/subscriptions/s/resourceGroups/g/providers/A.B/\(machine)")
            return ScrapePair(
                declared,
                DeclaredResource(
                    resource: MonitoredResource(
                        id: id, resourceType: "Generic", instanceName: machine, tenantID: "t"),
                    filter: filter, location: mark),
                form: form)
        }
        return ScrapeLoop(
            schedule: schedule, pairs: pairs, source: source, outbox: outbox, definitions: definitions,
            limiter: CallLimiter(limit: 8), clock: clock)
    }

    static let grains: [(TimeGrain?, [TimeGrain], TimeGrain, PairNotice.Severity?)] = [
        (.oneMinute, [.oneMinute, .oneHour], .oneMinute, nil), (.oneMinute, [.oneHour], .oneHour, .warning),
        (.oneHour, [.fiveMinutes, .oneMinute], .fiveMinutes, .warning),
        (nil, [.oneHour, .oneMinute], .oneMinute, .info),
        (nil, [], .fiveMinutes, nil), (.oneMinute, [], .oneMinute, nil),
    ]

    @Test("the grain is the effective one before birth, and that is said once a metric", arguments: grains)
    func effectiveGrain(
        declared: TimeGrain?, offered: [TimeGrain], effective: TimeGrain, severity: PairNotice.Severity?
    ) async throws {
        let source = azure()
        let loop = try loop(source, offering(offered), grain: declared)
        let first = try await loop.runCycle()
        #expect(source.calls.map(\.grain) == [effective, effective])
        let rules = SettlementRules(grain: effective, scheduleInterval: .seconds(60))
        let birth = PairLedger(firstPlannedAt: Self.noon, rules: rules).birth
        #expect(await outbox.sent == ["m@vm0": [birth.seconds], "m@vm1": [birth.seconds]])
        let batch = await outbox.batches.flatMap(\.resources).flatMap(\.metrics)
        #expect(batch.allSatisfy { $0.metric.grain == effective && $0.metric.name == "m" })
        #expect(first.notices.map(\.severity) == [severity].compactMap { $0 })
        #expect(first.notices.allSatisfy { $0.kind == .grain && $0.message.contains("\(effective)") })
        clock.advance(by: .seconds(3600))
        #expect(try await loop.runCycle().notices.isEmpty)
    }

    @Test("metric names are compared without regard to case", arguments: ["m0", "M0"])
    func anyCase(name: String) async throws {
        let source = azure()
        _ = try await loop(source, offering([.oneHour]), grain: .oneMinute, metric: name).runCycle()
        #expect(source.calls.allSatisfy { $0.grain == .oneHour })
    }

    @Test(
        "definitions that cannot be read stop nobody; what is learned later changes the grain without a doubled bucket")
    func failure() async throws {
        let answer = Lock<Result<MetricDefinitions, AzureError>>(.failure(ScriptedAzure.error(.forbidden, "no role")))
        let definitions = DefinitionsCatalog(clock: clock) { _, _, _ in answer.withLock { $0 } }
        let source = azure()
        let loop = try loop(source, definitions, grain: .oneMinute, machines: ["c/vm0"])
        let first = try await loop.runCycle()
        #expect(first.pointCount == 1 && first.failures.isEmpty)
        #expect(first.notices.map(\.kind) == [.definitions])
        #expect(first.notices.first?.message.contains("no role") == true)
        #expect(source.calls.map(\.grain) == [.oneMinute])

        answer.withLock {
            $0 = .success(MetricDefinitions(metrics: [MetricDefinition(name: "M0", grains: [.fiveMinutes])]))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await definitions.run() }
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(60))
            while await definitions.generation == 0 { await Task.yield() }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        clock.advance(by: .seconds(900))
        let later = try await loop.runCycle()
        #expect(later.notices.map(\.severity) == [.warning])
        #expect(source.calls.last?.grain == .fiveMinutes)
        // The minute that ended at 11:57 was sent; the first five minutes begin after it.
        #expect(await outbox.sent["m@vm0"] == [-240, 0, 300].map { Self.noon.seconds + $0 })
    }

    @Test("a failure that hits everything is not said twice")
    func outage() async throws {
        let definitions = DefinitionsCatalog(clock: clock) { _, _, _ in .failure(ScriptedAzure.error(.unreachable)) }
        let source = azure { _ in .failure(ScriptedAzure.error(.unreachable)) }
        let report = try await loop(source, definitions, grain: .oneMinute).runCycle()
        #expect(report.failures.count == 2 && report.notices.isEmpty)
    }

    @Test("a type whose definitions are slow holds no other type up, and no pair is planned or counted twice")
    func slowType() async throws {
        let gate = SteppedClock(start: Self.noon)
        let definitions = DefinitionsCatalog(clock: clock) { resource, _, _ in
            if resource.type == "A.B/slow" { try? await gate.sleep(for: .seconds(1)) }
            return .success(MetricDefinitions(metrics: [MetricDefinition(name: "M0", grains: [.oneHour])]))
        }
        let source = azure()
        let loop = try loop(
            source, definitions, grain: .oneMinute, machines: ["fast/a", "slow/b", "quick/c", "slow/d"])
        async let cycle = loop.runCycle()
        while source.calls.count < 2 { await Task.yield() }
        #expect(Set(source.calls.map(\.resourceID.name)) == ["a", "c"])
        while gate.sleeperCount == 0 { await Task.yield() }
        gate.advance(by: .seconds(1))
        let report = try await cycle
        #expect(report.pairCount == 4 && report.callCount == 4 && report.pointCount == 4)
        #expect(report.pointsByMetric == ["m": 4] && report.notices.count == 1)
        #expect(source.calls.map(\.grain) == Array(repeating: .oneHour, count: 4))
        clock.advance(by: .seconds(3600))
        #expect(try await loop.runCycle().pairCount == 4)
    }

    static let names: [(String, String)] = [
        ("M01x", "Did you mean `M0`"), ("Something else", "`azimuth definitions m` lists what there is."),
    ]

    @Test(
        "a refused metric that its type does not list is paused, and the message names what is near", arguments: names)
    func unknownName(name: String, advice: String) async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.badRequest)) }
        let loop = try loop(source, offering(), grain: .oneMinute, metric: name, machines: ["c/vm0"])
        let message = try #require(try await loop.runCycle().failures.first?.message)
        #expect(message.contains(advice) && message.contains("Nothing is lost"), "\(message)")
        #expect(try await loop.runCycle().pausedCount == 1)
        let known = try self.loop(source, offering(), grain: .oneMinute, machines: ["c/vm0"])
        let other = try #require(try await known.runCycle().failures.first?.message)
        #expect(!other.contains("Did you mean") && !other.contains("azimuth definitions"))
    }

    static let limits: [(Int?, Int, PairNotice.Kind?, PairNotice.Severity?)] = [
        (3, 3, .declaredLimit, .info), (3, 2, nil, nil), (nil, 9_999, nil, nil),
        (nil, 10_000, .defaultLimit, .error), (10_000, 10_000, .declaredLimit, .info),
    ]

    @Test("as many series as the declared limit is information, as the default an error", arguments: limits)
    func limit(
        declared: Int?, answered: Int, kind: PairNotice.Kind?, severity: PairNotice.Severity?
    ) async throws {
        let source = azure { call in
            var answer = ScriptedAzure.healthy(call)
            answer.metrics[0].series = (0..<answered).map {
                ScriptedAzure.series(call, dimensions: [Label("lun", "\($0)")])
            }
            return .success(answer)
        }
        let loop = try loop(
            source, offering(), grain: .oneMinute, machines: ["c/vm0"], limit: declared,
            filter: DimensionFilter(conditions: [.init(name: "LUN")]))
        let report = try await loop.runCycle()
        #expect(source.calls.map(\.top) == [declared ?? 10_000])
        #expect(report.pointCount == answered)
        #expect(report.notices.map(\.kind) == [kind].compactMap { $0 })
        #expect(report.notices.map(\.severity) == [severity].compactMap { $0 })
    }
}
