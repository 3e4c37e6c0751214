/// A request as it reached the server.
public struct ServedRequest: Sendable {
    /// `http`, or `https` where the listener has a certificate.
    public var scheme: String
    /// Upper case: `GET`, `POST`. `HEAD` comes as `GET`.
    public var method: String
    /// The path as sent, still percent-encoded, without the query.
    public var path: String
    /// The query as sent, still percent-encoded, without the question mark; empty when there was none.
    public var query: String
    /// In the order in which they came.
    public var headers: [(name: String, value: String)]
    /// Whole, as sent: not decompressed.
    public var body: [UInt8]

    /// A request; tests of handlers make their own.
    public init(
        method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], scheme: String = "http"
    ) {
        self.scheme = scheme
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name, ignoring case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// What a handler answers.
public struct ServedResponse: Sendable {
    public var status: Int
    /// Besides `Content-Length`, which the server writes. One without a value is left out.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Wall time that passes before it goes out. Other connections are not held up meanwhile.
    public var delay: Duration

    /// An answer with `status`, by default at once.
    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], delay: Duration = .zero
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delay = delay
    }

    /// A JSON answer.
    public static func json(_ text: String, status: Int = 200, headers: [(name: String, value: String)] = []) -> Self {
        Self(
            status: status, headers: [("Content-Type", "application/json; charset=utf-8")] + headers,
            body: Array(text.utf8))
    }
}
