/// A whole answer.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    /// Decompressed.
    public var body: HTTPBody
    /// Spoken on the connection it came on.
    public var version: HTTPVersion

    /// An answer with `status`.
    public init(
        status: Int, headers: HTTPHeaders = HTTPHeaders(), body: HTTPBody = HTTPBody(), version: HTTPVersion = .http1_1
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.version = version
    }
}

/// The versions of HTTP that are spoken.
public enum HTTPVersion: String, Sendable, CaseIterable {
    case http1_0 = "1.0"
    case http1_1 = "1.1"
    case http2 = "2"
}

/// Header fields of an answer; names compare without regard to case.
public struct HTTPHeaders: Sendable {
    private var fields: [(name: String, value: String)]

    /// These fields, in their order.
    public init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    /// Adds a field behind the others.
    public mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// The value of the first field of that name.
    public subscript(_ name: String) -> String? {
        fields.first { Self.isSame($0.name, name) }?.value
    }

    /// Without copies in lower case: every answer is asked for a dozen names.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        func lower(_ byte: UInt8) -> UInt8 {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
        return left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lower($0) == lower($1) }
    }
}
