import Gzip
import HTTPTransport
import MetricModel
import TestServers
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

/// What a receiver may answer, or fail to, on real sockets; each line is one test. Rules R1–R5 say what must follow.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StimulusTests {
    typealias Reaction = ScriptedCollector.Reaction

    /// What becomes of the first of two rows, of seven and two points, when the receiver takes everything after it.
    enum Fate: Sendable {
        /// One request; of its points `rejected` are not taken.
        case accepted(rejected: Int = 0)
        /// The same bytes again after this wait.
        case again(Duration)
        /// As `again`, because the receiver refuses everything, after a second.
        case held
        /// Not again: the other row was taken, so it is this one.
        case dropped
        /// The other row is taken, then this one, which is asked about once more.
        case doubted
    }

    struct Stimulus: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reaction: Reaction
        var fate: Fate
        /// What the log is told.
        var words = ""
        var timeout = Duration.seconds(10)

        init(
            _ name: String, _ reaction: Reaction, _ fate: Fate, words: String = "", timeout: Duration = .seconds(10)
        ) {
            testDescription = name
            self.reaction = reaction
            self.fate = fate
            self.words = words
            self.timeout = timeout
        }
    }

    static let threeRejected: [UInt8] = [0x0a, 0x07, 0x08, 0x03, 0x12, 0x03] + Array("old".utf8)
    static let warned: [UInt8] = [0x0a, 0x05, 0x12, 0x03] + Array("hmm".utf8)
    static let ok = "200 OK\r\nContent-Type: application/x-protobuf"
    static let half = Duration.milliseconds(500)

    static let successes: [Stimulus] = [
        Stimulus("200, empty body", .answer(ok), .accepted()),
        Stimulus("200, partial_success empty", .answer(ok, body: [0x0a, 0]), .accepted()),
        Stimulus("200, 3 rejected", .answer(ok, body: threeRejected), .accepted(rejected: 3), words: "old"),
        Stimulus("200, 0 rejected and a message", .answer(ok, body: warned), .accepted(), words: "hmm"),
        Stimulus("200, no content type", .answer("200 OK", body: [0x0a, 0]), .accepted()),
        Stimulus(
            "200, text/plain", .answer("200 OK\r\nContent-Type: text/plain", body: Array("fine".utf8)), .accepted(),
            words: "unreadable"),
        Stimulus("200, unreadable body", .answer(ok, body: [0xff, 0xff]), .accepted(), words: "unreadable"),
        Stimulus(
            "200, body over the limit", .answer(ok, body: [UInt8](repeating: 0, count: (4 << 20) + 1)), .accepted(),
            words: "unreadable"),
        Stimulus(
            "200, gzip body", .answer(ok + "\r\nContent-Encoding: gzip", body: zipped(threeRejected)),
            .accepted(rejected: 3), words: "old"),
        Stimulus(
            "200, gzip bomb",
            .answer(ok + "\r\nContent-Encoding: gzip", body: zipped([UInt8](repeating: 0, count: 10 << 20))),
            .accepted(), words: "unreadable"),
        Stimulus(
            "200, then nothing", .stall("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\n"), .accepted(),
            words: "unreadable", timeout: .milliseconds(300)),
        Stimulus(
            "200, a body that is cut off", .cutOff("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\n"), .accepted(),
            words: "unreadable"),
        Stimulus(
            "200, chunks that are cut off",
            .cutOff("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12"), .accepted(), words: "unreadable"),
        Stimulus("202", .answer("202 Accepted"), .accepted()),
        Stimulus("204", .cutOff("HTTP/1.1 204 No Content\r\n\r\n"), .accepted()),
        Stimulus(
            "100 Continue before the answer",
            .cutOff("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), .accepted()),
        Stimulus("200 before the body is read", .early("200 OK"), .accepted()),
    ]

    static let tryAgain: [Stimulus] = [
        Stimulus("429", .answer("429 Slow"), .again(half), words: "status 429"),
        Stimulus("502", .answer("502 Bad"), .again(half), words: "status 502"),
        Stimulus("503", .answer("503 Busy"), .again(half), words: "status 503"),
        Stimulus("504", .answer("504 Late"), .again(half), words: "status 504"),
        Stimulus("429, Retry-After: 7", .answer("429 Slow\r\nRetry-After: 7"), .again(.seconds(7) * 1.05)),
        Stimulus(
            "503, Retry-After: in 30 s, IMF-fixdate",
            .answer("503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT"),
            .again(.seconds(30) * 1.05)),
        Stimulus(
            "503, Retry-After: in 30 s, RFC 850",
            .answer("503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sunday, 06-Nov-94 08:50:07 GMT"),
            .again(.seconds(30) * 1.05)),
        Stimulus(
            "503, Retry-After: in 30 s, asctime",
            .answer("503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun Nov  6 08:50:07 1994"),
            .again(.seconds(30) * 1.05)),
        Stimulus(
            "503, Retry-After: a past date", .answer("503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT"),
            .again(half)),
        Stimulus("503, Retry-After: 0", .answer("503 Busy\r\nRetry-After: 0"), .again(half)),
        Stimulus("503, Retry-After: -1", .answer("503 Busy\r\nRetry-After: -1"), .again(half)),
        Stimulus("503, Retry-After: abc", .answer("503 Busy\r\nRetry-After: abc"), .again(half)),
        Stimulus(
            "503, Retry-After: 10^12", .answer("503 Busy\r\nRetry-After: 1000000000000"), .again(.seconds(300) * 1.05)),
        // The kernel says so with a FIN or, when the request is there already, with a RST.
        Stimulus("closed before it is read", .close, .again(half)),
        Stimulus("reset before it is read", .reset, .again(half)),
        Stimulus("closed behind the whole body, no answer", .cutOff(""), .again(half), words: "without an answer"),
        Stimulus("reset in the middle of the body", .resetWithin(20), .again(half)),
        Stimulus(
            "no answer at all", .stall(""), .again(half), words: "no whole answer within 0.3 seconds",
            timeout: .milliseconds(300)),
        Stimulus(
            "503, then nothing", .stall("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\n\n"), .again(half),
            words: "status 503", timeout: .milliseconds(300)),
        Stimulus(
            "503, a body that is cut off", .cutOff("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\n\n"), .again(half),
            words: "ended before its length"),
        Stimulus("no HTTP", .cutOff("220 smtp.example\r\n"), .again(half), words: "does not speak HTTP"),
        Stimulus("503 before the body is read", .early("503 Busy"), .again(half)),
    ]

    static let status: [UInt8] = OTLPAnswers.failure(400, "sample is too old").body
    static let page = Array("<html><h1>Bad\nRequest</h1></html>".utf8)

    static let refusals: [Stimulus] =
        ["500", "501", "505", "507", "408", "409", "414", "422", "431"].map {
            Stimulus($0, .answer("\($0) No", body: Array("no, thanks".utf8)), .doubted)
        } + [
            Stimulus(
                "400 with a Status",
                .answer("400 Bad\r\nContent-Type: application/x-protobuf", body: status), .dropped,
                words: "status 400: sample is too old"),
            Stimulus(
                "400 with a page", .answer("400 Bad\r\nContent-Type: text/html", body: page), .dropped,
                words: "status 400: <html><h1>Bad Request</h1></html>"),
            Stimulus("413, and nothing to divide", .answer("413 Large"), .dropped, words: "status 413"),
            Stimulus("400 before the body is read", .early("400 Bad"), .dropped, words: "status 400"),
        ]
        + ["401", "403", "404", "405", "415"].map {
            Stimulus($0, .answer("\($0) No", body: Array("no, thanks".utf8)), .held, words: "status \($0): no, thanks")
        }
        + ["301", "307", "308"].map {
            Stimulus(
                "\($0), not followed", .answer("\($0) Moved\r\nLocation: http://127.0.0.1:9/?key=x"), .held,
                words: "status \($0), redirected to http://127.0.0.1:9/")
        }

    private static func zipped(_ bytes: [UInt8]) -> [UInt8] { (try? Gzip.compress(bytes)) ?? [] }

    @Test("the right thing follows", arguments: successes + tryAgain + refusals)
    func follows(_ stimulus: Stimulus) async throws {
        let collector = try ScriptedCollector([stimulus.reaction])
        let bench = WireBench(port: collector.port, timeout: stimulus.timeout)
        let rows = try [makeBatch(points: makePoints(7)), makeBatch(points: makePoints(2))].flatMap {
            try OTLPEncoder(OTLPMapping()).encode($0)
        }
        try await bench.deliver(rows)

        let statistics = bench.exporter.statistics
        let numbers = collector.received.map { request in
            // What is not read whole is known by its length.
            rows.firstIndex { "\($0.body.count)" == request.values("Content-Length").first } ?? -1
        }
        switch stimulus.fate {
        case .accepted(let rejected):
            #expect(numbers == [0, 1])
            #expect(statistics.acceptedPoints == 9 - rejected && statistics.rejectedPoints == rejected)
            #expect(statistics.droppedPoints == 0 && bench.waits.isEmpty)
        case .again(let wait):
            #expect(numbers == [0, 0, 1])
            #expect(collector.received[1].body == rows[0].body)
            #expect(statistics.acceptedPoints == 9 && statistics.droppedPoints == 0)
            #expect(bench.waits == [wait])
            #expect(bench.events.contains { if case .retrying = $0 { true } else { false } })
        case .held:
            #expect(numbers == [0, 0, 1])
            #expect(statistics.acceptedPoints == 9 && statistics.droppedPoints == 0)
            #expect(bench.waits == [.seconds(1)])
            #expect(bench.events.contains { if case .holding = $0 { true } else { false } })
        case .doubted:
            #expect(numbers == [0, 1, 0])
            #expect(collector.received[2].body == rows[0].body)
            #expect(statistics.acceptedPoints == 9 && statistics.droppedPoints == 0 && bench.waits.isEmpty)
        case .dropped:
            #expect(numbers == [0, 1])
            #expect(statistics.acceptedPoints == 2 && statistics.droppedPoints == 7)
            #expect(bench.waits.isEmpty)
            #expect(statistics.droppedPointsByReason.values.map { $0 } == [7])
        }
        let told = bench.events.map { "\($0)" }.joined(separator: "\n")
        #expect(stimulus.words.isEmpty || told.contains(stimulus.words), "\(told)")
        #expect(!told.contains("key=x"))
    }

    @Test("413: what is too large for the receiver goes in parts that are not")
    func tooLarge() async throws {
        let row = try makeRows(resources: 0..<8, metrics: 3, isCompressed: false)[0]
        let most = row.body.count / 3
        let collector = try ScriptedCollector { _, request in
            let length = request.values("Content-Length").first.flatMap { Int($0) } ?? .max
            return length > most ? .answer("413 Large") : .taken
        }
        let bench = WireBench(port: collector.port)
        try await bench.deliver([row])
        #expect(bench.exporter.statistics.acceptedPoints == 24)
        #expect(bench.exporter.statistics.droppedPoints == 0)
        let taken = collector.received.filter { $0.body.count <= most }
        let cells = try taken.flatMap { request in
            try MetricsDecoder.decode(request.body).points.compactMap(Cell.init)
        }
        #expect(cells.count == 24 && Set(cells).count == 24)
        #expect(taken.allSatisfy { $0.values("Content-Encoding").isEmpty })
    }

    @Test("retryStatus: 500 is tried again, and the row is not lost")
    func retryStatus() async throws {
        let collector = try ScriptedCollector([.answer("500 Oops\r\nRetry-After: 9"), .answer("500 Oops")])
        let bench = WireBench(port: collector.port, retryStatus: [500])
        try await bench.deliver([makeRow(3), makeRow(1, bytes: [7, 7])])
        #expect(collector.received.map(\.body.count) == [1, 1, 1, 2])
        #expect(bench.exporter.statistics.acceptedPoints == 4)
        #expect(bench.waits == [.seconds(9) * 1.05, .seconds(1)])
    }

    @Test("a hundred rows need one connection, and no request asks to go on")
    func keepAlive() async throws {
        let collector = try ScriptedCollector([])
        let bench = WireBench(port: collector.port)
        var large = makeRow(bytes: [UInt8](repeating: 7, count: 3 << 20))
        large.isCompressed = false
        try await bench.deliver((0..<99).map { makeRow(bytes: [UInt8($0)]) } + [large])
        #expect(collector.acceptedConnections == 1)
        #expect(collector.received.count == 100)
        #expect(collector.received.map { $0.body.first } == (0..<99).map { UInt8($0) } + [7])
        #expect(collector.received.last?.body.count == 3 << 20)
        #expect(collector.received.allSatisfy { $0.values("Expect").isEmpty && $0.values("Transfer-Encoding").isEmpty })
    }

    @Test("a connection that was closed while idle costs nothing")
    func closedWhileIdle() async throws {
        let collector = try ScriptedCollector([.answerAndHangUp("200 OK")])
        let bench = WireBench(port: collector.port)
        try await bench.deliver([makeRow(1)])
        try await bench.deliver([makeRow(1, bytes: [2])])
        #expect(collector.acceptedConnections == 2)
        #expect(collector.received.map(\.body) == [[1], [2]])
        #expect(bench.exporter.statistics.acceptedPoints == 2)
        #expect(bench.waits.isEmpty)
    }

    @Test("nobody listens, or the host has no address: again")
    func unreachable() async throws {
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let endpoints = ["http://127.0.0.1:\(closed.port)/v1/metrics", "http://nothing.invalid/v1/metrics"]
        for endpoint in endpoints {
            let bench = WireBench(OTLPSettings(endpoint: endpoint))
            try await bench.deliver([makeRow(4)]) { bench.waits.count >= 3 }
            #expect(Array(bench.waits.prefix(3)) == [Self.half, .seconds(1), .seconds(2)])
            #expect(bench.exporter.statistics.queuedPoints == 4)
            #expect(bench.exporter.statistics.droppedPoints == 0)
        }
    }
}
