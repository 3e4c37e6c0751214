/// `text` as a JSON string (RFC 8259, section 7), quotation marks included.
public func jsonString(_ text: String) -> String {
    // Most texts are ids and names.
    var plain = text
    let isPlain = plain.withUTF8 { bytes in
        bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
    var result = "\""
    if isPlain {
        result.reserveCapacity(text.utf8.count + 2)
        result += text
        result += "\""
        return result
    }
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
