/// Writes JSON text from beginning to end.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// The text of one object.
    /// - Parameter capacity: Bytes that it will have, roughly.
    static func object(capacity: Int = 0, _ content: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(capacity)
        writer.object(content)
        return writer.bytes
    }

    /// An object; `content` writes its fields.
    mutating func object(_ content: (inout JSONWriter) -> Void) {
        enclosed("{", "}", content)
    }

    /// An array; `content` writes its elements.
    mutating func array(_ content: (inout JSONWriter) -> Void) {
        enclosed("[", "]", content)
    }

    /// A string.
    mutating func value(_ text: String) {
        separate()
        quote(text)
    }

    /// A number, with a point or an exponent. Not for infinities and NaN, which JSON does not have.
    mutating func value(_ number: Double) {
        separate()
        if !appendPlainly(number) { bytes.append(contentsOf: number.description.utf8) }
    }

    /// A number without point.
    mutating func value(_ number: Int64) {
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    /// `null`.
    mutating func null() { literal("null") }

    /// What is JSON text already.
    mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// `true` or `false`.
    mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: flag.description.utf8)
    }

    /// What is JSON text already: the beginning of an object that goes on, or fields of one.
    mutating func opened(_ text: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// The number of a field whose name stands in `text`: `"average":`.
    mutating func field(named text: [UInt8], _ number: Double) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = false
        value(number)
    }

    /// The end of an object that ``opened(_:)`` began.
    mutating func closed() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// A field whose value `content` writes.
    mutating func field(_ name: String, _ content: (inout JSONWriter) -> Void) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        content(&self)
    }

    mutating func field(_ name: String, _ text: String) { field(name) { $0.value(text) } }
    mutating func field(_ name: String, _ number: Double) { field(name) { $0.value(number) } }
    mutating func field(_ name: String, _ number: Int64) { field(name) { $0.value(number) } }
    mutating func field(_ name: String, _ flag: Bool) { field(name) { $0.value(flag) } }

    /// A field that is an array of strings.
    mutating func field(_ name: String, _ texts: [String]) {
        field(name) { $0.array { json in for text in texts { json.value(text) } } }
    }

    private mutating func enclosed(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ content: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        content(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let isCopied: Void? = text.utf8.withContiguousStorageIfAvailable { text in
            // Without a way out, so that many bytes are compared at once.
            var special: UInt8 = 0
            for byte in text {
                special |= byte < 0x20 ? 1 : 0
                special |= byte == UInt8(ascii: "\"") ? 1 : 0
                special |= byte == UInt8(ascii: "\\") ? 1 : 0
            }
            if special == 0 {
                bytes.append(contentsOf: text)
            } else {
                for byte in text { escape(byte) }
            }
        }
        if isCopied == nil { for byte in text.utf8 { escape(byte) } }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0..<0x20: bytes.append(contentsOf: ("\\u00" + hexadecimal(UInt64(byte), digits: 2)).utf8)
        default: bytes.append(byte)
        }
    }

    /// Writes a number that is a whole number of 1/256, as nearly all of the simulator's are, digit by digit and exactly.
    /// - Returns: `false` when it is another one, or too large; nothing is written then.
    private mutating func appendPlainly(_ number: Double) -> Bool {
        let scaled = number * 256
        guard scaled.magnitude < 0x1p52, scaled == scaled.rounded(.towardZero), number != 0 || number.sign == .plus
        else { return false }
        let magnitude = UInt64(scaled.magnitude)
        var whole = magnitude >> 8
        var fraction = (magnitude & 0xFF) * 390_625  // of 100,000,000
        // From the end: 8 digits behind the point, 14 before it, a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            var end = 24
            var first = 24
            func put(_ byte: UInt8) {
                first -= 1
                text[first] = byte
            }
            for _ in 0..<8 {
                put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10))
                fraction /= 10
            }
            put(UInt8(ascii: "."))
            repeat {
                put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: whole % 10))
                whole /= 10
            } while whole > 0
            if scaled < 0 { put(UInt8(ascii: "-")) }
            while text[end - 1] == UInt8(ascii: "0"), text[end - 2] != UInt8(ascii: ".") { end -= 1 }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[first..<end]))
        }
        return true
    }
}

/// The last `digits` hexadecimal digits of `bits`, in lower case.
func hexadecimal(_ bits: UInt64, digits: Int) -> String {
    let text = String(bits, radix: 16)
    return String((String(repeating: "0", count: max(0, digits - text.count)) + text).suffix(digits))
}

/// A GUID made of `bits`: the same for the same bits.
func guid(_ bits: UInt64) -> String {
    let low = spread(bits)
    let high = spread(low)
    return [
        hexadecimal(high >> 32, digits: 8), hexadecimal(high >> 16, digits: 4), "4" + hexadecimal(high, digits: 3),
        "a" + hexadecimal(low >> 48, digits: 3), hexadecimal(low, digits: 12),
    ].joined(separator: "-")
}
