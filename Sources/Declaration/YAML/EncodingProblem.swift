#if canImport(Glibc)
    import Glibc
#endif

/// Bytes that are no UTF-8 text.
struct EncodingProblem {
    let message: String
    let mark: SourceMark?
    let fix: String

    /// The first problem, or `nil` when `bytes` are text.
    init?(in bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            self.init(message: "the file is UTF-16, not UTF-8", mark: nil, fix: "save it as UTF-8")
        } else if bytes.withUnsafeBytes({ $0.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false }) {
            self.init(message: "this is a binary file, not YAML", mark: nil, fix: "check that it is the right file")
        } else if String(validating: bytes, as: UTF8.self) == nil {
            let offset = firstInvalidByte(in: bytes)
            let value = String(bytes[offset], radix: 16, uppercase: true)
            self.init(
                message: "the byte 0x\(value) is not UTF-8", mark: SourceMark(ofByte: offset, in: bytes),
                fix: "save the file as UTF-8")
        } else {
            return nil
        }
    }

    private init(message: String, mark: SourceMark?, fix: String) {
        self.message = message
        self.mark = mark
        self.fix = fix
    }
}

/// The offset of the first byte that belongs to no character.
private func firstInvalidByte(in bytes: [UInt8]) -> Int {
    var valid = 0
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
    return min(valid, bytes.count - 1)
}

extension SourceMark {
    /// The place of the byte at `offset`.
    init(ofByte offset: Int, in bytes: some Collection<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
