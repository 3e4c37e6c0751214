import MetricModel

/// What tells the series of one pair apart in the ledger: a hash of the dimension values that stays the same over
/// restarts and releases. 64 bits: among 10,000 series two share one with a chance of one in 370 billion.
public struct SeriesKey: Hashable, Comparable, Sendable {
    /// The hash; 0 for the only series of a pair without dimensions.
    public let rawValue: UInt64

    /// The key with this hash.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The series of a pair that is not split.
    public static let only = SeriesKey(rawValue: 0)

    /// The key of these dimension values, in whatever order they come.
    public init(_ dimensions: [Label]) {
        guard !dimensions.isEmpty else {
            self = .only
            return
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            // No byte of UTF-8: names and values cannot run into each other.
            hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
        }
        for label in dimensions.sorted(by: { $0.name < $1.name }) {
            mix(label.name)
            mix(label.value)
        }
        // FNV mixes its high bits badly; this is the finishing step of MurmurHash3.
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        hash ^= hash >> 33
        rawValue = max(1, hash)
    }

    public static func < (left: SeriesKey, right: SeriesKey) -> Bool { left.rawValue < right.rawValue }
}
