extension MappingReader {
    /// The text under a required key, never blank. Blank, null and anything but text are errors.
    func requiredText(_ key: String) -> String? {
        guard let entry = entry(key) else { return nil }
        guard let text = entry.value.text else {
            diagnostics.error("`\(key)` must be text, not \(entry.value.kind)", at: entry.valueMark)
            return nil
        }
        guard !entry.value.isNull, !text.isBlank else {
            diagnostics.error("`\(key)` has no value", at: entry.valueMark, fix: "write one after the colon")
            return nil
        }
        return text
    }

    /// The text under an optional key.
    ///
    /// Blank is as good as not given, and so are null and anything but text, which warn.
    func optionalText(_ key: String) -> String? {
        guard let entry = entry(key), !entry.value.isEmpty else { return nil }
        guard let text = entry.value.text else {
            diagnostics.warn("`\(key)` must be text, not \(entry.value.kind); it is ignored", at: entry.valueMark)
            return nil
        }
        if entry.value.isNull {
            warnAboutNull(entry, outcome: "is taken as not given")
            return nil
        }
        return text.isBlank ? nil : text
    }

    /// Promitor takes `null` and `~` for words.
    func warnAboutNull(_ entry: YAMLEntry, outcome: String) {
        let text = entry.value.text ?? ""
        diagnostics.warn(
            "`\(text)` for `\(entry.key)` \(outcome)", at: entry.valueMark,
            fix: "remove the key, or write \"\(text)\" if the word is meant")
    }

    /// Nothing in Azure is named `<…>`: the text of an example was left standing.
    func warnOfPlaceholder(_ key: String) {
        guard let entry = entry(key), let text = entry.value.text, text.hasPrefix("<"), text.hasSuffix(">")
        else { return }
        diagnostics.warn("`\(key)` is still the placeholder `\(text)`", at: entry.valueMark, fix: "write your own")
    }

    /// `true` or `false`, whatever the case; nothing counts as not given, and anything else is an error.
    func boolean(_ key: String) -> Bool? {
        guard let entry = entry(key), !entry.value.isNull else { return nil }
        switch entry.value.text?.trimmingBlanks.lowercased() {
        case "true": return true
        case "false": return false
        default:
            let text = entry.value.text.map { "`\($0)`" } ?? entry.value.kind
            diagnostics.error("`\(key)` cannot be \(text)", at: entry.valueMark, fix: "write true or false")
            return nil
        }
    }

    /// A whole number within `range`; nothing counts as not given, what is no number warns and is ignored, as in
    /// Promitor, and a number outside is an error.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let entry = entry(key), !entry.value.isNull else { return nil }
        guard let number = entry.value.text.flatMap({ Int($0.trimmingBlanks) }) else {
            let text = entry.value.text.map { "`\($0)`" } ?? entry.value.kind
            diagnostics.warn(
                "`\(key)` must be a whole number, not \(text); it is ignored", at: entry.valueMark,
                fix: "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard range.contains(number) else {
            diagnostics.error(
                "`\(key)` is \(number)", at: entry.valueMark,
                fix: "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }
}

extension String {
    /// Nothing but spaces, tabs and line breaks.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// Without white space at both ends.
    var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        let trailing = start.reversed().prefix(while: \.isWhitespace).count
        return String(start.dropLast(trailing))
    }
}
