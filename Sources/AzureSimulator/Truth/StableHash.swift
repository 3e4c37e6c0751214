/// A hash that is the same in every run and on every machine. Swift's own is seeded anew per process.
struct StableHash {
    private var state: UInt64

    /// A hash of nothing yet; other seeds give other hashes of the same content.
    init(seed: UInt64) {
        state = 0xcbf2_9ce4_8422_2325 ^ spread(seed)
    }

    /// Adds `text`, whatever its case, as Azure compares names and ids.
    mutating func combine(_ text: String) {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        if isASCII {
            for byte in text.utf8 { add(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) }
        } else {
            for byte in text.lowercased().utf8 { add(byte) }
        }
        add(0xff)  // never part of UTF-8: keeps ("ab", "c") and ("a", "bc") apart
    }

    /// Adds a number.
    mutating func combine(_ number: Int64) {
        state = spread(state ^ UInt64(bitPattern: number))
    }

    /// The hash of what was added so far.
    var value: UInt64 { spread(state) }

    /// The hash of `parts`.
    static func of(seed: UInt64, _ parts: String...) -> UInt64 {
        var hash = StableHash(seed: seed)
        for part in parts { hash.combine(part) }
        return hash.value
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}

/// SplitMix64's last step: every bit of the input reaches every bit of the output.
func spread(_ value: UInt64) -> UInt64 {
    var bits = value &+ 0x9e37_79b9_7f4a_7c15
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
}

/// A number from 0 up to, but not including, 1.
func fraction(_ bits: UInt64) -> Double {
    Double(bits >> 11) * 0x1p-53
}

/// `items` in an order that only `bits` decides.
func shuffled<Item>(_ items: [Item], by bits: UInt64) -> [Item] {
    var result = items
    var bits = bits
    for last in result.indices.dropFirst().reversed() {
        bits = spread(bits)
        result.swapAt(last, Int(bits % UInt64(last + 1)))
    }
    return result
}
