import HTTPTransport
import MetricModel

/// How long Azure wants not to be asked again.
enum RetryAfter {
    /// Nobody is obeyed for longer than an hour.
    static let longest = Duration.seconds(3600)

    /// Reads `retry-after-ms`, `x-ms-retry-after-ms` and `Retry-After`, in that order.
    /// - Parameter now: Against what a date is counted when the answer has no `Date` of its own.
    /// - Returns: Up to one hour; `nil` when nothing was said that can be read and obeyed.
    static func wait(in headers: HTTPHeaders, now: Timestamp) -> Duration? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let milliseconds = headers[name].flatMap(wholeNumber) {
                return min(.milliseconds(milliseconds), longest)
            }
        }
        return headers.retryAfter(now: now).map { min($0, longest) }
    }

    /// Decimal digits, blanks around them; `nil` for zero. What is absurdly large is cut to a hundred million.
    private static func wholeNumber(_ text: String) -> Int64? {
        let digits = text.trimmed
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let number = min(Int64(digits) ?? .max, 100_000_000)
        return number > 0 ? number : nil
    }
}
