import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct RetryTests {
    static let transient: Set<Int> = Set([408, 429] + (500...599)).subtracting([501])

    @Test("408, 429 and 5xx but 501 are asked again, no other status", arguments: 100...599)
    func statuses(status: Int) {
        let wait = RetryPolicy().wait(
            after: .answered(status: status, retryAfter: nil), attempt: 1, elapsed: .zero, random: 0.5)
        #expect(wait == (Self.transient.contains(status) ? .milliseconds(500) : nil))
    }

    @Test("what broke on the way is asked again, what cannot get better is not", arguments: HTTPError.Code.allCases)
    func transport(code: HTTPError.Code) {
        let wait = RetryPolicy().wait(after: .failed(code), attempt: 1, elapsed: .zero, random: 0.5)
        let hopeless: Set<HTTPError.Code> = [.cancelled, .tls, .bodyTooLarge, .badRequest]
        #expect((wait == nil) == hopeless.contains(code))
    }

    @Test(
        "the longest wait doubles up to its limit",
        arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (63, 30), (200, 30)])
    func doubling(attempt: Int, seconds: Int) {
        let policy = RetryPolicy(maximumAttempts: 1000)
        #expect(
            policy.wait(after: .failed(.timedOut), attempt: attempt, elapsed: .zero, random: 1) == .seconds(seconds))
        #expect(policy.wait(after: .failed(.timedOut), attempt: attempt, elapsed: .zero, random: 0) == .zero)
    }

    @Test("the number of tries and the deadline end it")
    func limits() {
        let policy = RetryPolicy(maximumAttempts: 3, deadline: .seconds(10))
        func wait(_ attempt: Int, elapsed: Duration, retryAfter: Duration? = nil) -> Duration? {
            policy.wait(
                after: .answered(status: 503, retryAfter: retryAfter), attempt: attempt, elapsed: elapsed, random: 1)
        }
        #expect(wait(2, elapsed: .zero) == .seconds(2))
        #expect(wait(3, elapsed: .zero) == nil)
        #expect(wait(1, elapsed: .milliseconds(8_999)) == .seconds(1))
        #expect(wait(1, elapsed: .seconds(9)) == nil)
        #expect(wait(1, elapsed: .zero, retryAfter: .seconds(8)) == .seconds(9))
        #expect(wait(1, elapsed: .zero, retryAfter: .seconds(9)) == nil)
        #expect(
            RetryPolicy(maximumAttempts: 1).wait(after: .failed(.timedOut), attempt: 1, elapsed: .zero, random: 0)
                == nil)
    }

    static let headers: [([(String, String)], Duration?)] = [
        ([], nil), ([("Retry-After", "17")], .seconds(17)), ([("retry-after", " 0 ")], nil),
        ([("Retry-After", "-1")], nil), ([("Retry-After", "soon")], nil), ([("Retry-After", "1.5")], nil),
        ([("Retry-After", "99999999999999999999")], .seconds(3600)), ([("Retry-After", "3601")], .seconds(3600)),
        ([("Retry-After", "Mon, 03 Feb 2031 04:05:36 GMT")], .seconds(30)),
        ([("Retry-After", "Mon, 03 Feb 2031 04:05:36 GMT"), ("Date", "Mon, 03 Feb 2031 04:05:26 GMT")], .seconds(10)),
        ([("Retry-After", "Mon, 03 Feb 2031 04:05:00 GMT")], nil),
        ([("Retry-After", "17"), ("retry-after-ms", "250")], .milliseconds(250)),
        ([("x-ms-retry-after-ms", "1250"), ("Retry-After", "17")], .milliseconds(1250)),
        ([("retry-after-ms", "x"), ("Retry-After", "17")], .seconds(17)),
        ([("retry-after-ms", "0"), ("Retry-After", "17")], .seconds(17)),
        ([("retry-after-ms", "3600001")], .seconds(3600)), ([("Retry-After", "+5")], nil),
    ]

    @Test("all forms of Retry-After are read", arguments: headers)
    func retryAfter(fields: [(String, String)], wait: Duration?) {
        let headers = HTTPHeaders(fields.map { (name: $0.0, value: $0.1) })
        #expect(RetryAfter.wait(in: headers, now: Timestamp(seconds: 1_927_857_906)) == wait)
    }
}
