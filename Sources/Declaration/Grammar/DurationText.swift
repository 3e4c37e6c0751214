/// A length of time as a declaration writes it: .NET's `TimeSpan` (`00:05:00`, `1.12:00`, `5` for five days)
/// or ISO 8601 (`PT5M`).
struct DurationText: Equatable {
    /// A spelling that means something else than it looks like.
    enum Trap: Equatable {
        /// `5`: days, not minutes.
        case bareNumber(Int64)
        /// `24:00:00`: the first of three numbers is above 23, so it counts days.
        case hoursReadAsDays(Int64)
    }

    let duration: Duration
    let trap: Trap?

    /// Reads `text`, or `nil` when it is no length of time.
    init?(_ text: String) {
        let trimmed = text.trimmingBlanks
        let isNegative = trimmed.hasPrefix("-")
        let magnitude = isNegative ? trimmed.dropFirst() : trimmed[...]
        guard let reading = Self.timeSpan(magnitude) ?? Self.iso8601(magnitude) else { return nil }
        duration = isNegative ? .zero - reading.duration : reading.duration
        trap = isNegative || duration == .zero ? nil : reading.trap
    }

    private typealias Reading = (duration: Duration, trap: Trap?)

    /// `d`, `hh:mm`, `hh:mm:ss`, `d:hh:mm`, `d:hh:mm:ss`; `d.` may replace `d:`, a fraction may follow the seconds.
    private static func timeSpan(_ text: Substring) -> Reading? {
        var parts = text.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
        if parts.count == 1 {
            guard let days = number(parts[0], most: maximumDays) else { return nil }
            return (.seconds(days * 86_400), .bareNumber(days))
        }
        var days: Int64 = 0
        var hasDays = false
        if let dot = parts[0].firstIndex(of: ".") {
            guard let value = number(parts[0][..<dot], most: maximumDays) else { return nil }
            (days, hasDays) = (value, true)
            parts[0] = parts[0][parts[0].index(after: dot)...]
        } else if parts.count == 4 {
            guard let value = number(parts.removeFirst(), most: maximumDays) else { return nil }
            (days, hasDays) = (value, true)
        }
        var trap: Trap?
        if parts.count == 3, !hasDays, let first = number(parts[0], most: maximumDays), first > 23 {
            guard !parts[2].contains(".") else { return nil }
            days = first
            trap = .hoursReadAsDays(first)
            parts.removeFirst()
        }
        guard let time = timeOfDay(parts) else { return nil }
        return (.seconds(days * 86_400) + time, trap)
    }

    /// `hh:mm` or `hh:mm:ss`, the seconds perhaps with up to seven decimals.
    private static func timeOfDay(_ parts: [Substring]) -> Duration? {
        guard (2...3).contains(parts.count), let hours = number(parts[0], most: 23),
            let minutes = number(parts[1], most: 59)
        else { return nil }
        let whole = Duration.seconds(hours * 3600 + minutes * 60)
        guard parts.count == 3 else { return whole }
        let pieces = parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = number(pieces[0], most: 59) else { return nil }
        guard pieces.count == 2 else { return whole + .seconds(seconds) }
        guard pieces[1].utf8.count <= 7, let fraction = number(pieces[1], most: 9_999_999) else { return nil }
        let scale = (pieces[1].utf8.count..<9).reduce(Int64(1)) { product, _ in product * 10 }
        return whole + .seconds(seconds) + .nanoseconds(fraction * scale)
    }

    /// `P1DT2H3M4S`, whole numbers, without years, months and weeks.
    private static func iso8601(_ text: Substring) -> Reading? {
        var rest = text.uppercased()[...]
        guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
        var seconds: Int64 = 0
        var inTime = false
        var units: [(letter: Character, seconds: Int64)] = [("D", 86_400)]
        while !rest.isEmpty {
            if rest.first == "T", !inTime {
                rest.removeFirst()
                inTime = true
                units = [("H", 3600), ("M", 60), ("S", 1)]
                guard !rest.isEmpty else { return nil }
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let value = number(digits, most: maximumDays) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let letter = rest.popFirst(), let index = units.firstIndex(where: { $0.letter == letter }) else {
                return nil
            }
            seconds += value * units[index].seconds
            units.removeFirst(index + 1)
        }
        return (.seconds(seconds), nil)
    }

    /// .NET's longest `TimeSpan`.
    private static let maximumDays: Int64 = 10_675_198

    private static func number(_ digits: Substring, most: Int64) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int64(digits), value <= most
        else { return nil }
        return value
    }
}
