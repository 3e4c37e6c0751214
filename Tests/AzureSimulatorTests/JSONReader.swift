import Foundation

/// The JSON object in `bytes`; empty when it is none.
///
/// Not Foundation's: `JSONSerialization` is off by one in the last place of some numbers.
func jsonObject(_ bytes: [UInt8]) -> [String: Any] {
    var reader = JSONReader(bytes: bytes)
    guard let object = reader.value() as? [String: Any], reader.isAtEnd else { return [:] }
    return object
}

/// A strict reader of what the simulator writes: no blanks, and of the escapes only those it uses.
private struct JSONReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func value() -> Any? {
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "{"): object()
        case UInt8(ascii: "["): array()
        case UInt8(ascii: "\""): string()
        default: scalar()
        }
    }

    private mutating func object() -> [String: Any]? {
        var object: [String: Any] = [:]
        position += 1
        while !skip("}") {
            guard object.isEmpty || skip(","), let name = string(), skip(":"), let value = value(),
                object.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return object
    }

    private mutating func array() -> [Any]? {
        var array: [Any] = []
        position += 1
        while !skip("]") {
            guard array.isEmpty || skip(","), let value = value() else { return nil }
            array.append(value)
        }
        return array
    }

    private mutating func string() -> String? {
        guard skip("\"") else { return nil }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(bytes: text, encoding: .utf8) }
            guard byte == UInt8(ascii: "\\"), position < bytes.count else {
                text.append(byte)
                continue
            }
            if bytes[position] == UInt8(ascii: "u") {
                let digits = String(decoding: bytes[(position + 1)...].prefix(4), as: UTF8.self)
                guard let control = UInt8(digits, radix: 16) else { return nil }
                text.append(control)
                position += 5
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return nil
    }

    /// A number, `true`, `false` or `null`. Numbers are `NSNumber`, to be read as integer or as floating point.
    private mutating func scalar() -> Any? {
        let end = bytes[position...].firstIndex { [UInt8(ascii: ","), 0x5D, 0x7D].contains($0) } ?? bytes.count
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end
        if text == "null" { return NSNull() }
        return Bool(text) ?? Double(text).map { NSNumber(value: $0) }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
