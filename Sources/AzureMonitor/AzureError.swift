import MetricModel

/// Why Azure gave no answer that can be used.
///
/// Whatever it is, nothing was read: what was asked stays unread and is asked again. Never holds a secret or a token.
public struct AzureError: Error, Sendable, CustomStringConvertible {
    /// A small, fixed set: safe as a metric's attribute.
    public enum Code: String, Sendable, CaseIterable {
        /// No token was given out, or the token was refused.
        case unauthenticated
        /// The identity may not read this.
        case forbidden
        /// The resource, its group or its subscription is not there.
        case notFound
        /// Azure does not accept the question, or it cannot be asked.
        case badRequest
        /// Too many calls; `retryAfter` says how long to wait, when Azure said it.
        case throttled
        /// Azure says that it has a problem of its own (5xx, 408).
        case unavailable
        /// No connection, or it broke.
        case unreachable
        /// The server's certificate or the handshake was not accepted.
        case tls
        /// No whole answer in time.
        case timedOut
        /// A good status, but the body cannot be read as what was asked for.
        case malformedAnswer
        /// Something other than Azure answered: a proxy's page, a redirect.
        case unexpectedAnswer
        /// More than the limit for one answer.
        case bodyTooLarge
        /// The question is about more series than Azure looks through in one call: ask about fewer resources.
        case tooManySeries
        /// The task was cancelled.
        case cancelled
    }

    public var code: Code
    /// Which interface was asked; `nil` when it did not come to that. A token that cannot be had is `.tokens`.
    public var api: AzureAPI?
    /// Where the question went: host, with a port where it is not the usual one.
    public var host: String
    /// What was asked about; `nil` for tokens.
    public var resource: ResourceID?
    /// The HTTP status; `nil` when there was no answer.
    public var status: Int?
    /// Azure's own word: `AuthorizationFailed`, `AADSTS7000215`.
    public var serviceCode: String?
    /// What happened.
    public var message: String
    /// What to do about it.
    public var remedy: String
    /// What Azure's support asks for.
    public var requestIDs: RequestIDs
    /// How long Azure wants not to be asked again, if it said so.
    public var retryAfter: Duration?
    /// Whether no request was made, because the quota leaves no time for it: nothing was used of it either.
    public var isUnsent = false

    /// The ids under which Azure's support finds a request.
    public struct RequestIDs: Hashable, Sendable {
        /// `x-ms-client-request-id`, which we sent.
        public var client: String?
        /// `x-ms-request-id`.
        public var service: String?
        /// `x-ms-correlation-request-id`.
        public var correlation: String?

        /// By default none.
        public init(client: String? = nil, service: String? = nil, correlation: String? = nil) {
            self.client = client
            self.service = service
            self.correlation = correlation
        }
    }

    /// `message` and `remedy` about a question to `host`.
    public init(
        _ code: Code, host: String, resource: ResourceID? = nil, status: Int? = nil, serviceCode: String? = nil,
        message: String, remedy: String, requestIDs: RequestIDs = RequestIDs(), retryAfter: Duration? = nil
    ) {
        self.code = code
        self.host = host
        self.resource = resource
        self.status = status
        self.serviceCode = serviceCode
        self.message = message
        self.remedy = remedy
        self.requestIDs = requestIDs
        self.retryAfter = retryAfter
    }

    /// Whether the same question may be answered a little later without anybody doing something.
    public var isRetryable: Bool {
        switch code {
        case .throttled, .unavailable, .unreachable, .timedOut, .malformedAnswer: true
        case .unauthenticated, .forbidden, .notFound, .badRequest, .tls, .unexpectedAnswer, .bodyTooLarge,
            .tooManySeries,
            .cancelled:
            false
        }
    }

    /// What happened, where, what became of the data, what to do; one line.
    public var description: String {
        let fate = "Nothing is lost: Azure keeps these values until they are asked for again."
        return "\(circumstances) \(fate)\(advice)"
    }

    /// What happened, where, and what to do, for questions that no data hangs on; one line.
    public var explanation: String { circumstances + advice }

    /// What to do, and behind it what Azure's support asks for.
    private var advice: String { (remedy.isEmpty ? "" : " \(remedy)") + ids }

    /// What happened and where.
    public var circumstances: String { "\(message) [\(place)]" }

    private var ids: String {
        let correlation = requestIDs.correlation == requestIDs.service ? nil : requestIDs.correlation
        let named = [
            requestIDs.service.map { "request id \($0)" }, correlation.map { "correlation id \($0)" },
            requestIDs.client.map { "client request id \($0)" },
        ]
        let text = named.compactMap { $0 }.joined(separator: ", ")
        return text.isEmpty ? "" : " (\(text))"
    }

    private var place: String {
        var parts = [host]
        if let resource { parts.append(resource.description) }
        if status != nil || serviceCode != nil {
            parts.append([status.map { "HTTP \($0)" }, serviceCode].compactMap { $0 }.joined(separator: " "))
        }
        return parts.joined(separator: ", ")
    }
}
