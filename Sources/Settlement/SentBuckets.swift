import MetricModel

/// Which buckets of one series were sent, from a moving lower bound on: one bit a bucket.
struct SentBuckets: Hashable, Sendable {
    /// Number of the first bucket that has a bit, counted from 1970 in grains; a multiple of 64.
    private var base: Int64 = 0
    private var words: [UInt64] = []

    /// Marks bucket number `bucket`.
    /// - Returns: false when it was marked already.
    mutating func insert(_ bucket: Int64) -> Bool {
        let word = bucket >> 6
        if words.isEmpty { base = word << 6 }
        while word < base >> 6 {
            words.insert(0, at: 0)
            base -= 64
        }
        let index = Int(word - (base >> 6))
        if index >= words.count { words.append(contentsOf: repeatElement(0, count: index + 1 - words.count)) }
        let bit: UInt64 = 1 << UInt64(bucket & 63)
        defer { words[index] |= bit }
        return words[index] & bit == 0
    }

    /// Forgets every whole word before bucket number `bucket`: what lies there is never sent again anyway.
    mutating func forget(before bucket: Int64) {
        let count = min(words.count, max(0, Int((bucket >> 6) - (base >> 6))))
        words.removeFirst(count)
        base += Int64(count) * 64
    }

    /// The number of the newest bucket that is marked.
    var newest: Int64? {
        guard let index = words.lastIndex(where: { $0 != 0 }) else { return nil }
        return base + Int64(index) * 64 + 63 - Int64(words[index].leadingZeroBitCount)
    }

    /// True when nothing is marked.
    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Words held: the width that rule L3 promises is tested by it.
    var wordCount: Int { words.count }
}
