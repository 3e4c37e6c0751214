/// One field of a protobuf message, found in the bytes as they are on the wire.
struct WireField {
    let number: UInt64
    /// Tag, length and content.
    let whole: Range<Int>
    /// Of a length-delimited field what it holds, of others the bytes of the number.
    let content: Range<Int>
    let isLengthDelimited: Bool
}

/// Why bytes are no protobuf message.
struct WireDamage: Error {}

/// Walks over the fields of protobuf messages without decoding them: what is copied stays byte for byte what it was.
struct WireReader {
    let bytes: UnsafeRawBufferPointer

    /// The fields in `range`, in their order.
    /// - Throws: When a field is cut off or of a kind that proto3 does not have.
    func fields(in range: Range<Int>) throws(WireDamage) -> [WireField] {
        var fields: [WireField] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            let tag = try varint(at: &position, end: range.upperBound)
            let (length, isLengthDelimited) = try contentLength(kind: tag & 7, at: &position, end: range.upperBound)
            guard length <= UInt64(range.upperBound - position) else { throw WireDamage() }
            let end = position + Int(length)
            fields.append(
                WireField(
                    number: tag >> 3, whole: start..<end, content: position..<end,
                    isLengthDelimited: isLengthDelimited))
            position = end
        }
        return fields
    }

    /// The fields `number` in `range` that hold messages.
    func messages(_ number: UInt64, in range: Range<Int>) throws(WireDamage) -> [WireField] {
        try fields(in: range).filter { $0.number == number && $0.isLengthDelimited }
    }

    /// Eight bytes, lowest first; `nil` for a field of another width.
    func fixed64(_ field: WireField) -> UInt64? {
        guard !field.isLengthDelimited, field.content.count == 8 else { return nil }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: field.content.lowerBound, as: UInt64.self))
    }

    private func contentLength(
        kind: UInt64, at position: inout Int, end: Int
    ) throws(WireDamage) -> (length: UInt64, isLengthDelimited: Bool) {
        switch kind {
        case 0:
            var ahead = position
            _ = try varint(at: &ahead, end: end)
            return (UInt64(ahead - position), false)
        case 1: return (8, false)
        case 2: return (try varint(at: &position, end: end), true)
        case 5: return (4, false)
        default: throw WireDamage()
        }
    }

    private func varint(at position: inout Int, end: Int) throws(WireDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw WireDamage()
    }
}

/// Puts messages together from pieces of others.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func copy(_ range: Range<Int>, of source: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[range]))
    }

    /// Field `number` that holds `message`.
    mutating func append(_ number: UInt64, _ message: WireWriter) {
        appendVarint(number << 3 | 2)
        appendVarint(UInt64(message.bytes.count))
        bytes += message.bytes
    }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
