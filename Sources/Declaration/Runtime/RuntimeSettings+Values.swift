extension RuntimeSettings {
    /// The text of the setting of `path` without blanks around it; `nil` when it is blank or not given.
    func text(_ path: String) -> String? {
        self[path]?.text.trimmingBlanks
    }

    /// One of the words of an enumeration, whatever its case; `nil` for others, which ``RuntimeCheck`` reports.
    func word<Word: RawRepresentable & CaseIterable>(
        _ path: String, as type: Word.Type
    ) -> Word? where Word.RawValue == String {
        text(path).flatMap { Word(rawValue: $0.lowercased()) }
    }

    /// A length of time; `nil` for other texts, which ``RuntimeCheck`` reports.
    func duration(_ path: String) -> Duration? {
        self[path].flatMap { DurationText($0.text)?.duration }
    }
}
