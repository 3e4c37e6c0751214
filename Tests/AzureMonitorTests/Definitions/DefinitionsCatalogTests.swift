import MetricModel
import Testing

@testable import AzureMonitor

/// Once a type and day, whoever asks, and never for nothing.
@Suite(.timeLimit(.minutes(5))) struct DefinitionsCatalogTests {
    /// Answers by the resource's name and remembers who was asked.
    final class Script: Sendable {
        typealias Rule = @Sendable (String) -> Result<MetricDefinitions, AzureError>
        let asked = Lock<[String]>([])
        private let rule: Lock<Rule>

        init(_ rule: @escaping Rule) { self.rule = Lock(rule) }

        func set(_ rule: @escaping Rule) { self.rule.withLock { $0 = rule } }

        func catalog(_ clock: any AgentClock) -> DefinitionsCatalog {
            DefinitionsCatalog(clock: clock) { resource, _, _ in
                self.asked.withLock { $0.append(resource.name) }
                return self.rule.withLock { $0 }(resource.name)
            }
        }
    }

    private let clock = SteppedClock(start: Timestamp(seconds: 1_927_886_400))

    private static func offer(_ names: String...) -> Result<MetricDefinitions, AzureError> {
        .success(MetricDefinitions(metrics: names.map { MetricDefinition(name: $0, grains: [.fiveMinutes]) }))
    }

    private static func refusal(_ code: AzureError.Code) -> Result<MetricDefinitions, AzureError> {
        .failure(AzureError(code, host: "arm", message: "no", remedy: "mend it"))
    }

    private static func resource(_ name: String) -> ResourceID {
        ResourceID("/subscriptions/s/resourceGroups/g/providers/A.B/c/\(name)")
    }

    private let key = DefinitionsCatalog.Key(of: resource("r0"))

    private func wanted(_ metric: String, _ resources: String...) -> [DefinitionsCatalog.Wanted] {
        resources.map { .init(metric: metric, of: Self.resource($0)) }
    }

    /// Lets the background reading pass its next look.
    private func step(_ duration: Duration) async {
        while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: duration)
        while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
    }

    private func whileRunning(_ catalog: DefinitionsCatalog, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await catalog.run() }
            try await body()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    @Test("one resource speaks for its type, whoever asks, at once and later")
    func once() async {
        let script = Script { _ in Self.offer("M") }
        let catalog = script.catalog(clock)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask { await catalog.prepare(key, for: wanted("m", "r\(index)", "R0")) }
            }
        }
        #expect(script.asked.withLock { $0.count } == 1)
        #expect(await catalog.known(key)?.grains(of: "m") == [.fiveMinutes])
        #expect(await catalog.known(key)?.names == ["M"])
        #expect(await catalog.known(DefinitionsCatalog.Key(of: Self.resource("r0"), namespace: "other")) == nil)
        #expect(DefinitionsCatalog.Key(of: ResourceID("/subscriptions/T/providers/a.b/C/x")) == key)
    }

    @Test("a metric that the type does not list is looked for at its own resource before it is unknown")
    func own() async {
        let script = Script { $0 == "r2" ? Self.offer("M", "Extra") : Self.offer("M") }
        let catalog = script.catalog(clock)
        await catalog.prepare(key, for: wanted("m", "r1") + wanted("extra", "r1", "r2", "r3"))
        #expect(script.asked.withLock { $0 } == ["r1", "r2"], "r3 need not be asked any more")
        #expect(await catalog.known(key)?.grains(of: "EXTRA") == [.fiveMinutes])
    }

    @Test("three are asked for what nobody has, and nobody twice")
    func nobodyHasIt() async {
        let script = Script { _ in Self.offer("M") }
        let catalog = script.catalog(clock)
        for _ in 0..<2 { await catalog.prepare(key, for: wanted("x", "r0", "r1", "r2", "r3", "r4", "r5")) }
        #expect(script.asked.withLock { $0 } == ["r0", "r1", "r2", "r3"])
        #expect(await catalog.known(key)?.contains("x") == false)
    }

    static let failures: [(AzureError.Code, [String])] = [
        (.notFound, ["r0", "r1"]), (.forbidden, ["r0", "r1"]), (.badRequest, ["r0", "r1"]),
        (.unreachable, ["r0", "r1"]), (.timedOut, ["r0", "r1"]), (.malformedAnswer, ["r0", "r1"]),
        (.throttled, ["r0"]), (.unauthenticated, ["r0"]), (.tls, ["r0"]),
    ]

    @Test("a resource in trouble is replaced; what surely hits all is not asked of others", arguments: failures)
    func replaced(code: AzureError.Code, asked: [String]) async {
        let script = Script { $0 == "r0" ? Self.refusal(code) : Self.offer("M") }
        let catalog = script.catalog(clock)
        for _ in 0..<2 { await catalog.prepare(key, for: wanted("m", "r0", "r1", "r2")) }
        #expect(script.asked.withLock { $0 } == asked)
        #expect(await catalog.failure(of: key)?.code == (asked.count > 1 ? nil : code))
        #expect(await (catalog.known(key) != nil) == (asked.count > 1))
    }

    @Test("a failure is tried again after 1, 2 and 4 minutes in the background, and what is learned is news")
    func retried() async throws {
        let script = Script { _ in Self.refusal(.unavailable) }
        let catalog = script.catalog(clock)
        await catalog.prepare(key, for: wanted("m", "r0"))
        let before = await catalog.generation
        try await whileRunning(catalog) {
            var counts: [Int] = []
            for _ in 0..<8 {
                await step(.seconds(60))
                counts.append(script.asked.withLock { $0.count })
            }
            #expect(counts == [2, 2, 3, 3, 3, 3, 4, 4])
            script.set { _ in Self.offer("M") }
            for _ in 0..<8 { await step(.seconds(60)) }
        }
        #expect(await catalog.known(key)?.contains("m") == true)
        #expect(await catalog.failure(of: key) == nil)
        #expect(await catalog.generation == before + 1)
    }

    @Test("what is learned of another resource during a renewal is not lost")
    func learnedDuringRenewal() async throws {
        let (held, isOpen) = (Lock(false), Lock(false))
        let asked = Lock<[String]>([])
        let catalog = DefinitionsCatalog(clock: clock) { resource, _, isInBackground in
            asked.withLock { $0.append(resource.name) }
            while isInBackground, !isOpen.withLock({ $0 }), !Task.isCancelled {
                held.withLock { $0 = true }
                await Task.yield()
            }
            return resource.name == "r1" ? Self.offer("M", "Extra") : Self.offer("M")
        }
        await catalog.prepare(key, for: wanted("m", "r0"))
        try await whileRunning(catalog) {
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: DefinitionsCatalog.lifetime)
            while !Task.isCancelled, !held.withLock({ $0 }) { await Task.yield() }
            // Nobody waits for the reading in the background.
            await catalog.prepare(key, for: wanted("extra", "r1"))
            #expect(await catalog.known(key)?.contains("extra") == true)
            isOpen.withLock { $0 = true }
            await step(.seconds(60))
        }
        #expect(await catalog.known(key)?.contains("extra") == true)
        #expect(asked.withLock { $0 } == ["r0", "r0", "r1", "r0", "r1"], "the next look asks both")
    }

    @Test("after a day it is read again, once, and the old one stays until that has worked")
    func renewed() async throws {
        let script = Script { _ in Self.offer("M") }
        let catalog = script.catalog(clock)
        await catalog.prepare(key, for: wanted("m", "r0", "r1"))
        let generation = await catalog.generation
        try await whileRunning(catalog) {
            for _ in 0..<23 { await step(.seconds(3600)) }
            #expect(script.asked.withLock { $0.count } == 1)
            script.set { _ in Self.refusal(.unavailable) }
            await step(.seconds(3600))
            #expect(script.asked.withLock { $0 } == ["r0", "r0", "r1"])
            #expect(await catalog.known(key)?.contains("m") == true)
            script.set { $0 == "r0" ? Self.refusal(.notFound) : Self.offer("M") }
            await step(.seconds(60))
            #expect(script.asked.withLock { $0.suffix(2) } == ["r0", "r1"])
            #expect(await catalog.generation == generation, "nothing new was said")
            script.set { _ in Self.offer("N") }
            for _ in 0..<24 { await step(.seconds(3600)) }
            #expect(await catalog.known(key)?.names == ["N"])
            #expect(await catalog.generation == generation + 1)
        }
        #expect(script.asked.withLock { $0.count } == 6)
    }
}
