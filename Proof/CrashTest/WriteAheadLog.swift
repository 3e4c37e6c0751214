import Foundation

/// Reads SQLite's write-ahead log as a killed process left it.
enum WriteAheadLog {
    /// Whether pages of a transaction are in it whose commit is not: the process was killed while it committed.
    ///
    /// Frames count as long as salts and running checksums hold; what lies behind is of older logs.
    static func endsInsideCommit(_ path: String) -> Bool {
        guard let file = try? Data(contentsOf: URL(fileURLWithPath: path)), file.count > 32 else { return false }
        let bytes = [UInt8](file)
        func word(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        let isBigEndian = word(0) & 1 == 1
        var sum = (UInt32(0), UInt32(0))
        func add(_ range: Range<Int>) {
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                let (first, second) = (word(offset), word(offset + 4))
                sum.0 &+= (isBigEndian ? first : first.byteSwapped) &+ sum.1
                sum.1 &+= (isBigEndian ? second : second.byteSwapped) &+ sum.0
            }
        }
        add(0..<24)
        let pageSize = Int(word(8))
        guard pageSize >= 512, sum == (word(24), word(28)) else { return false }
        var isInside = false
        var offset = 32
        while offset + 24 + pageSize <= bytes.count, word(offset + 8) == word(16), word(offset + 12) == word(20) {
            add(offset..<offset + 8)
            add(offset + 24..<offset + 24 + pageSize)
            guard sum == (word(offset + 16), word(offset + 20)) else { break }
            // The size of the database stands in the last frame of a transaction only.
            isInside = word(offset + 4) == 0
            offset += 24 + pageSize
        }
        return isInside
    }
}
