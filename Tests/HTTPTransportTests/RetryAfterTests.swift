import HTTPTransport
import MetricModel
import Testing

@Suite struct RetryAfterTests {
    static let now = Timestamp(seconds: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
    static let longest = Duration.seconds(31_622_400_000)

    static let values: [(String, Duration?)] = [
        ("7", .seconds(7)), ("1", .seconds(1)), (" 17\t", .seconds(17)), ("007", .seconds(7)),
        ("0", nil), ("-1", nil), ("+1", nil), ("abc", nil), ("", nil), (" ", nil), ("7.5", nil), ("7 8", nil),
        ("7s", nil), ("٧", nil),
        ("31622400000", longest), ("31622400001", longest), ("99999999999999999999", longest),
        ("Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)), ("Sunday, 06-Nov-94 08:50:07 GMT", .seconds(30)),
        ("Sun Nov  6 08:50:07 1994", .seconds(30)), (" Sun, 06 Nov 1994 08:49:38 GMT ", .seconds(1)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", nil), ("Sat, 05 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 31 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 25:00:00 GMT", nil),
    ]

    @Test("both forms are read; what is past or garbage counts as absent", arguments: values)
    func forms(text: String, expected: Duration?) {
        #expect(HTTPHeaders([("retry-after", text)]).retryAfter(now: Self.now) == expected)
    }

    @Test("without the header nothing is said")
    func absent() {
        #expect(HTTPHeaders([("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]).retryAfter(now: Self.now) == nil)
    }

    static let clocks: [(date: String, expected: Duration?)] = [
        ("Sun, 06 Nov 1994 08:49:57 GMT", .seconds(10)), ("Sun, 06 Nov 1994 08:50:07 GMT", nil),
        ("garbage", .seconds(30)),
    ]

    @Test("a date is measured against the answer's own, where that can be read", arguments: clocks)
    func serverClock(date: String, expected: Duration?) {
        let headers = HTTPHeaders([("Date", date), ("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT")])
        #expect(headers.retryAfter(now: Self.now) == expected)
    }

    @Test("a number of seconds needs no clock")
    func secondsNeedNoClock() {
        let headers = HTTPHeaders([("Date", "Mon, 07 Nov 1994 00:00:00 GMT"), ("Retry-After", "5")])
        #expect(headers.retryAfter(now: Self.now) == .seconds(5))
    }
}
