import COTLP
import HTTPTransport
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

@Suite struct OTLPAnswerTests {
    static let now = Timestamp(seconds: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT

    static func answer(
        _ status: Int, _ headers: [(name: String, value: String)] = [], body: [UInt8] = [], points: Int = 10
    ) -> OTLPAnswer {
        let response = HTTPResponse(status: status, headers: HTTPHeaders(headers), body: HTTPBody(body))
        return OTLPAnswer(response, points: points, now: now)
    }

    @Test("every status has its class", arguments: 100...599)
    func sweep(status: Int) {
        let expected: OTLPAnswer =
            switch status {
            case 200..<300: .accepted(rejected: 0, message: nil)
            case 300..<400: .notWelcome(reason: "status \(status), redirected")
            case 429, 502, 503, 504: .tryAgain(after: nil, reason: "status \(status)")
            case 400, 413: .unfit(reason: "status \(status)")
            case 401, 403, 404, 405, 415: .notWelcome(reason: "status \(status)")
            default: .refused(reason: "status \(status)")
            }
        #expect(Self.answer(status) == expected)
    }

    @Test("R2: retryStatus makes any failure one that is tried again, Retry-After included", arguments: 400...599)
    func added(status: Int) {
        let response = HTTPResponse(status: status, headers: HTTPHeaders([("Retry-After", "7")]))
        let again = OTLPAnswer.tryAgain(after: .seconds(7), reason: "status \(status)")
        #expect(OTLPAnswer(response, points: 1, retryStatus: [status], now: Self.now) == again)
        let isListed = [429, 502, 503, 504].contains(status)
        #expect((OTLPAnswer(response, points: 1, retryStatus: [599 - status], now: Self.now) == again) == isListed)
        let error = HTTPError(.interrupted, endpoint: "http://c", reason: "x", status: status)
        let words = "status \(status); http://c: x"
        #expect(OTLPAnswer(error, retryStatus: [status], now: Self.now) == .tryAgain(after: nil, reason: words))
    }

    static func failed(
        _ code: HTTPError.Code, status: Int? = nil, _ headers: [(name: String, value: String)] = []
    ) -> OTLPAnswer {
        let error = HTTPError(code, endpoint: "http://c", reason: "x", status: status, headers: HTTPHeaders(headers))
        return OTLPAnswer(error, now: now)
    }

    @Test("R2: without an answer the bytes go out again, whatever the reason", arguments: HTTPError.Code.allCases)
    func noAnswer(code: HTTPError.Code) {
        #expect(Self.failed(code) == .tryAgain(after: nil, reason: "http://c: x"))
    }

    static let bodyErrors: [HTTPError.Code] = [.damagedBody, .bodyTooLarge, .interrupted, .timedOut]

    @Test("a failure without a whole body is what its status says", arguments: 300...599, bodyErrors)
    func statusDecides(status: Int, code: HTTPError.Code) {
        let reason = "status \(status); http://c: x"
        let expected: OTLPAnswer =
            switch Self.answer(status) {
            case .tryAgain: .tryAgain(after: .seconds(7), reason: reason)
            case .notWelcome where status < 400: .notWelcome(reason: "status \(status), redirected")
            case .notWelcome: .notWelcome(reason: reason)
            case .unfit: .unfit(reason: reason)
            default: .refused(reason: reason)
            }
        #expect(Self.failed(code, status: status, [("Retry-After", "7")]) == expected)
    }

    @Test(
        "R1: a success is never sent again, whatever becomes of its body", arguments: [200, 202, 299],
        HTTPError.Code.allCases)
    func successWithoutBody(status: Int, code: HTTPError.Code) {
        #expect(Self.failed(code, status: status) == .acceptedUnreadable)
    }

    static let bodies: [([UInt8], OTLPAnswer)] = [
        ([], .accepted(rejected: 0, message: nil)),
        ([0x0a, 0x00], .accepted(rejected: 0, message: nil)),
        ([0x0a, 0x02, 0x08, 0x03], .accepted(rejected: 3, message: nil)),
        ([0x0a, 0x05, 0x08, 0x03, 0x12, 0x01, 0x78], .accepted(rejected: 3, message: "x")),
        ([0x0a, 0x03, 0x12, 0x01, 0x78], .accepted(rejected: 0, message: "x")),
        // More than were sent, and a negative number.
        ([0x0a, 0x02, 0x08, 0x63], .accepted(rejected: 10, message: nil)),
        (
            [0x0a, 0x0b, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            .accepted(rejected: 0, message: nil)
        ),
        (Array("<html>".utf8), .acceptedUnreadable), (Array("{}".utf8), .acceptedUnreadable),
        ([0x0a, 0x05, 0x08], .acceptedUnreadable),
    ]

    @Test("A1–A4, A6: the body of a success never turns it into a failure", arguments: bodies)
    func successBodies(body: [UInt8], expected: OTLPAnswer) {
        #expect(Self.answer(200, body: body) == expected)
        #expect(Self.answer(200, [("Content-Type", "text/html")], body: body) == expected)
        #expect(Self.answer(202, body: body) == expected)
    }

    static let failures: [(type: String?, body: [UInt8], reason: String)] = [
        ("application/x-protobuf", OTLPAnswers.failure(400, "too old").body, "status 400: too old"),
        (nil, OTLPAnswers.failure(400, "too old").body, "status 400: too old"),
        ("application/x-protobuf", [], "status 400"),
        ("application/x-protobuf", Array("plain".utf8), "status 400: plain"),
        ("text/html", Array("<h1>Bad\r\n\t Request</h1>".utf8), "status 400: <h1>Bad Request</h1>"),
        ("text/plain", Array("\u{1b}[31mred\u{0}".utf8), "status 400: [31mred"),
        (
            "text/plain", Array(String(repeating: "x", count: 1024).utf8),
            "status 400: " + String(repeating: "x", count: 1024)
        ),
        (
            "text/plain", Array(String(repeating: "x", count: 9999).utf8),
            "status 400: " + String(repeating: "x", count: 1024)
        ),
    ]

    @Test("A5: the message of a failure, or its text", arguments: failures)
    func failureBodies(type: String?, body: [UInt8], reason: String) {
        let headers = type.map { [(name: "Content-Type", value: $0)] } ?? []
        #expect(Self.answer(400, headers, body: body) == .unfit(reason: reason))
    }

    @Test("A7: a redirect is not followed, and its address is shown without secrets")
    func redirect() {
        let location = [(name: "Location", value: "https://u:p@elsewhere/x?key=1")]
        #expect(Self.answer(308, location) == .notWelcome(reason: "status 308, redirected to https://elsewhere/x"))
    }

    @Test(
        "B2: Retry-After in both forms counts with every status that is tried again", arguments: [429, 502, 503, 504])
    func retryAfter(status: Int) {
        func after(_ text: String) -> OTLPAnswer { Self.answer(status, [("Retry-After", text)]) }
        #expect(after("7") == .tryAgain(after: .seconds(7), reason: "status \(status)"))
        #expect(after("Sun, 06 Nov 1994 08:50:07 GMT") == .tryAgain(after: .seconds(30), reason: "status \(status)"))
        #expect(after("0") == .tryAgain(after: nil, reason: "status \(status)"))
    }

    @Test("a date in Retry-After is measured against the server's own clock")
    func serverClock() {
        let headers = [
            (name: "Date", value: "Mon, 07 Nov 1994 00:00:00 GMT"),
            (name: "Retry-After", value: "Mon, 07 Nov 1994 00:00:05 GMT"),
        ]
        #expect(Self.answer(503, headers) == .tryAgain(after: .seconds(5), reason: "status 503"))
    }
}

@Suite struct BackoffTests {
    @Test("bounds double up to the cap", arguments: [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (7, 60), (500, 60)])
    func bounds(attempt: Int, seconds: Int) { #expect(Backoff().bound(attempt) == .seconds(seconds)) }

    @Test("full jitter: anything from nothing to the bound")
    func jitter() {
        #expect(Backoff().delay(attempt: 3, retryAfter: nil, random: 0) == .zero)
        #expect(Backoff().delay(attempt: 3, retryAfter: nil, random: 0.5) == .seconds(4))
    }

    static let waits: [(Int, Double, Duration)] = [
        (7, 0, .seconds(7)), (7, 0.5, .seconds(7) * 1.05), (300, 0, .seconds(300)), (301, 0, .seconds(300)),
        (1_000_000, 0, .seconds(300)),
    ]

    @Test("B3: at least what the server asks, up to five minutes", arguments: waits)
    func retryAfter(seconds: Int, random: Double, expected: Duration) {
        #expect(Backoff().delay(attempt: 0, retryAfter: .seconds(seconds), random: random) == expected)
    }

    @Test("a longer backoff outweighs Retry-After")
    func longer() {
        #expect(Backoff().delay(attempt: 6, retryAfter: .seconds(7), random: 0.5) == .seconds(30))
    }
}
