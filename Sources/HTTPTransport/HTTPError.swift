/// Why there was no whole answer. Only ``status`` says anything about whether the server acted on the request.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// A small, fixed set: safe as a metric's attribute.
    public enum Code: String, Sendable, CaseIterable {
        /// The task was cancelled, or the client was shut down.
        case cancelled
        /// The host has no address.
        case unresolved
        /// Refused, unreachable, or not connected in time.
        case unreachable
        /// The server's certificate or the handshake was not accepted.
        case tls
        /// No whole answer within `HTTPLimits.total`.
        case timedOut
        /// Reset or closed in the middle, wrong length, broken chunks.
        case interrupted
        /// The body does not decompress.
        case damagedBody
        /// More than `HTTPLimits.bodyBytes`.
        case bodyTooLarge
        /// The URL, or a file named in the TLS settings, cannot be used.
        case badRequest
    }

    public var code: Code
    /// Scheme, host and port: where the request went. Never the query, which may hold secrets.
    public var endpoint: String
    /// What happened, in the library's words.
    public var reason: String
    /// Of an answer whose header fields were whole and whose body was not; `nil` when it did not come that far.
    public var status: Int?
    /// Of that answer; empty without a status.
    public var headers: HTTPHeaders

    /// `reason` at `endpoint`; by default before any answer.
    public init(
        _ code: Code, endpoint: String, reason: String, status: Int? = nil, headers: HTTPHeaders = HTTPHeaders()
    ) {
        self.code = code
        self.endpoint = endpoint
        self.reason = reason
        self.status = status
        self.headers = headers
    }

    public var description: String { "\(endpoint): \(reason)" }
}
