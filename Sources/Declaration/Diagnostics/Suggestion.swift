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
