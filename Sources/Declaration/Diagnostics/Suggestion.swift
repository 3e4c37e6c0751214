/// Finds what somebody probably meant to write.
public enum Suggestion {
    /// "did you mean `metricName`?", or `nil` when nothing is near.
    public static func fix(for word: String, among known: some Sequence<String>) -> String? {
        let near = nearest(to: word, among: known)
        guard !near.isEmpty else { return nil }
        return "did you mean " + near.map { "`\($0)`" }.joined(separator: " or ") + "?"
    }

    /// The known words that differ only in case, else those that are at most two edits away, nearest first.
    public static func nearest(to word: String, among known: some Sequence<String>) -> [String] {
        let lowercased = Array(word.lowercased().utf8)
        let distances = known.compactMap { candidate -> (word: String, edits: Int)? in
            let other = Array(candidate.lowercased().utf8)
            // Two edits make any word out of a word of two letters.
            let limit = min(2, max(lowercased.count, other.count) / 2)
            guard let edits = editDistance(lowercased, other, limit: limit) else { return nil }
            return (candidate, edits)
        }
        let fewest = distances.map(\.edits).min()
        return distances.filter { $0.edits == fewest }.map(\.word).sorted()
    }

    /// At most three known names that somebody may have meant: the ``nearest(to:among:)``, else those that are a third of
    /// the word away, else those that share most of its words.
    public static func similar(to name: String, among known: some Sequence<String>) -> [String] {
        let candidates = Array(known)
        let near = nearest(to: name, among: candidates)
        if !near.isEmpty { return Array(near.prefix(3)) }
        let lowercased = Array(name.lowercased().utf8)
        let close = candidates.compactMap { candidate -> (word: String, rank: Int)? in
            editDistance(lowercased, Array(candidate.lowercased().utf8), limit: lowercased.count / 3)
                .map { (candidate, $0) }
        }
        if !close.isEmpty { return best(close) }
        let words = words(in: name)
        return best(
            candidates.compactMap { candidate in
                let other = Self.words(in: candidate)
                let common = words.intersection(other).count
                guard common > 0, common * 2 >= min(words.count, other.count) else { return nil }
                return (candidate, words.union(other).count - 2 * common)
            })
    }

    private static func best(_ ranked: [(word: String, rank: Int)]) -> [String] {
        ranked.sorted { ($0.rank, $0.word) < ($1.rank, $1.word) }.prefix(3).map(\.word)
    }

    /// `Data Disk Read Bytes/sec`, `dataDiskReadBytes` → data, disk, read, bytes, …
    private static func words(in name: String) -> Set<String> {
        var words: [String] = [""]
        var wasLower = false
        for character in name {
            let isWordy = character.isLetter || character.isNumber
            if !isWordy || character.isUppercase && wasLower { words.append("") }
            if isWordy { words[words.count - 1] += character.lowercased() }
            wasLower = character.isLowercase
        }
        return Set(words.filter { !$0.isEmpty })
    }

    /// Levenshtein's distance, or `nil` when it is above `limit`.
    static func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let substitution = previous[column] + (byte == other ? 0 : 1)
                current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
            }
            guard current.contains(where: { $0 <= limit }) else { return nil }
            previous = current
        }
        return previous[right.count] <= limit ? previous[right.count] : nil
    }
}
