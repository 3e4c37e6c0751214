import MetricModel

extension HTTPHeaders {
    /// The `Date` of the answer; `nil` when there is none that can be read.
    public var date: Timestamp? { self["Date"].flatMap { HTTPDate.parse($0) } }

    /// How long from now the server wants to be left alone: `Retry-After` in whole seconds, or as a date against the
    /// answer's own `Date` (RFC 9110, 10.2.3).
    ///
    /// Not capped, except that a number too long to be meant stands for 1000 years: how far to obey is for the caller.
    /// - Parameter now: Stands in for the answer's `Date` where it has none.
    /// - Returns: More than zero; `nil` for a time that is not in the future, and for what is neither form.
    public func retryAfter(now: Timestamp) -> Duration? {
        guard let text = self["Retry-After"] else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if words.count == 1, let number = words.first,
            number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            let seconds = min(Int64(number) ?? .max, 1000 * 366 * 86_400)
            return seconds > 0 ? .seconds(seconds) : nil
        }
        guard let end = HTTPDate.parse(text) else { return nil }
        let start = date ?? now
        return end > start ? end - start : nil
    }
}
