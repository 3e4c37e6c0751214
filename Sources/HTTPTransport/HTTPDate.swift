import MetricModel

/// The three spellings of a time in HTTP headers (RFC 9110, 5.6.7).
public enum HTTPDate {
    /// Reads `Mon, 03 Feb 2031 04:05:06 GMT`, `Monday, 03-Feb-31 04:05:06 GMT` or `Mon Feb  3 04:05:06 2031`.
    ///
    /// The name of the weekday is not compared with the date. Two-digit years are 1970 to 2069.
    /// - Returns: `nil` when the text is none of them, or says a year that no server of today means: not 1970 to 2200.
    public static func parse(_ text: some StringProtocol) -> Timestamp? {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "," })[...]
        guard let weekday = words.popFirst(), weekday.utf8.count >= 3, weekday.allSatisfy(\.isLetter) else {
            return nil
        }
        guard let first = words.first else { return nil }
        if first.utf8.contains(UInt8(ascii: "-")) {
            words = words.dropFirst()
            return rfc850(date: first.split(separator: "-", omittingEmptySubsequences: false), rest: Array(words))
        }
        return first.first?.isLetter == true ? asctime(Array(words)) : imfFixdate(Array(words))
    }

    private static func imfFixdate(_ words: [some StringProtocol]) -> Timestamp? {
        guard words.count == 5, words[4] == "GMT", words[2].utf8.count == 4, let year = number(words[2]) else {
            return nil
        }
        return time(year: year, month: words[1], day: words[0], clock: words[3])
    }

    private static func rfc850(date: [some StringProtocol], rest: [some StringProtocol]) -> Timestamp? {
        guard date.count == 3, rest.count == 2, rest[1] == "GMT", date[2].utf8.count == 2,
            let year = number(date[2])
        else { return nil }
        return time(year: year < 70 ? 2000 + year : 1900 + year, month: date[1], day: date[0], clock: rest[0])
    }

    private static func asctime(_ words: [some StringProtocol]) -> Timestamp? {
        guard words.count == 4, words[3].utf8.count == 4, let year = number(words[3]) else { return nil }
        return time(year: year, month: words[0], day: words[1], clock: words[2])
    }

    /// Whatever is reckoned with a time of these years fits into nanoseconds since 1970.
    private static let years: ClosedRange<Int64> = 1970...2200

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func time(
        year: Int64, month: some StringProtocol, day: some StringProtocol, clock: some StringProtocol
    ) -> Timestamp? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard years.contains(year), let monthIndex = months.firstIndex(where: { $0 == month }), let day = number(day),
            parts.count == 3,
            parts.allSatisfy({ $0.utf8.count == 2 }), let hour = number(parts[0]), let minute = number(parts[1]),
            let second = number(parts[2]), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let date = CivilDate(year: year, month: Int64(monthIndex + 1), day: day)
        return Timestamp(seconds: date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// One to four digits; a sign is none.
    private static func number(_ digits: some StringProtocol) -> Int64? {
        guard (1...4).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(digits)
    }
}
