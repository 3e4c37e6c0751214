extension DurationText.Trap {
    /// What was probably meant: `5` minutes, or `24` hours.
    var meant: Duration {
        switch self {
        case .bareNumber(let number): .seconds(number * 60)
        case .hoursReadAsDays(let number): .seconds(number * 3600)
        }
    }

    /// How to write that: `00:05:00 for 5 minutes`.
    var spelling: String {
        switch self {
        case .bareNumber(let number): "\(meant.timeSpan) for \(count(number, "minute"))"
        case .hoursReadAsDays(let number): "\(meant.timeSpan) for \(count(number, "hour"))"
        }
    }

    /// What to say about it: that the text means `meaning`, and how to write what was probably meant.
    func advice(meaning: String) -> (message: String, fix: String) {
        switch self {
        case .bareNumber(let number):
            let days = Duration.seconds(number * 86_400).timeSpan
            return ("`\(number)` means \(meaning)", "write \(spelling), or \(days) if days are meant")
        case .hoursReadAsDays(let number):
            return (
                "`\(number):` counts days, because hours end at 23: this means \(meaning)",
                "write \(spelling), or `\(number).` if days are meant"
            )
        }
    }
}
