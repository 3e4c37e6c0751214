/// `text` without its percent-encoding. An escape that is none stays as it is.
/// - Parameter plusIsSpace: As in queries and forms, where `+` stands for a space.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        if byte == UInt8(ascii: "%"), index + 2 < bytes.count, let high = hexDigit(bytes[index + 1]),
            let low = hexDigit(bytes[index + 2])
        {
            decoded.append(high << 4 | low)
            index += 3
        } else {
            decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The parameters of a query or the fields of a form.
struct Parameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// These pairs, decoded already.
    init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs
    }

    /// Reads `a=1&b=2`, decoded once.
    init(encoded text: some StringProtocol) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                percentDecoded(parts[0], plusIsSpace: true),
                parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
            )
        }
    }

    /// The first value of `name`, in any case.
    subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return pairs.first { $0.name.lowercased() == name }?.value
    }

    /// All of them, as received.
    var all: [(name: String, value: String)] { pairs }

    /// A comma list without blanks around its members and without empty ones; `nil` when `name` is missing.
    func list(_ name: String) -> [String]? {
        self[name]?.split(separator: ",").map { String(trimmed($0)) }.filter { !$0.isEmpty }
    }
}

/// `text` without the spaces around it.
func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(text)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
}
