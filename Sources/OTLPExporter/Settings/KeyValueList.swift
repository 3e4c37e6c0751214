/// Lists of `key=value` in environment variables: the form of W3C baggage, without properties.
enum KeyValueList {
    /// What one item of a list is.
    enum Item: Equatable {
        case pair(name: String, value: String)
        /// `position` counts from 1. The text is kept out: it may be a secret.
        case unreadable(position: Int)
    }

    /// The items of `text`, spaces around keys and values trimmed, values percent-decoded. Empty items are left out.
    static func items(of text: String) -> [Item] {
        var items: [Item] = []
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let trimmed = trim(part)
            if trimmed.isEmpty { continue }
            items.append(item(trimmed) ?? .unreadable(position: index + 1))
        }
        return items
    }

    private static func item(_ text: Substring) -> Item? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = trim(text[..<equals])
        guard !name.isEmpty, let value = percentDecoded(trim(text[text.index(after: equals)...])) else { return nil }
        return .pair(name: String(name), value: value)
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }

    /// `nil` when a percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.
    static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
