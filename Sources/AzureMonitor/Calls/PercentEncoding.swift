/// Percent-encoding (RFC 3986).
enum PercentEncoding {
    /// For a value in a query or a form: everything but letters, digits and `-._~` is encoded.
    static func value(_ text: String) -> String {
        encode(text) { isUnreserved($0) }
    }

    /// For a path whose slashes stay as they are.
    static func path(_ text: String) -> String {
        encode(text) { isUnreserved($0) || pathPunctuation.contains($0) }
    }

    /// The query of a URL, with its question mark. Names go out as they are.
    static func query(_ parameters: [(String, String)]) -> String {
        "?" + parameters.map { "\($0)=\(value($1))" }.joined(separator: "&")
    }

    private static let pathPunctuation = Set("/!$&'()*+,;=:@".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
