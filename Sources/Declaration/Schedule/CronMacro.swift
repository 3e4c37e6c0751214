/// The words that stand for a whole schedule.
enum CronMacro {
    private static let all: KeyValuePairs = [
        "@every_second": "* * * * * *", "@every_minute": "* * * * *", "@hourly": "0 * * * *", "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
    ]

    /// The fields that the macro in `text` stands for, whatever its case.
    /// - Parameter words: Where the words of `text` are; the macro is the first, and must be the only one.
    static func fields(_ text: [Character], words: [Range<Int>]) throws(CronError) -> String {
        let word = String(text[words[0]])
        guard let macro = all.first(where: { $0.key == word.lowercased() }) else {
            let names = all.map { "`\($0.key)`" }.joined(separator: ", ")
            throw CronError(message: "`\(word)` is no macro; these are: \(names)", offset: words[0].lowerBound)
        }
        guard words.count == 1 else {
            throw CronError(message: "nothing may follow `\(word)`", offset: words[1].lowerBound)
        }
        return macro.value
    }
}
