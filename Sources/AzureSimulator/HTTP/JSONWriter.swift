/// Writes JSON text from beginning to end.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// The text of one object.
    static func object(_ content: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
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
        bytes.append(contentsOf: number.description.utf8)
    }

    /// A number without point.
    mutating func value(_ number: Int64) {
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    /// `true` or `false`.
    mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: flag.description.utf8)
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
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0..<0x20: bytes.append(contentsOf: ("\\u00" + hexadecimal(UInt64(byte), digits: 2)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
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
