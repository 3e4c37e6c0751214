import HTTPTransport
import MemoryDelivery
import MetricModel
import Testing

@testable import OTLPExporter

@Suite(.timeLimit(.minutes(5))) struct OTLPExporterTests {
    static let rows = (1...5).map { makeRow($0, bytes: [UInt8($0)], oldest: start + .seconds($0 * 60)) }

    @Test("rows go out in order, one at a time, and are counted")
    func order() async throws {
        let bench = Bench(ScriptedClient([]))
        #expect(bench.store.enqueue(Array(Self.rows.prefix(3))))
        #expect(bench.exporter.statistics.queuedPoints == 6)
        #expect(bench.exporter.statistics.oldestQueued == start + .seconds(60))
        try await bench.run {
            try await bench.exporter.waitUntilDrained()
            #expect(bench.store.enqueue(Array(Self.rows.suffix(2))))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.client.bodies == [[1], [2], [3], [4], [5]])
        #expect(bench.client.mostInFlight == 1)
        let statistics = bench.exporter.statistics
        #expect(statistics.acceptedPoints == 15)
        #expect(statistics.requests == 5)
        #expect(statistics.bytesSent == 5)
        #expect(statistics.lastDelivered == start)
        #expect(statistics.queuedRequests == 0)
        #expect(statistics.queuedBytes == 0)
        #expect(statistics.oldestQueued == nil)
        #expect(bench.events == (1...5).map { .delivered(points: $0, bytes: 1) })
    }

    @Test("H2, H5, H9, H10: the headers of every attempt")
    func headers() async throws {
        let bench = Bench(ScriptedClient([status(503)]), headers: [("Authorization", "Basic x")])
        var plain = Self.rows[1]
        plain.isCompressed = false
        #expect(bench.store.enqueue([Self.rows[0], plain]))
        try await bench.run {
            await bench.pass(1, waits: .seconds(1))
            try await bench.exporter.waitUntilDrained()
        }
        let sent = bench.client.requests.map { $0.headers.map { "\($0.name): \($0.value)" } }
        let always = ["Authorization: Basic x", "User-Agent: OTel-OTLP-Exporter-Swift/1.2.3"]
        let compressed = ["Content-Type: application/x-protobuf", "Content-Encoding: gzip"] + always
        #expect(sent == [compressed, compressed, ["Content-Type: application/x-protobuf"] + always])
        let request = try #require(bench.client.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "http://c:4318/v1/metrics")
        #expect(request.limits.total == .seconds(10))
        #expect(request.limits.bodyBytes == 4 << 20)
    }

    @Test("H14, R2: 429 waits as told, and the same bytes go out again")
    func retryAfter() async throws {
        let bench = Bench(ScriptedClient([status(429, [("Retry-After", "7")])]))
        #expect(bench.store.enqueue(Array(Self.rows.prefix(2))))
        try await bench.run {
            await bench.pass(1, waits: .seconds(7))
            #expect(bench.client.bodies == [[1]])
            await bench.pass(1, waits: .milliseconds(350))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.client.bodies == [[1], [1], [2]])
        #expect(bench.events.first == .retrying(reason: "status 429", delay: .milliseconds(7350)))
        #expect(bench.exporter.statistics.lastError == "status 429")
    }

    @Test("R2: Retry-After holds also when the body cannot be read")
    func retryAfterWithoutBody() async throws {
        let bench = Bench(ScriptedClient([failure(.damagedBody, status: 429, [("Retry-After", "7")])]))
        #expect(bench.store.enqueue([Self.rows[0]]))
        try await bench.run {
            await bench.pass(1, waits: .milliseconds(7350))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.client.bodies == [[1], [1]])
        #expect(bench.exporter.statistics.droppedPoints == 0)
    }

    @Test("a header's value in a redirect without a readable body is hidden")
    func redirectWithoutBody() async throws {
        let answer = failure(.damagedBody, status: 308, [("Location", "http://c/long-secret")])
        let bench = Bench(ScriptedClient([answer]), headers: [("Authorization", "Bearer long-secret")])
        #expect(bench.store.enqueue([Self.rows[0]]))
        try await bench.run {
            await bench.pass(1, waits: .seconds(1))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.exporter.statistics.lastError == "status 308, redirected to http://c/***")
    }

    @Test(
        "R1: a success whose body cannot be read is accepted, and said once",
        arguments: [HTTPError.Code.damagedBody, .bodyTooLarge, .interrupted, .timedOut])
    func unreadableSuccess(code: HTTPError.Code) async throws {
        let answer = failure(code, status: 200)
        let bench = Bench(ScriptedClient([answer, answer]))
        #expect(bench.store.enqueue(Array(Self.rows.prefix(2))))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.client.bodies == [[1], [2]])
        #expect(bench.exporter.statistics.acceptedPoints == 3)
        #expect(bench.events.filter { $0 == .unreadableAnswer }.count == 1)
    }

    @Test(
        "R2: an outage of a day loses nothing",
        arguments: [
            status(503), failure(.unreachable), failure(.timedOut), failure(.tls), failure(.damagedBody, status: 503),
            failure(.bodyTooLarge, status: 502),
        ])
    func outage(answer: Result<HTTPResponse, HTTPError>) async throws {
        let client = ScriptedClient { number, _ in number < 2880 ? answer : status(200) }
        let bench = Bench(client)
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run {
            await bench.pass(2880, waits: .seconds(30))
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.client.bodies.prefix(2881).allSatisfy { $0 == [1] })
        #expect(bench.client.bodies.suffix(4) == [[2], [3], [4], [5]])
        #expect(bench.exporter.statistics.acceptedPoints == 15)
        #expect(bench.exporter.statistics.droppedPoints == 0)
    }

    @Test("R3, R5: a row that is refused is dropped once another was taken", arguments: [400, 413, 500, 501, 408])
    func poison(code: Int) async throws {
        let bench = Bench(ScriptedClient { _, request in request.body == [2] ? status(code) : status(200) })
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        // What may be chance is sent once more.
        let secondTry: [[UInt8]] = [400, 413].contains(code) ? [] : [[2]]
        #expect(bench.client.bodies == [[1], [2], [3]] + secondTry + [[4], [5]])
        let statistics = bench.exporter.statistics
        #expect(statistics.acceptedPoints == 13)
        #expect(statistics.droppedPoints == 2)
        #expect(statistics.droppedPointsByReason == ["status \(code)": 2])
        let row = Self.rows[1]
        #expect(
            bench.events.contains(
                .dropped(points: 2, oldest: row.oldest, newest: row.newest, reason: "status \(code)")))
    }

    @Test("R5: a single refusal, which may be chance, costs nothing", arguments: [500, 501, 408])
    func chance(code: Int) async throws {
        let bench = Bench(ScriptedClient([status(code)]))
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.client.bodies == [[1], [2], [1], [3], [4], [5]])
        #expect(bench.exporter.statistics.acceptedPoints == 15)
        #expect(bench.exporter.statistics.droppedPoints == 0)
    }

    @Test("R5: a receiver that refuses everything is waited for", arguments: [500, 400, 401, 404, 301])
    func hold(code: Int) async throws {
        let client = ScriptedClient { number, _ in number < 40 ? status(code) : status(200) }
        let bench = Bench(client)
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run {
            while !Task.isCancelled, bench.exporter.statistics.queuedRequests > 0 {
                if bench.clock.sleeperCount > 0 { bench.clock.advance(by: .seconds(60)) }
                await Task.yield()
            }
            try await bench.exporter.waitUntilDrained()
        }
        #expect(bench.exporter.statistics.acceptedPoints == 15)
        #expect(bench.exporter.statistics.droppedPoints == 0)
    }

    @Test("A3: what a partial success rejects is counted and not sent again")
    func partialSuccess() async throws {
        let body: [UInt8] = [0x0a, 0x05, 0x08, 0x02, 0x12, 0x01, 0x78]
        let bench = Bench(ScriptedClient([status(200, body: body)]))
        #expect(bench.store.enqueue([makeRow(5)]))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.client.requests.count == 1)
        #expect(bench.exporter.statistics.acceptedPoints == 3)
        #expect(bench.exporter.statistics.rejectedPoints == 2)
        #expect(
            bench.events == [.delivered(points: 3, bytes: 1), .partialSuccess(rejected: 2, message: "x")])
    }

    @Test("A4, A6: a warning is passed on, an unreadable answer is said once")
    func oddSuccess() async throws {
        let html = status(200, body: Array("<html>".utf8))
        let bench = Bench(ScriptedClient([status(200, body: [0x0a, 0x03, 0x12, 0x01, 0x78]), html, html]))
        #expect(bench.store.enqueue(Array(Self.rows.prefix(3))))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.exporter.statistics.acceptedPoints == 6)
        #expect(bench.events.filter { $0 == .warning(message: "x") }.count == 1)
        #expect(bench.events.filter { $0 == .unreadableAnswer }.count == 1)
    }

    @Test("16 MiB wait in memory, and not a byte more; all rows of a call or none")
    func full() async throws {
        let bench = Bench(ScriptedClient([]))
        let half = makeRow(bytes: [UInt8](repeating: 7, count: 8 << 20))
        #expect(bench.store.enqueue([half]))
        #expect(bench.store.enqueue([half]))
        #expect(!bench.store.enqueue([makeRow()]))
        #expect(bench.exporter.statistics.queuedBytes == 16 << 20)
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.store.enqueue([half, makeRow()]))
        #expect(!bench.store.enqueue([makeRow(), half]))
        #expect(bench.exporter.statistics.queuedRequests == 2)
        #expect(bench.exporter.statistics.acceptedPoints == 2)
    }

    @Test("one call alone may be larger than the queue: else it could never go")
    func oversized() {
        let store = MemoryDeliveryStore()
        #expect(store.enqueue([makeRow(bytes: [UInt8](repeating: 0, count: (16 << 20) + 1))]))
        #expect(!store.enqueue([makeRow()]))
    }

    @Test("cancelling ends the run and keeps what was not taken; a second run goes on")
    func cancel() async throws {
        let bench = Bench(ScriptedClient([status(503)]))
        #expect(bench.store.enqueue(Self.rows))
        try await bench.run { while !Task.isCancelled, bench.clock.sleeperCount == 0 { await Task.yield() } }
        #expect(bench.exporter.statistics.queuedRequests == 5)
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.client.bodies == [[1], [1], [2], [3], [4], [5]])
    }

    @Test("waiting for an empty queue ends at once when it is, and when it is cancelled")
    func waiting() async throws {
        let bench = Bench(ScriptedClient([]))
        try await bench.exporter.waitUntilDrained()
        #expect(bench.store.enqueue(Self.rows))
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await bench.exporter.waitUntilDrained() }
                group.cancelAll()
                try await group.next()
            }
        }
    }
}
