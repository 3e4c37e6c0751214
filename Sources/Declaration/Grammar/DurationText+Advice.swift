extension DurationText.Trap {
    /// What to say about it: that the text means `meaning`, and how to write what was probably meant.
    func advice(meaning: String) -> (message: String, fix: String) {
        switch self {
        case .bareNumber(let number):
            let minutes = Duration.seconds(number * 60).timeSpan
            let days = Duration.seconds(number * 86_400).timeSpan
            return (
                "`\(number)` means \(meaning)",
                "write \(minutes) for \(count(number, "minute")), or \(days) if days are meant"
            )
        case .hoursReadAsDays(let number):
            let hours = Duration.seconds(number * 3600).timeSpan
            return (
                "`\(number):` counts days, because hours end at 23: this means \(meaning)",
                "write \(hours) for \(count(number, "hour")), or `\(number).` if days are meant"
            )
        }
    }
}
