extension String {
    /// Without blanks and line ends around it.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// Fit for one line of a log: control characters and runs of blanks become one blank, the rest is cut off.
    func singleLine(limit: Int) -> String {
        let words = split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        let line = words.joined(separator: " ")
        return line.count > limit ? line.prefix(limit) + "…" : line
    }

    /// With a full stop at the end, and only one.
    var sentence: String { hasSuffix(".") ? self : self + "." }
}
