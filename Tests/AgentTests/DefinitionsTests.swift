import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What a metric offers decides the grain it is read at, before it is born and without holding anybody up.
@Suite(.timeLimit(.minutes(5))) struct DefinitionsTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    /// One metric `m` of `machines`, each `TYPE/NAME`, declared at `grain` (`nil` = nowhere).
    private func loop(
        _ source: ScriptedAzure, _ definitions: DefinitionsCatalog, grain: TimeGrain?, metric name: String = "M0",
        machines: [String] = ["c/vm0", "c/vm1"], limit: Int? = nil, filter: DimensionFilter? = nil
    ) async throws -> ScrapeLoop {
        var declared = try Self.metric(
            "m", of: machines, .total, azureName: name, grain: grain ?? .fiveMinutes, filter: filter)
        declared.limit = limit
        declared.requestedGrain = grain
        return try await loop(source, of: [declared], definitions: definitions)
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
        let loop = try await loop(source, offering(offered), grain: declared)
        let first = try await loop.runCycle()
        #expect(source.calls.map(\.feed.grain) == [effective, effective])
        let rules = SettlementRules(grain: effective, scheduleInterval: .seconds(60))
        let birth = rules.settledEnd(at: Self.noon) - effective.duration
        #expect(await state.sent == ["m@vm0": [birth.seconds], "m@vm1": [birth.seconds]])
        let batch = await state.resources.flatMap(\.metrics)
        #expect(batch.allSatisfy { $0.metric.grain == effective && $0.metric.name == "m" })
        #expect(first.notices.map(\.severity) == [severity].compactMap { $0 })
        #expect(first.notices.allSatisfy { $0.kind == .grain && $0.message.contains("\(effective)") })
        clock.advance(by: .seconds(3600))
        #expect(try await loop.runCycle().notices.isEmpty)
    }

    static let sums: [(SumForm, Aggregation, Aggregation?, Bool)] = [
        (.cumulative, .total, .average, true), (.delta, .count, .maximum, true), (.cumulative, .total, .total, false),
        (.delta, .total, .count, false), (.gauge, .total, .average, false), (.delta, .average, .average, false),
        (.cumulative, .total, nil, false),
    ]

    @Test("S1: a sum whose primary aggregation is none is said once, and stays a sum", arguments: sums)
    func doubtfulSum(form: SumForm, aggregation: Aggregation, primary: Aggregation?, isSaid: Bool) async throws {
        let definitions = DefinitionsCatalog(clock: clock) { _, _, _ in
            .success(
                MetricDefinitions(metrics: [
                    MetricDefinition(name: "M0", primaryAggregation: primary, grains: [.oneMinute])
                ]))
        }
        let metric = try Self.metric("m0", of: ["c/vm0", "c/vm1", "d/vm2"], aggregation)
        let loop = try await loop(azure(), of: [metric], sums: form, definitions: definitions)
        let notices = try await loop.runCycle().notices
        #expect(notices.map(\.kind) == (isSaid ? [.sum, .sum] : []), "once a type")
        let word = "`\(primary?.declaredName ?? "")`"
        #expect(notices.allSatisfy { $0.severity == .warning && $0.message.contains(word) })
        clock.advance(by: .seconds(60))
        #expect(try await loop.runCycle().notices.isEmpty)
        let kinds = Set(await state.resources.flatMap(\.metrics).map(\.metric.kind))
        #expect(kinds == [form.kind(of: aggregation, isMonotonic: false)])
    }

    @Test("metric names are compared without regard to case", arguments: ["m0", "M0"])
    func anyCase(name: String) async throws {
        let source = azure()
        _ = try await loop(source, offering([.oneHour]), grain: .oneMinute, metric: name).runCycle()
        #expect(source.calls.allSatisfy { $0.feed.grain == .oneHour })
    }

    @Test(
        "definitions that cannot be read stop nobody; what is learned later changes the grain without a doubled bucket")
    func failure() async throws {
        let answer = Lock<Result<MetricDefinitions, AzureError>>(.failure(ScriptedAzure.error(.forbidden, "no role")))
        let definitions = DefinitionsCatalog(clock: clock) { _, _, _ in answer.withLock { $0 } }
        let source = azure()
        let loop = try await loop(source, definitions, grain: .oneMinute, machines: ["c/vm0"])
        let first = try await loop.runCycle()
        #expect(first.pointCount == 1 && first.failures.isEmpty)
        #expect(first.notices.map(\.kind) == [.definitions])
        #expect(first.notices.first?.message.contains("no role") == true)
        #expect(source.calls.map(\.feed.grain) == [.oneMinute])

        answer.withLock {
            $0 = .success(MetricDefinitions(metrics: [MetricDefinition(name: "M0", grains: [.fiveMinutes])]))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await definitions.run() }
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(60))
            while !Task.isCancelled, await definitions.generation == 0 { await Task.yield() }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        clock.advance(by: .seconds(900))
        let later = try await loop.runCycle()
        #expect(later.notices.map(\.severity) == [.warning])
        #expect(source.calls.last?.feed.grain == .fiveMinutes)
        // The minute that ended at 11:57 was sent; the first five minutes begin after it.
        #expect(await state.sent["m@vm0"] == [-240, 0, 300].map { Self.noon.seconds + $0 })
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
        let loop = try await loop(
            source, definitions, grain: .oneMinute, machines: ["fast/a", "slow/b", "quick/c", "slow/d"])
        async let cycle = loop.runCycle()
        while !Task.isCancelled, source.calls.count < 2 { await Task.yield() }
        #expect(Set(source.questions.map { $0.resourceIDs[0].name }) == ["a", "c"])
        while !Task.isCancelled, gate.sleeperCount == 0 { await Task.yield() }
        gate.advance(by: .seconds(1))
        let report = try await cycle
        #expect(report.pairCount == 4 && report.callCount == 4 && report.pointCount == 4)
        #expect(report.pointsByMetric == ["m": 4] && report.notices.count == 1)
        #expect(source.calls.map(\.feed.grain) == Array(repeating: .oneHour, count: 4))
        clock.advance(by: .seconds(3600))
        #expect(try await loop.runCycle().pairCount == 4)
    }

    /// Metrics of ten machines: what is declared, what Azure lists for it, and what it really has.
    private func loop(
        _ metrics: [(Aggregation, listed: [Aggregation], stored: [Aggregation])], region: String?
    ) async throws -> (ScrapeLoop, ScriptedAzure) {
        let source = azure { question in
            .success(
                ScriptedAzure.table(question) { _, name in
                    let number = Int(name.dropFirst()) ?? 0
                    let isRefused = !question.call.aggregations.isSubset(of: AggregationSet(metrics[number].stored))
                    return isRefused ? .failed(MetricError(code: "InvalidSamplingType", message: "not stored")) : nil
                })
        }
        let definitions = DefinitionsCatalog(clock: clock) { _, _, _ in
            .success(
                MetricDefinitions(
                    metrics: metrics.enumerated().map {
                        MetricDefinition(name: "M\($0)", supportedAggregations: $1.listed, grains: [.oneMinute])
                    }))
        }
        let machines = (0..<10).map { "vm\($0)" }
        let declared = try metrics.enumerated().map { try Self.metric("m\($0)", of: machines, $1.0) }
        return (try await loop(source, of: declared, region: region, definitions: definitions), source)
    }

    /// Where the machines are, and the calls of a cycle.
    static let regions: [(String?, Int)] = [("westeurope", 2), (nil, 20)]

    @Test("what a metric does not list is not asked of it: no call is refused, from the first on", arguments: regions)
    func listedAggregations(region: String?, calls: Int) async throws {
        let levels: [Aggregation] = [.average, .minimum, .maximum]
        let (loop, source) = try await loop(
            [
                (.average, levels, levels), (.total, [.total], [.total]), (.maximum, levels, levels),
                // An empty list says nothing: it goes where the first two go.
                (.average, [], Aggregation.allCases),
            ], region: region)
        for minute in 0..<3 {
            let report = try await loop.runCycle()
            #expect(report.failures.isEmpty && report.callCount == calls && report.pointCount == 40, "\(minute)")
            let asked = source.takeQuestions().map(\.call)
            let levels = asked.filter { $0.metricNames == ["M0", "M2", "M3"] }
            let totals = asked.filter { $0.metricNames == ["M1"] }
            #expect(levels.count + totals.count == calls, "\(asked.map(\.metricNames))")
            #expect(levels.allSatisfy { $0.aggregations.members == [.average, .maximum] })
            #expect(totals.allSatisfy { $0.aggregations.members == [.total] })
            clock.advance(by: .seconds(60))
        }
    }

    @Test("definitions that list too much are corrected by the first refusal, and for good")
    func wrongDefinitions() async throws {
        let all = Aggregation.allCases
        let (loop, source) = try await loop(
            [(.average, all, [.average]), (.total, all, all), (.average, all, all)], region: "westeurope")
        #expect(try await loop.runCycle().pointCount == 30)
        #expect(source.takeQuestions().map(\.call.metricNames) == [["M0", "M1", "M2"], ["M0"]])
        for _ in 0..<3 {
            clock.advance(by: .seconds(60))
            let report = try await loop.runCycle()
            #expect(report.pointCount == 30 && report.failures.isEmpty)
            #expect(Set(source.takeQuestions().map(\.call.metricNames)) == [["M0", "M2"], ["M1"]])
        }
    }

    static let names: [(String, String)] = [
        ("M01x", "Did you mean `M0`"), ("Something else", "`azimuth definitions m` lists what there is."),
    ]

    @Test(
        "a refused metric that its type does not list is paused, and the message names what is near", arguments: names)
    func unknownName(name: String, advice: String) async throws {
        let source = azure { _ in .failure(ScriptedAzure.error(.badRequest)) }
        let loop = try await loop(source, offering(), grain: .oneMinute, metric: name, machines: ["c/vm0"])
        let message = try #require(try await loop.runCycle().failures.first?.message)
        #expect(message.contains(advice) && message.contains("Nothing is lost"), "\(message)")
        #expect(try await loop.runCycle().pausedCount == 1)
        let known = try await self.loop(source, offering(), grain: .oneMinute, machines: ["c/vm0"])
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
        let source = azure { question in
            .success(
                ScriptedAzure.table(question) { _, _ in
                    .answered(
                        (0..<answered).map {
                            ScriptedAzure.series(question, dimensions: [Label("lun", "\($0)")])
                        })
                })
        }
        let loop = try await loop(
            source, offering(), grain: .oneMinute, machines: ["c/vm0"], limit: declared,
            filter: DimensionFilter(conditions: [.init(name: "LUN")]))
        let report = try await loop.runCycle()
        #expect(source.calls.map(\.feed.top) == [declared ?? 10_000])
        #expect(report.pointCount == answered)
        #expect(report.notices.map(\.kind) == [kind].compactMap { $0 })
        #expect(report.notices.map(\.severity) == [severity].compactMap { $0 })
    }
}
