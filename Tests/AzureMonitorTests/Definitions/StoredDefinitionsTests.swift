import MetricModel
import Testing

@testable import AzureMonitor

/// What was read of a type outlives the program, for a day.
@Suite(.timeLimit(.minutes(5))) struct StoredDefinitionsTests {
    private let clock = SteppedClock(start: Timestamp(seconds: 1_927_886_400))
    private let key = DefinitionsCatalog.Key(of: resource("r0"), namespace: "Name space/x")

    private static func resource(_ name: String) -> ResourceID {
        ResourceID("/subscriptions/s/resourceGroups/g/providers/A.B/c/\(name)")
    }

    private static let metrics = [
        MetricDefinition(
            name: "Percentage CPU", primaryAggregation: .average, supportedAggregations: [.average, .count],
            grains: [.oneMinute, .oneHour]),
        MetricDefinition(name: "Örtliche Größe", supportedAggregations: [], grains: []),
    ]

    /// Counts who is asked, and remembers what was kept last.
    private final class World: Sendable {
        let asked = Lock<[String]>([])
        let kept = Lock<[StoredDefinitions]>([])

        func catalog(_ clock: any AgentClock, stored: [StoredDefinitions] = []) -> DefinitionsCatalog {
            DefinitionsCatalog(clock: clock, stored: stored, keep: { item in self.kept.withLock { $0.append(item) } }) {
                resource, _, _ in
                self.asked.withLock { $0.append(resource.name) }
                return .success(
                    MetricDefinitions(
                        metrics: StoredDefinitionsTests.metrics
                            + (resource.name == "r1" ? [MetricDefinition(name: "Extra")] : [])))
            }
        }
    }

    private func wanted(_ metric: String, _ resources: String...) -> [DefinitionsCatalog.Wanted] {
        resources.map { .init(metric: metric, of: Self.resource($0)) }
    }

    @Test("what was kept says the same, and nobody is asked again on the same day")
    func restart() async throws {
        let (first, second) = (World(), World())
        let before = first.catalog(clock)
        await before.prepare(key, for: wanted("percentage cpu", "r0"))
        let bytes = try #require(first.kept.withLock { $0.last }).bytes
        clock.advance(by: DefinitionsCatalog.lifetime - .seconds(1))
        let after = second.catalog(clock, stored: [try #require(StoredDefinitions(bytes: bytes))])
        await after.prepare(key, for: wanted("percentage cpu", "r0", "r9"))
        #expect(second.asked.withLock { $0.isEmpty })
        let known = try #require(await after.known(key))
        #expect(known == (await before.known(key)))
        #expect(known.grains(of: "percentage cpu") == [.oneMinute, .oneHour])
        #expect(known.aggregations(of: "Percentage CPU") == AggregationSet([Aggregation.average, .count]))
        #expect(known.primaryAggregation(of: "percentage cpu") == .average)
        #expect(known.contains("örtliche größe") && known.primaryAggregation(of: "Örtliche Größe") == nil)
        #expect(second.kept.withLock { $0.isEmpty }, "nothing new was read")
    }

    @Test("a metric that is new in the declaration is looked for at its resource, and kept with what was there")
    func addition() async throws {
        let (first, second) = (World(), World())
        await first.catalog(clock).prepare(key, for: wanted("percentage cpu", "r0"))
        let stored = first.kept.withLock { $0 }
        let readAt = clock.systemNow
        clock.advance(by: .seconds(3600))
        await second.catalog(clock, stored: stored).prepare(key, for: wanted("extra", "r0", "r1"))
        #expect(
            second.asked.withLock { $0 } == ["r0", "r1"], "r0 has spoken before the restart, and may have got it since")
        let kept = try #require(second.kept.withLock { $0.last })
        #expect(kept.known.names == ["Extra", "Percentage CPU", "Örtliche Größe"])
        #expect(kept.readAt == readAt, "the day counts from the first reading")
    }

    @Test("what is a day old, or of a time to come, is read again", arguments: [86_400, 90_000, -1])
    func tooOld(seconds: Int64) async throws {
        let (first, second) = (World(), World())
        await first.catalog(clock).prepare(key, for: wanted("percentage cpu", "r0"))
        let stored = try #require(first.kept.withLock { $0.last })
        let later = SteppedClock(start: clock.systemNow + .seconds(seconds))
        #expect(!stored.isCurrent(at: later.systemNow))
        await second.catalog(later, stored: [stored]).prepare(key, for: wanted("percentage cpu", "r5"))
        #expect(second.asked.withLock { $0 } == ["r5"])
    }

    @Test("what nobody has asked for since the start is not renewed, and an empty list is not kept")
    func unused() async throws {
        let (first, second) = (World(), World())
        await first.catalog(clock).prepare(key, for: wanted("percentage cpu", "r0"))
        let catalog = second.catalog(clock, stored: first.kept.withLock { $0 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await catalog.run() }
            for _ in 0..<4 {
                while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
                clock.advance(by: DefinitionsCatalog.lifetime)
            }
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        #expect(second.asked.withLock { $0.isEmpty })
        let kept = Lock(0)
        let empty = DefinitionsCatalog(clock: clock, keep: { _ in kept.withLock { $0 += 1 } }) { _, _, _ in
            .success(MetricDefinitions(metrics: []))
        }
        await empty.prepare(key, for: wanted("percentage cpu", "r0"))
        #expect(kept.withLock { $0 } == 0)
    }

    @Test("what was kept is renewed in the background when its day is over, and kept anew")
    func renewal() async throws {
        let (first, second) = (World(), World())
        await first.catalog(clock).prepare(key, for: wanted("percentage cpu", "r0"))
        clock.advance(by: .seconds(80_000))
        let catalog = second.catalog(clock, stored: first.kept.withLock { $0 })
        await catalog.prepare(key, for: wanted("percentage cpu", "r5"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await catalog.run() }
            for _ in 0..<2 {
                while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
                #expect(second.asked.withLock { $0.isEmpty })
                clock.advance(by: .seconds(3200))
            }
            while !Task.isCancelled, second.kept.withLock({ $0.isEmpty }) { await Task.yield() }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        #expect(second.asked.withLock { $0 } == ["r0"], "who spoke before speaks again")
        #expect(second.kept.withLock { $0.map(\.readAt) } == [clock.systemNow])
    }

    static let damages: [String] = [
        "", "2\t1\ta.b/c\t\nsource\t/x", "1\tnow\ta.b/c\t\nsource\t/x", "1\t1\t\t\nsource\t/x", "1\t1\ta.b/c\t",
        "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t60\t1", "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t0\t1\t",
        "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t60\t1\tmedian", "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t60\t999\t",
        "1\t1\ta.b/c\t\nsource\t/x\n", "1\t99999999999\ta.b/c\t\nsource\t/x", "1\t-1\ta.b/c\t\nsource\t/x",
        "1\t-9223372036\ta.b/c\t\nsource\t/x", "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t99999999999\t1\t",
    ]

    @Test("what is not as it was written is nothing", arguments: damages)
    func damaged(text: String) {
        #expect(StoredDefinitions(bytes: Array(text.utf8)) == nil)
        let whole = "1\t1\ta.b/c\t\nsource\t/x\nmetric\tm\t60,3600\t1\taverage"
        #expect(StoredDefinitions(bytes: Array(whole.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) } == whole)
    }

    @Test("names that would break the form are left out, not the others")
    func unwritable() throws {
        let known = KnownMetrics(
            ["good", "with\ttab", "two\nlines"].map {
                KnownMetrics.Entry(name: $0, grains: [], aggregations: [], primary: nil)
            }
        )
        let stored = StoredDefinitions(
            key: key, readAt: clock.systemNow, known: known, sources: [Self.resource("r0")])
        #expect(StoredDefinitions(bytes: stored.bytes)?.known.names == ["good"])
    }
}
