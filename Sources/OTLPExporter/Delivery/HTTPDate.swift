import MetricModel

/// Dates in HTTP headers (RFC 9110, section 5.6.7): the form in use and the two that are obsolete.
enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    ///
    /// The day of the week is not checked. Two digits of a year are taken as 1970 to 2069.
    static func parse(_ text: String) -> Timestamp? {
        let words = text.lowercased().split { $0 == " " || $0 == "," || $0 == "-" }
        if words.count == 6, words[5] == "gmt" {
            return time(day: words[1], month: words[2], year: words[3], clock: words[4])
        }
        if words.count == 5 { return time(day: words[2], month: words[1], year: words[4], clock: words[3]) }
        return nil
    }

    private static func time(
        day: Substring, month: Substring, year: Substring, clock: Substring
    ) -> Timestamp? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard let month = months.firstIndex(of: String(month)), let day = number(day, in: 1...31),
            var year = number(year, in: 0...9999), parts.count == 3, let hour = number(parts[0], in: 0...23),
            let minute = number(parts[1], in: 0...59), let second = number(parts[2], in: 0...60)
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        let date = CivilDate(year: year, month: Int64(month) + 1, day: day)
        return Timestamp(seconds: ((date.daysSince1970 * 24 + hour) * 60 + minute) * 60 + second)
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let value = Int64(text),
            range.contains(value)
        else { return nil }
        return value
    }
}
