import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// What is declared, over restarts with other declarations: the state stays, everything else is made anew.
@Suite(.timeLimit(.minutes(5))) struct EstateTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    /// A new agent that runs `cycles` cycles, a minute apart.
    @discardableResult
    private func run(
        _ metrics: [DeclaredMetric], cycles: Int = 1, region: String? = "westeurope", sums: SumForm = .gauge,
        answers: String? = nil
    ) async throws -> (reports: [CycleReport], calls: [MetricsCall]) {
        let source = azure { .success(ScriptedAzure.table($0, region: answers)) }
        let loop = try await loop(source, of: metrics, sums: sums, region: region)
        var reports: [CycleReport] = []
        for _ in 0..<cycles {
            reports.append(try await loop.runCycle())
            clock.advance(by: .seconds(60))
        }
        return (reports, source.calls)
    }

    private func starts(_ minutes: Range<Int64>) -> [Int64] { minutes.map { Self.noon.seconds - 240 + 60 * $0 } }

    @Test("a restart goes on where it was, whatever the order of the declaration; what is new begins as new")
    func restart() async throws {
        let machines = (0..<60).map { "vm\($0)" }
        try await run([Self.metric("m0", of: machines)], cycles: 3)
        let (reports, calls) = try await run([
            Self.metric("m1", of: ["vm3"]), Self.metric("m0", of: ["new"] + machines.reversed()),
        ])
        #expect(reports.map(\.pointCount) == [62] && calls.count == 2)
        let sent = await state.sent
        #expect(machines.allSatisfy { sent["m0@\($0)"] == starts(0..<4) })
        #expect(sent["m0@new"] == starts(3..<4) && sent["m1@vm3"] == starts(3..<4))
    }

    @Test("T12: a resource that is not declared for a while resumes at its mark, as far back as catchUp")
    func dormantResource() async throws {
        let both = try [Self.metric("m0", of: ["vm0", "vm1"])]
        try await run(both, cycles: 2)
        let (_, calls) = try await run([Self.metric("m0", of: ["vm0"])], cycles: 30)
        #expect(calls.allSatisfy { $0.resources.count == 1 })
        try await run(both)
        #expect(await state.sent["m0@vm1"]?.sorted() == starts(0..<33))
        #expect(await state.sent["m0@vm0"] == starts(0..<33))
    }

    @Test("T12: a resource that was gone for longer begins as new, and nobody inherits its ledger")
    func forgottenResource() async throws {
        try await run([Self.metric("m0", of: ["vm0", "vm1"])], cycles: 2)
        try await run([Self.metric("m0", of: ["vm0"])])
        clock.advance(by: .seconds(86_400))
        // vm2 gets the place of vm1.
        try await run([Self.metric("m0", of: ["vm0", "vm2"])])
        try await run([Self.metric("m0", of: ["vm0", "vm2", "vm1"])])
        let sent = await state.sent
        let day = Int64(1440)
        #expect(sent["m0@vm2"] == starts(day + 3..<day + 5))
        #expect(sent["m0@vm1"] == starts(0..<2) + starts(day + 4..<day + 5))
    }

    @Test("T12: nothing is forgotten, or begins to be gone, while the time is not known")
    func unknownTime() async throws {
        try await run([Self.metric("m0", of: ["vm0", "vm1"])], cycles: 2)
        try await run([Self.metric("m0", of: ["vm0"])])
        clock.advance(by: .seconds(86_400))
        let (ledgers, documents) = (await state.ledgers, await state.stored)
        let estate = Estate(
            [try Self.metric("m0", of: ["vm0"])].map {
                ($0, MetricForm($0, settlement: SettlementSettings(scheduleInterval: .seconds(60))))
            }, state: state
        ) { _ in [:] }
        try await estate.prepare(at: nil, keep: .seconds(86_400))
        #expect(await state.ledgers == ledgers)
        #expect(await state.stored == documents)
        // By the right time it was gone for long enough, but returns: nobody has forgotten it.
        let report = try await run([Self.metric("m0", of: ["vm0", "vm1"])]).reports[0]
        #expect(report.skipped.map(\.resource.name).contains("vm1"))
    }

    @Test(
        "T12: a metric that was removed and returns resumes at its mark; what is too old by then is skipped and counted"
    )
    func returnedMetric() async throws {
        let (m0, m1) = (try Self.metric("m0", of: ["vm0"]), try Self.metric("m1", of: ["vm0"]))
        try await run([m0, m1], cycles: 2)
        try await run([m0], cycles: 5)
        try await run([m0, m1], cycles: 2)
        #expect(await state.sent["m1@vm0"]?.sorted() == starts(0..<9), "no hole")
        try await run([m0])
        clock.advance(by: .seconds(86_400 - 600))
        try await run([m0])
        clock.advance(by: .seconds(1200))
        let (reports, _) = try await run([m0, m1])
        #expect(reports[0].skipped.map(\.metric).contains("m1"))
        let skipped = try #require(reports[0].skipped.first { $0.metric == "m1" })
        let sent = try #require(await state.sent["m1@vm0"]?.sorted())
        #expect(Set(sent).count == sent.count, "nothing twice")
        let missing = Set(stride(from: sent[0], through: sent[sent.count - 1], by: 60)).subtracting(sent)
        #expect(!missing.isEmpty && missing.allSatisfy { skipped.range.contains(Timestamp(seconds: $0)) })
        #expect(await state.counts.skipped >= missing.count)
        // Gone and back at once: nothing twice.
        let other = RecordingState()
        let source = azure()
        for metrics in [[m0, m1], [m0], [m0, m1]] {
            _ = try await loop(source, of: metrics, region: "westeurope", state: other).runCycle()
        }
        #expect(await other.sent["m1@vm0"]?.count == 1)
        #expect(await other.sent["m0@vm0"]?.count == 1)
    }

    @Test("L2: another aggregation or another metric of Azure's begins after the newest end that was sent")
    func otherForm() async throws {
        try await run([Self.metric("m0", of: ["vm0"])], cycles: 2)
        try await run([Self.metric("m0", of: ["vm0"], .maximum)], cycles: 2)
        try await run([Self.metric("m0", of: ["vm0"], .maximum, azureName: "M1")], cycles: 2)
        #expect(await state.sent["m0@vm0"] == starts(0..<6))
    }

    @Test("a region that an answer tells makes the next call a batch, also after a restart")
    func learnedRegion() async throws {
        let metrics = try [Self.metric("m0", of: ["vm0", "vm1", "vm2"])]
        let (_, first) = try await run(metrics, cycles: 2, region: nil, answers: "westeurope")
        #expect(first.map(\.feed.route) == [.single, .single, .single, .batch])
        #expect(first.last?.feed.region == "westeurope" && first.last?.resources.count == 3)
        let (_, second) = try await run(metrics, region: nil)
        #expect(second.map(\.feed.route) == [.batch])
        #expect(await state.sent["m0@vm2"] == starts(0..<3))
        #expect(await state.resources.last?.resource.region == "westeurope")
    }

    @Test("a region that an answer tells is that of all members that are the resource, each found without a search")
    func membersOfOneResource() async throws {
        let bus = ResourceID("/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/bus")
        let machines = ["vm0", "vm1"].map { Self.machine($0) }
        let queues = (0..<3).map { number in
            MonitoredResource(
                id: bus, resourceType: "ServiceBusNamespace", instanceName: "bus", tenantID: "t",
                typeLabels: [Label("entity_name", "queue\(number)")])
        }
        let metrics = try (machines[...0] + queues + machines[1...]).enumerated().map { number, resource in
            var metric = try Self.metric("m\(number)", of: [])
            metric.resources = [DeclaredResource(resource: resource, location: SourceMark(line: 1, column: 1))]
            return metric
        }
        let loop = try await loop(azure { .success(ScriptedAzure.table($0, region: "westeurope")) }, of: metrics)
        try await loop.prepare()
        let table = await loop.table
        for resource in table.resources.indices {
            let all = table.members.indices.filter { table.members[$0].number == resource }
            #expect(table.members(ofResource: resource).sorted() == all)
        }
        #expect(table.resources.indices.map { table.members(ofResource: $0).count }.sorted() == [1, 1, 3])
        _ = try await loop.runCycle()
        #expect(await loop.table.members.allSatisfy { $0.resource.region == "westeurope" })
        #expect(await Set(state.resources.map(\.resource.region)) == ["westeurope"])
    }

    @Test("a part of a resource is where the resource is")
    func childResource() async throws {
        let asked = Lock<[ResourceID]>([])
        var metric = try Self.metric("m0", of: ["c/account/blobs/default"])
        metric.resourceType = "BlobStorage"
        let estate = Estate(
            [(metric, MetricForm(metric, settlement: SettlementSettings(scheduleInterval: .seconds(60))))], state: state
        ) { ids in
            asked.withLock { $0 = ids }
            return [Self.machine("c/account").id: "northeurope"]
        }
        try await estate.prepare(at: Self.noon, keep: .seconds(86_400))
        #expect(asked.withLock { $0.map(\.name) } == ["account", "default"])
        let source = azure()
        _ = try await loop(source, over: estate, schedule: metric.schedule).runCycle()
        #expect(source.calls.map(\.feed.region) == ["northeurope"])
    }

    @Test("batching can be switched off, and its calls made smaller")
    func batching() async throws {
        let metrics = try Self.metrics(2, resources: 30)
        for (batching, sizes) in [
            (MetricsBatching(enabled: false), [Int](repeating: 1, count: 30)),
            (MetricsBatching(maximumResources: 12), [6, 12, 12]), (MetricsBatching(), [30]),
        ] {
            let source = azure()
            let other = RecordingState()
            _ = try await loop(source, of: metrics, region: "westeurope", batching: batching, state: other).runCycle()
            #expect(source.calls.map(\.resources.count).sorted() == sizes)
            #expect(await other.sent.count == 60)
        }
    }

    @Test("metrics of different resources share a call where that makes fewer; what nobody asked for is dropped")
    func merging() async throws {
        let (reports, calls) = try await run([
            Self.metric("m0", of: (0..<10).map { "vm\($0)" }), Self.metric("m1", of: (5..<30).map { "vm\($0)" }),
        ])
        #expect(calls.map(\.resources.count) == [30] && calls.map(\.metricNames.count) == [2])
        #expect(reports.map(\.pointCount) == [35])
        #expect(await state.sent.count == 35)
    }

    @Test("two schedules over one estate: each asks for its own metrics, and their ledgers do not mix")
    func twoSchedules() async throws {
        let machines = (0..<3).map { "vm\($0)" }
        let metrics = try [
            Self.metric("m0", of: machines), Self.metric("m1", of: machines, schedule: "*/5 * * * *"),
            Self.metric("m2", of: ["vm1"]),
        ]
        for _ in 0..<2 {
            let source = azure()
            let estate = try await estate(metrics, region: "westeurope")
            let loops = try ["* * * * *", "*/5 * * * *"].map {
                loop(source, over: estate, schedule: try CronSchedule($0))
            }
            for minute in 0..<10 {
                #expect(try await loops[0].runCycle().pairCount == 4)
                if minute % 5 == 0 { #expect(try await loops[1].runCycle().pairCount == 3) }
                let names = source.takeQuestions().map(\.call.metricNames)
                #expect(names == (minute % 5 == 0 ? [["M0", "M2"], ["M1"]] : [["M0", "M2"]]))
                clock.advance(by: .seconds(60))
            }
        }
        let sent = await state.sent
        #expect(machines.allSatisfy { sent["m0@\($0)"] == starts(0..<20) && sent["m1@\($0)"] == starts(0..<16) })
        #expect(await state.settledUntil.count == 2)
    }

    @Test("L5: after a lost store everything begins where it was, also types that are known last")
    func resumption() async throws {
        let gate = SteppedClock(start: Self.noon)
        let definitions = DefinitionsCatalog(clock: clock) { resource, _, _ in
            if resource.type == "A.B/slow" { try? await gate.sleep(for: .seconds(1)) }
            return .success(MetricDefinitions(metrics: [MetricDefinition(name: "M0", grains: [.oneMinute])]))
        }
        await state.setResumesFrom(Self.noon - .seconds(1800))
        let source = azure()
        let loop = try await loop(
            source, of: [Self.metric("m0", of: ["fast/a", "slow/b"])], region: "westeurope", definitions: definitions)
        async let cycle = loop.runCycle()
        while !Task.isCancelled, source.calls.isEmpty { await Task.yield() }
        while !Task.isCancelled, gate.sleeperCount == 0 { await Task.yield() }
        #expect(await state.settledUntil.isEmpty, "half of the pairs are not planned yet")
        gate.advance(by: .seconds(1))
        _ = try await cycle
        // 30 minutes and the overlap of 10 back, without the 3 that are not settled.
        let expected = starts(-36..<1)
        let sent = await state.sent.mapValues { $0.sorted() }
        #expect(sent == ["m0@a": expected, "m0@b": expected])
        #expect(await state.settledUntil.values.first == Self.noon - .seconds(180))
    }

    @Test("damaged ledgers are said, and their pairs begin as if they were new; the others go on")
    func damagedLedger() async throws {
        let metrics = try [Self.metric("m0", of: ["vm0"]), Self.metric("m1", of: ["vm0"])]
        try await run(metrics, cycles: 2)
        clock.advance(by: .seconds(600))
        let address = try #require(await state.ledgers.keys.first { $0.metric == 1 })
        await state.damage(address)
        let (reports, _) = try await run(metrics)
        #expect(reports[0].notices.map(\.kind) == [.ledger] && reports[0].notices[0].metric == "m0")
        #expect(await state.sent["m0@vm0"] == starts(0..<2) + starts(12..<13))
        #expect(await state.sent["m1@vm0"] == starts(0..<13))
    }

    @Test("S4: a sum whose ledger is damaged begins with the next bucket; what lies between is counted, once")
    func damagedSum() async throws {
        let metrics = try [Self.metric("m0", of: ["vm0"], .total)]
        try await run(metrics, cycles: 3, sums: .cumulative)
        await state.damage(try #require(await state.ledgers.keys.first))
        let (reports, _) = try await run(metrics, cycles: 6, sums: .cumulative)
        let points = try #require(await state.points["m0@vm0"])
        #expect(points.map(\.start.seconds) == [0, 0, 0, 7, 7].map { Self.noon.seconds - 240 + 60 * $0 })
        #expect(points.map(\.end.seconds) == starts(1..<4) + starts(8..<10))
        // As new it would have begun with the newest settled bucket.
        #expect(reports.flatMap(\.gaps).map(\.range.lowerBound.seconds) == starts(3..<4))
        #expect(reports.flatMap(\.gaps).map(\.range.upperBound.seconds) == starts(7..<8))
        #expect(await state.counts.gap == 4)
    }

    @Test("a metric with a tab in its name goes on after a restart; a damaged catalog is said")
    func catalog() async throws {
        let metrics = try [Self.metric("a\tb", of: ["vm0"])]
        try await run(metrics)
        try await run(metrics)
        let (reports, _) = try await run(metrics)
        #expect(await state.sent["a\tb@vm0"] == starts(0..<3) && reports[0].notices.isEmpty)
        await state.damageCatalog()
        let (damaged, _) = try await run(metrics)
        #expect(damaged[0].notices.map(\.kind) == [.catalog] && damaged[0].notices[0].severity == .error)
        #expect(damaged[0].notices[0].message.contains("the metric in the line"))
        #expect(await state.ledgers.count == 2, "nobody inherits its ledger")
    }
}
