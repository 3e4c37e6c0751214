extension DurationText.Trap {
    /// What to say about it: that the text means `meaning`, and how to write what was probably meant.
    func advice(meaning: String) -> (message: String, fix: String) {
        switch self {
        case .bareNumber(let number):
            let minutes = Duration.seconds(number * 60)
            let days = Duration.seconds(number * 86_400)
            return (
                "`\(number)` means \(meaning)",
                "write \(minutes.timeSpan) for \(minutes.words), or \(days.timeSpan) if days are meant"
            )
        case .hoursReadAsDays(let number):
            let hours = Duration.seconds(number * 3600)
            return (
                "`\(number):` counts days, because hours end at 23: this means \(meaning)",
                "write \(hours.timeSpan) for \(hours.words), or `\(number).` if days are meant"
            )
        }
    }
}
