import Foundation
import HTTPTransport
import MemoryDelivery
import MetricModel
import OTLPExporter
import OTLPReceiver
import StateStore
import Testing

@testable import Agent

/// Rows in SQLite under a real exporter, over restarts.
@Suite(.timeLimit(.minutes(5))) struct StoredOutboxTests {
    private static let name = "collector"
    private static let noon = Timestamp(seconds: 1_790_000_000)

    /// A folder of one test, gone with it.
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "azimuth-outbox-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// A store and the one destination's rows in it.
    private struct Opened {
        let store: StateStore
        let outbox: StoredOutbox

        init(_ folder: Folder, now: @escaping @Sendable () -> Timestamp = { noon }) throws {
            store = try StateStore(
                StateStoreSettings(folder: folder.path, maxSize: 64 << 20, destinations: [name, "other"]), now: now)
            outbox = StoredOutbox(try store.outbox(of: name))
        }

        func enqueue(_ batches: [EncodedBatch], kind: RowKind = .live, for destination: String = name) throws {
            var change = StateChange()
            change.rows = batches.map { StoredRow($0, kind: kind, for: destination) }
            #expect(try store.commit(change) == .committed)
        }
    }

    /// A client that answers from a script.
    private struct Script: HTTPClient {
        let answer: @Sendable (HTTPRequest) -> HTTPResponse
        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { answer(request) }
    }

    /// Runs a new exporter on the rows until `isEnough`, as a process that is killed then.
    private func drain(
        _ outbox: StoredOutbox, endpoint: String = "http://c/v1/metrics", client: any HTTPClient,
        until isEnough: @Sendable (OTLPExporterStatistics) -> Bool = { $0.queuedRequests == 0 && $0.requests > 0 }
    ) async -> OTLPExporterStatistics {
        let exporter = OTLPExporter(
            destination: Self.name, store: outbox, settings: OTLPSettings(endpoint: endpoint), client: client,
            version: "1")
        let clock = SteppedClock(start: Self.noon)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await exporter.run(clock: clock) }
            while !Task.isCancelled, !isEnough(exporter.statistics) { await Task.yield() }
            group.cancelAll()
        }
        return exporter.statistics
    }

    /// One request for each resource, of two metrics of `points` points.
    private func batches(_ resources: Range<Int>, points: Int = 2) throws -> [EncodedBatch] {
        let encoder = OTLPEncoder(OTLPMapping())
        return try resources.flatMap { number in
            let id = ResourceID("/subscriptions/s/resourceGroups/g/providers/p/t/r\(number)")
            let resource = MonitoredResource(
                id: id, resourceType: "VirtualMachine", instanceName: "r\(number)", tenantID: "t")
            let metrics = ["m0", "m1"].map { name in
                let descriptor = MetricDescriptor(
                    name: name, description: "", aggregation: .average, grain: .oneMinute, labels: [],
                    defaultLabels: [])
                let values = (0..<points).map {
                    Point(
                        series: 0, start: Self.noon + .seconds($0 * 60), end: Self.noon + .seconds($0 * 60 + 60),
                        value: Double($0))
                }
                return MetricPoints(metric: descriptor, unit: "Count", series: [[]], points: values)
            }
            return try encoder.encode(
                MetricBatch(resources: [ResourceMetrics(resource: resource, metrics: metrics)]))
        }
    }

    /// What arrived, as `r3 m1 0`, in its order.
    private func names(_ points: [ReceivedPoint]) -> [String] {
        points.map { point in
            let resource = point.resourceAttribute("service.instance.id")?.split(separator: "/").last ?? "?"
            return "\(resource) \(point.metricName) \(point.value)"
        }
    }

    private func expected(_ resources: Range<Int>) -> [String] {
        resources.flatMap { resource in
            ["m0", "m1"].flatMap { metric in [0.0, 1].map { "r\(resource) \(metric) \($0)" } }
        }
    }

    @Test("what waits outlives the process: delivered rows are gone, the others follow in order")
    func restart() async throws {
        let folder = Folder()
        let client = CurlClient(userAgent: "test")
        defer { client.shutdown() }
        // Takes four rows of four points, then 503.
        let first = try OTLPReceiver(maximumPoints: 16)
        let second = try OTLPReceiver()
        defer {
            first.stop()
            second.stop()
        }
        var opened = try Opened(folder)
        try opened.enqueue(try batches(0..<10))
        let before = await drain(
            opened.outbox, endpoint: "http://127.0.0.1:\(first.port)/v1/metrics", client: client
        ) { $0.requests >= 5 && $0.lastError != nil }
        #expect(before.acceptedPoints == 16 && before.queuedPoints == 24)
        opened.store.close()

        opened = try Opened(folder)
        #expect(opened.outbox.statistics.queuedRequests == 6)
        try opened.enqueue(try batches(10..<12))
        let after = await drain(
            opened.outbox, endpoint: "http://127.0.0.1:\(second.port)/v1/metrics", client: client)
        #expect(names(first.points()) + names(second.points()) == expected(0..<12))
        #expect(after.acceptedPoints == 32 && after.store.total.acceptedPoints == 48)
        #expect(after.queuedBytes == 0 && after.oldestQueued == nil)
    }

    @Test("a division outlives the process: the halves are in the row's place, and nothing of it goes twice")
    func division() async throws {
        let folder = Folder()
        let client = CurlClient(userAgent: "test")
        defer { client.shutdown() }
        var opened = try Opened(folder)
        try opened.enqueue(try batches(0..<3))
        // The row is refused, its first half taken, and the second not answered.
        let statuses = Lock([400, 200])
        let taken = Lock<[HTTPRequest]>([])
        let script = Script { request in
            let status = statuses.withLock { $0.isEmpty ? 503 : $0.removeFirst() }
            if status == 200 { taken.withLock { $0.append(request) } }
            return HTTPResponse(status: status)
        }
        let before = await drain(opened.outbox, client: script) { $0.requests == 3 && $0.lastDelivered != nil }
        #expect(before.acceptedPoints == 2 && before.queuedRequests == 3)
        opened.store.close()

        opened = try Opened(folder)
        let receiver = try OTLPReceiver()
        defer { receiver.stop() }
        let endpoint = "http://127.0.0.1:\(receiver.port)/v1/metrics"
        _ = await drain(opened.outbox, endpoint: endpoint, client: client)
        #expect(names(receiver.points()) == Array(expected(0..<3).dropFirst(2)))
        #expect(opened.outbox.statistics.total.acceptedPoints == 12)
        #expect(taken.withLock { $0.count } == 1)
    }

    @Test("the rows of two destinations in one store do not mix")
    func twoDestinations() async throws {
        let opened = try Opened(Folder())
        try opened.enqueue(try batches(0..<3), for: "other")
        try opened.enqueue(try batches(3..<5))
        let sent = Lock(0)
        let statistics = await drain(
            opened.outbox,
            client: Script { _ in
                sent.withLock { $0 += 1 }
                return HTTPResponse(status: 200)
            })
        #expect(sent.withLock { $0 } == 2 && statistics.acceptedPoints == 8)
        let other = StoredOutbox(try opened.store.outbox(of: "other"))
        #expect(other.statistics.queuedPoints == 12)
    }

    @Test("a store that is closed is an error, and its last statistics stay")
    func closed() throws {
        let opened = try Opened(Folder())
        try opened.enqueue(try batches(0..<1))
        let before = opened.outbox.statistics
        opened.store.close()
        #expect(throws: DeliveryStoreError("the state store is closed")) { try opened.outbox.firstRow() }
        #expect(opened.outbox.statistics == before && before.queuedPoints == 4)
    }

    // MARK: The same as in memory

    @Test("rows on disk behave as rows in memory, whatever is done with them and whenever the file is opened anew")
    func sameAsInMemory() throws {
        for seed in 0..<10 {
            var random = Generator(state: UInt64(seed))
            let folder = Folder()
            let time = Lock(Self.noon)
            let now: @Sendable () -> Timestamp = { time.withLock { $0 } }
            let memory = MemoryDeliveryStore(now: now)
            var opened = try Opened(folder, now: now)
            for step in 0..<60 {
                let rows = try order(memory)
                let place = Int.random(in: 0..<max(1, rows.count), using: &random)
                let stored = try order(opened.outbox)
                switch Int.random(in: 0..<9, using: &random) {
                case 0...2:
                    let kind = RowKind(rawValue: Int.random(in: 0..<3, using: &random)) ?? .live
                    let new = (0..<2).map { row(step * 10 + $0) }
                    #expect(memory.enqueue(new, kind: [.live, .late, .catchUp][kind.rawValue]))
                    try opened.enqueue(new, kind: kind)
                case 3 where !rows.isEmpty:
                    let parts = [row(step * 10), row(step * 10 + 1)]
                    #expect(memory.replace(rows[place].id, with: parts).count == 2)
                    #expect(try opened.outbox.replace(stored[place].id, with: parts).count == 2)
                case 4 where !rows.isEmpty:
                    memory.delivered(rows[place].id, rejected: 1)
                    try opened.outbox.delivered(stored[place].id, rejected: 1)
                case 5 where !rows.isEmpty:
                    // One of them twice: the second time it is gone.
                    let reason = "reason \(step % 20)"
                    let last = rows.count - 1
                    let expected = memory.dropped([place, last, last].map { rows[$0].id }, reason: reason)
                    let dropped = try opened.outbox.dropped([place, last, last].map { stored[$0].id }, reason: reason)
                    #expect(dropped == expected && dropped != nil)
                case 6:
                    time.withLock { $0 = $0 + .seconds(10) }
                case 7:
                    let limit = now() - .seconds(40)
                    #expect(try opened.outbox.expire(before: limit) == memory.expire(before: limit))
                default:
                    opened.store.close()
                    opened = try Opened(folder, now: now)
                }
                try compare(opened.outbox, memory, "seed \(seed), step \(step)")
            }
        }
    }

    private func compare(_ outbox: StoredOutbox, _ memory: MemoryDeliveryStore, _ name: String) throws {
        let (stored, rows) = (try order(outbox), try order(memory))
        #expect(stored.map(\.batch) == rows.map(\.batch), "\(name)")
        #expect(outbox.statistics == memory.statistics, "\(name)")
        #expect(try outbox.newestLiveRow().map { try outbox.batch($0) } == memory.newestLiveRow().map(memory.batch))
        #expect(try outbox.lastRow() == stored.last?.id, "\(name)")
    }

    private func order(_ store: any DeliveryStore) throws -> [(id: RowID, batch: EncodedBatch?)] {
        var rows: [(id: RowID, batch: EncodedBatch?)] = []
        var next = try store.firstRow()
        while let id = next {
            rows.append((id, try store.batch(id)))
            next = try store.row(after: id)
        }
        return rows
    }

    private func row(_ number: Int) -> EncodedBatch {
        let time = Self.noon + .seconds(number)
        return EncodedBatch(
            body: [UInt8](repeating: UInt8(number % 256), count: 1 + number % 7), isCompressed: number % 2 == 0,
            pointCount: 1 + number % 5, uncompressedBytes: number, oldest: time, newest: time + .seconds(60))
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
