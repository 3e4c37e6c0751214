import HTTPTransport
import MetricModel

/// How long a server wants not to be asked again.
enum RetryAfter {
    /// Nobody is obeyed for longer than an hour.
    static let longest = Duration.seconds(3600)

    /// Reads `retry-after-ms`, `x-ms-retry-after-ms` and `Retry-After`, in that order, the latter in both forms.
    /// - Parameter now: Against what a date is counted when the answer has no `Date` of its own.
    /// - Returns: 0 to one hour; `nil` when nothing was said that can be read.
    static func wait(in headers: HTTPHeaders, now: Timestamp) -> Duration? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let milliseconds = headers[name].flatMap(wholeNumber) {
                return min(.milliseconds(milliseconds), longest)
            }
        }
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = wholeNumber(text) { return min(.seconds(seconds), longest) }
        guard let date = HTTPDate.parse(text) else { return nil }
        return min(max(.zero, date - (headers.date ?? now)), longest)
    }

    /// Decimal digits, blanks around them; what is absurdly large is cut to a hundred million.
    private static func wholeNumber(_ text: String) -> Int64? {
        let digits = text.trimmed
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return min(Int64(digits) ?? .max, 100_000_000)
    }
}

extension HTTPHeaders {
    /// The `Date` of the answer.
    var date: Timestamp? { self["Date"].flatMap { HTTPDate.parse($0) } }
}
