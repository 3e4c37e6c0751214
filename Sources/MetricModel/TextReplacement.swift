extension String {
    /// With `replacement` wherever `needle` stood, compared byte by byte. An empty needle stands nowhere.
    public func replacing(_ needle: String, by replacement: String) -> String {
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
    public func firstIndex(of needle: [UInt8]) -> Int? {
        guard !needle.isEmpty, count >= needle.count else { return nil }
        return (startIndex...(endIndex - needle.count)).first { start in
            self[start..<(start + needle.count)].elementsEqual(needle)
        }
    }
}
