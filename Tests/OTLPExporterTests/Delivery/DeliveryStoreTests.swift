import HTTPTransport
import MemoryDelivery
import MetricModel
import Testing

@testable import OTLPExporter

/// What an exporter makes of its store: one that fails, one that lets old rows go, and several of them.
@Suite(.timeLimit(.minutes(5))) struct DeliveryStoreTests {
    static let rows = (1...5).map { makeRow($0, bytes: [UInt8($0)], oldest: start + .seconds($0 * 60)) }

    @Test(
        "a store that fails is said once and waited for; nothing is lost, doubled or sent out of order",
        arguments: [FaultyStore.Operation.first, .batch, .delivered])
    func failure(operation: FaultyStore.Operation) async throws {
        let bench = Bench(ScriptedClient([])) { FaultyStore($0) { $0 == operation && (1..<6).contains($1) } }
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run {
            await bench.pass(4, waits: .seconds(60))
            // The second row is read, sent or written down; nothing else happens until that is done.
            #expect(bench.client.bodies == (operation == .delivered ? [[1], [2]] : [[1]]))
            #expect(bench.exporter.statistics.acceptedPoints == 1)
            await bench.pass(1, waits: .seconds(60))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.client.bodies == [[1], [2], [3], [4], [5]])
        let statistics = bench.exporter.statistics
        #expect(statistics.acceptedPoints == 15 && statistics.store.total.acceptedPoints == 15)
        let delivered = (1...5).map { OTLPExporterEvent.delivered(points: $0, bytes: 1) }
        #expect(
            bench.events
                == delivered.prefix(1) + [.storeFailed(reason: "disk I/O error"), .storeRecovered]
                + delivered.suffix(4))
    }

    @Test("a row that was taken, but could not be written down when the run ended, is not sent by the next run")
    func cancelled() async throws {
        let isBroken = Lock(true)
        let bench = Bench(ScriptedClient([])) {
            FaultyStore($0) { operation, _ in operation == .delivered && isBroken.withLock { $0 } }
        }
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run { while !Task.isCancelled, bench.clock.sleeperCount == 0 { await Task.yield() } }
        #expect(bench.exporter.statistics.queuedRequests == 5)
        isBroken.withLock { $0 = false }
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.client.bodies == [[1], [2], [3], [4], [5]])
        #expect(bench.exporter.statistics.acceptedPoints == 15)
    }

    @Test("whatever fails while a request is divided, the same requests go out and the same is counted")
    func anyFailure() async throws {
        func run(_ seed: Int?) async throws -> (bodies: [[UInt8]], counts: DeliveryCounts) {
            let random = Lock(SeededGenerator(state: UInt64(seed ?? 0)))
            // Inside a row, at its end, so that other rows are asked, and a row as a whole.
            let poison = [(2, 1), (7, 2), (50, 0)].map { Cell(resource: $0, metric: $1) }
            let receiver = PickyReceiver(poison: Set(poison))
            let bench = Bench(ScriptedClient { _, request in receiver.answer(request) }) {
                FaultyStore($0) { _, _ in
                    random.withLock { seed != nil && Int.random(in: 0..<3, using: &$0) == 0 }
                }
            }
            #expect(bench.store.enqueue(try makeRows(resources: 0..<8, metrics: 3)))
            for resource in [50, 100, 101] {
                #expect(bench.store.enqueue(try makeRows(resources: resource..<(resource + 1), metrics: 1)))
            }
            try await bench.run {
                while bench.store.statistics.queuedRequests > 0 {
                    if bench.clock.sleeperCount > 0 { bench.clock.advance(by: .seconds(60)) }
                    try Task.checkCancellation()
                    await Task.yield()
                }
                // The queue is empty before the counters say so.
                try await bench.exporter.waitUntilDrained()
                while !Task.isCancelled, bench.exporter.statistics.run != bench.store.statistics.total {
                    await Task.yield()
                }
            }
            return (bench.client.bodies, bench.exporter.statistics.run)
        }
        let expected = try await run(nil)
        #expect(expected.counts.droppedPoints == 3 && expected.counts.acceptedPoints == 24)
        for seed in 0..<20 {
            let outcome = try await run(seed)
            #expect(outcome.bodies == expected.bodies && outcome.counts == expected.counts, "seed \(seed)")
        }
    }

    @Test("D2: the store is asked as much for a row when many wait as when few do")
    func questions() async throws {
        for count in [10, 1000] {
            let memory = MemoryDeliveryStore()
            let store = FaultyStore(memory) { _, _ in false }
            #expect(memory.enqueue((0..<count).map { _ in makeRow() }))
            let bench = Bench(ScriptedClient([])) { _ in store }
            try await bench.run { try await bench.exporter.waitUntilDrained() }
            // Once more to learn that nothing waits.
            #expect(store.operations == [.first: count + 1, .batch: count, .delivered: count])
        }
    }

    // MARK: D5

    @Test("D5: rows that wait for too long are removed, looked for once a minute, and counted with their range")
    func expiry() async throws {
        let memory = Lock<FaultyStore?>(nil)
        let bench = Bench(ScriptedClient { _, _ in status(503) }, maxAge: .seconds(300)) { base in
            let store = FaultyStore(base) { _, _ in false }
            memory.withLock { $0 = store }
            return store
        }
        try await bench.run {
            // One row a minute.
            for row in Self.rows {
                #expect(bench.store.enqueue([row]))
                await bench.pass(2, waits: .seconds(30))
            }
            bench.clock.jumpSystemClock(by: .seconds(86_400))
            await bench.pass(2, waits: .seconds(30))
            while !Task.isCancelled, bench.clock.sleeperCount == 0 { await Task.yield() }
            #expect(bench.store.statistics.queuedPoints == 14)
            #expect(memory.withLock { $0?.operations[.expire] } == 7)
            await bench.pass(8, waits: .seconds(30))
            try await bench.exporter.waitUntilDrained()
        }
        let expired = bench.events.filter { if case .expired = $0 { true } else { false } }
        let ranges = Self.rows.map {
            OTLPExporterEvent.expired(points: $0.pointCount, oldest: $0.oldest, newest: $0.newest)
        }
        #expect(expired == ranges)
        #expect(bench.exporter.statistics.droppedPointsByReason == ["older than state.maxAge": 15])
        #expect(bench.exporter.statistics.store.total.droppedPoints == 15)
    }

    @Test("D5: nothing is too old as long as the time is not known")
    func unknownTime() async throws {
        let client = ScriptedClient { number, _ in number < 40 ? status(503) : status(200) }
        let bench = Bench(client, maxAge: .seconds(300), isTimeKnown: false)
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run {
            await bench.pass(40, waits: .seconds(60))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.exporter.statistics.acceptedPoints == 15)
    }

    @Test("D5: a row in question that gets too old makes way, whole or in parts", arguments: [400, 401, 500])
    func expiredInQuestion(code: Int) async throws {
        let isRefusing = Lock(true)
        let client = ScriptedClient { _, _ in status(isRefusing.withLock { $0 } ? code : 200) }
        let bench = Bench(client, maxAge: .seconds(300))
        #expect(bench.store.enqueue(try makeRows(resources: 0..<2, metrics: 2)))
        try await bench.run {
            await bench.pass(4, waits: .seconds(60))
            #expect(bench.store.enqueue([makeRow(5, bytes: [5])]))
            await bench.pass(4, waits: .seconds(60))
            while !Task.isCancelled, bench.clock.sleeperCount == 0 { await Task.yield() }
            isRefusing.withLock { $0 = false }
            await bench.pass(1, waits: .seconds(60))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.exporter.statistics.acceptedPoints == 5)
        #expect(bench.exporter.statistics.droppedPointsByReason == ["older than state.maxAge": 4])
    }

    @Test("D1: a destination that is away holds up no other, and events say whose they are")
    func sideBySide() async throws {
        let said = Lock<[String: Set<String>]>([:])
        let clock = SteppedClock(start: start)
        func exporter(_ name: String, _ store: MemoryDeliveryStore, _ code: Int) -> OTLPExporter {
            OTLPExporter(
                destination: name, store: store, settings: OTLPSettings(endpoint: "http://c:4318/v1/metrics"),
                client: ScriptedClient { _, _ in status(code) }, version: "1",
                onEvent: { name, event in
                    let word = if case .delivered = event { "delivered" } else { "waits" }
                    said.withLock { _ = $0[name, default: []].insert(word) }
                })
        }
        let (awayStore, otherStore) = (MemoryDeliveryStore(), MemoryDeliveryStore())
        let (away, other) = (exporter("away", awayStore, 503), exporter("other", otherStore, 200))
        #expect(awayStore.enqueue(Self.rows) && otherStore.enqueue(Self.rows))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for exporter in [away, other] {
                group.addTask { do { try await exporter.run(clock: clock) } catch is CancellationError {} }
            }
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            try await other.waitUntilDrained()
            group.cancelAll()
        }
        #expect(other.statistics.destination == "other" && other.statistics.acceptedPoints == 15)
        #expect(away.statistics.destination == "away" && away.statistics.queuedPoints == 15)
        #expect(said.withLock { $0 } == ["away": ["waits"], "other": ["delivered"]])
    }
}
