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

    /// With `replacement` wherever `needle` stood, compared byte by byte. An empty needle stands nowhere.
    func replacing(_ needle: String, by replacement: String) -> String {
        let needle = Array(needle.utf8)
        var rest = Array(utf8)[...]
        var result: [UInt8] = []
        while let found = rest.firstIndex(of: needle) {
            result += rest[..<found]
            result += replacement.utf8
            rest = rest[(found + needle.count)...]
        }
        return String(decoding: result + rest, as: UTF8.self)
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// Where `needle` begins for the first time; an empty one nowhere.
    func firstIndex(of needle: [UInt8]) -> Int? {
        guard !needle.isEmpty, count >= needle.count else { return nil }
        return (startIndex...(endIndex - needle.count)).first { start in
            self[start..<(start + needle.count)].elementsEqual(needle)
        }
    }
}
