import Gzip
import HTTPServer
import HTTPTransport
import MemoryDelivery
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

@Suite struct OTLPReceiverTests {
    static let protobuf = [(name: "Content-Type", value: "application/x-protobuf")]
    static let gzip = protobuf + [(name: "Content-Encoding", value: "gzip")]

    private func body(_ points: Int, compressed: Bool = false) throws -> [UInt8] {
        try OTLPEncoder(OTLPMapping(isCompressed: compressed)).encode(makeBatch(points: makePoints(points)))[0].body
    }

    private func store(keeps: Bool = true, points: Int = 100, bytes: Int = 1 << 20) -> ReceivedMetrics {
        ReceivedMetrics(keepsPoints: keeps, maximumPoints: points, maximumBodyBytes: bytes)
    }

    private func post(_ body: [UInt8], _ headers: [(name: String, value: String)] = protobuf) -> ServedRequest {
        ServedRequest(method: "POST", path: "/v1/metrics", headers: headers, body: body)
    }

    static let refused:
        [(method: String, path: String, headers: [(name: String, value: String)], body: [UInt8], status: Int)] = [
            ("GET", "/v1/metrics", protobuf, [], 405), ("POST", "/v1/traces", protobuf, [], 404),
            ("POST", "/v1/metrics", [], [], 415),
            ("POST", "/v1/metrics", [("content-type", "application/json")], Array("{}".utf8), 415),
            ("POST", "/v1/metrics", protobuf, Array("garbage".utf8), 400),
            ("POST", "/v1/metrics", protobuf + [(name: "Content-Encoding", value: "zstd")], [], 400),
            ("POST", "/v1/metrics", gzip, Array("garbage".utf8), 400),
        ]

    @Test("what is no OTLP is refused as the collector does", arguments: refused)
    func refusals(method: String, path: String, headers: [(name: String, value: String)], body: [UInt8], status: Int) {
        let store = store()
        let response = store.answer(ServedRequest(method: method, path: path, headers: headers, body: body))
        #expect(response.status == status)
        #expect(store.counters.requests == 1)
        #expect(store.counters.refusedRequests == 1)
        #expect(store.points().isEmpty)
        if status == 400 { #expect(response.headers.contains { $0.value == "application/x-protobuf" }) }
    }

    @Test("an empty request is a success, and so is a content type with parameters")
    func empty() {
        #expect(store().answer(post([])).status == 200)
        #expect(store().answer(post([], [("Content-Type", "application/x-protobuf; charset=utf-8")])).status == 200)
    }

    @Test("a text that is not UTF-8 refuses the request")
    func brokenText() throws {
        var body = try body(1)
        let place = try #require(body.indices.first { body[$0...].starts(with: "azure_vm_cpu".utf8) })
        body[place] = 0xff
        #expect(store().answer(post(body)).status == 400)
    }

    @Test("a bomb is refused")
    func bomb() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: (1 << 20) + 1))
        #expect(store().answer(post(bomb, Self.gzip)).status == 400)
    }

    @Test("counting without keeping")
    func counting() throws {
        let store = store(keeps: false, points: 0)
        #expect(store.answer(post(try body(5))).status == 200)
        #expect(store.points().isEmpty)
        #expect(store.counters.points == 5)
    }

    @Test("no more points are kept than there is room for; draining makes room")
    func room() throws {
        let store = store(points: 10)
        #expect(store.answer(post(try body(10))).status == 200)
        #expect(store.answer(post(try body(1))).status == 503)
        #expect(store.drainPoints().count == 10)
        #expect(store.answer(post(try body(1))).status == 200)
        #expect(store.points().count == 1)
        #expect(store.counters.points == 11)
    }

    // ResourceMetrics > ScopeMetrics > Metric with a histogram (9), and one with a gauge of one point that has no
    // value.
    @Test("what is neither gauge nor sum is reported, not read as empty")
    func otherKinds() {
        let store = store()
        let response = store.answer(post([0x0a, 0x08, 0x12, 0x06, 0x12, 0x04, 0x4a, 0x02, 0x0a, 0x00]))
        #expect(store.counters.otherMetrics == 1)
        let message = "1 metrics that are neither gauge nor sum were not kept"
        #expect(OTLPAnswer.of(response) == .accepted(rejected: 0, message: message))
        let noValue = store.answer(post([0x0a, 0x08, 0x12, 0x06, 0x12, 0x04, 0x2a, 0x02, 0x0a, 0x00]))
        #expect(OTLPAnswer.of(noValue) == .accepted(rejected: 1, message: "1 points without a value were not kept"))
        #expect(store.points().isEmpty)
    }

    @Test("integers, sums and points without a recorded value are read")
    func kinds() {
        let store = store()
        // A sum (7) of: as_int (6) = -2; flags (8) = 1.
        let points: [UInt8] =
            [0x0a, 0x09, 0x31, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + [0x0a, 0x02, 0x40, 0x01]
        var body = points
        for tag: UInt8 in [0x3a, 0x12, 0x12, 0x0a] { body = [tag, UInt8(body.count)] + body }
        #expect(store.answer(post(body)).status == 200)
        #expect(store.points().map(\.recordedValue) == [-2, nil])
        #expect(store.points().allSatisfy { $0.sum == ReceivedSum(temporality: nil, isMonotonic: false) })
    }

    @Test("over a real connection, what the exporter sends is what the receiver keeps", arguments: [true, false])
    func connection(isCompressed: Bool) async throws {
        let receiver = try OTLPReceiver()
        let client = CurlClient(userAgent: "test")
        defer { client.shutdown() }
        let store = MemoryDeliveryStore()
        let exporter = OTLPExporter(
            destination: "collector", store: store,
            settings: OTLPSettings(endpoint: "http://127.0.0.1:\(receiver.port)/v1/metrics"), client: client,
            version: "1.2.3")
        let encoded = try OTLPEncoder(OTLPMapping(isCompressed: isCompressed)).encode(
            makeBatch(points: makePoints(9000)))
        #expect(store.enqueue(encoded))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { do { try await exporter.run(clock: SystemClock()) } catch is CancellationError {} }
            try await exporter.waitUntilDrained()
            group.cancelAll()
        }
        #expect(exporter.statistics.acceptedPoints == 9000)
        #expect(receiver.points() == (try decode(encoded)))
        #expect(receiver.counters.requests == 3)
        #expect(receiver.counters.bytes == exporter.statistics.bytesSent)
        receiver.stop()
    }
}

extension OTLPAnswer {
    /// What the exporter makes of a receiver's answer.
    fileprivate static func of(_ response: ServedResponse) -> OTLPAnswer {
        let answer = HTTPResponse(
            status: response.status, headers: HTTPHeaders(response.headers), body: HTTPBody(response.body))
        return OTLPAnswer(answer, points: 100, now: start)
    }
}
