extension Duration {
    /// `5 minutes`, `1 day 12 hours`; what is shorter than a second is cut off.
    var words: String {
        var rest = abs(components.seconds)
        var words: [String] = []
        for (unit, seconds) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60), ("second", 1)]
        where rest >= seconds {
            words.append(count(rest / seconds, unit))
            rest %= seconds
        }
        return words.isEmpty ? "0 seconds" : words.joined(separator: " ")
    }

    /// `00:05:00`, `1.12:00:00`: .NET's spelling, in whole seconds.
    var timeSpan: String {
        let seconds = abs(components.seconds)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        return seconds >= 86_400 ? "\(seconds / 86_400).\(time)" : time
    }
}

/// `1 minute`, `5 minutes`.
func count(_ number: Int64, _ unit: String) -> String {
    "\(number) \(unit)\(number == 1 ? "" : "s")"
}
