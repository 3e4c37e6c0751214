/// One request. Headers go out in their order; `Host`, `Content-Length` and `Connection` are the client's business.
public struct HTTPRequest: Sendable {
    /// The methods that Azure and OTLP need.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    public var method: Method
    /// Absolute, `http` or `https`, already percent-encoded.
    public var url: String
    public var headers: [(name: String, value: String)]
    /// Sent as it is, with its length; never chunked. Empty for GET.
    public var body: [UInt8]
    public var limits: HTTPLimits
    public var tls: TLSSettings

    /// A request with the default limits and the system's trust store.
    public init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        limits: HTTPLimits = HTTPLimits(), tls: TLSSettings = TLSSettings()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
        self.tls = tls
    }
}

/// What one request may cost.
public struct HTTPLimits: Sendable {
    /// From start to the last byte, on wall time. Zero means no limit.
    public var total: Duration
    /// Until the connection stands, TLS included.
    public var connect: Duration
    /// Of the answer, after decompression.
    public var bodyBytes: Int

    /// By default 60 s in all, 5 s to connect, 64 MiB of body.
    public init(total: Duration = .seconds(60), connect: Duration = .seconds(5), bodyBytes: Int = 64 << 20) {
        self.total = total
        self.connect = connect
        self.bodyBytes = bodyBytes
    }
}

/// Files in PEM form, read for each request: one that was replaced holds from the next. Verification of the server is always on.
public struct TLSSettings: Hashable, Sendable {
    /// Trusted certificates; `nil` = the system's, where `SSL_CERT_FILE` and `SSL_CERT_DIR` take the places of its bundle and
    /// its folder.
    public var caFile: String?
    /// The client's certificate and key; both or none.
    public var clientCertificateFile: String?
    public var clientKeyFile: String?

    /// By default the system's trust store and no client certificate.
    public init(caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil) {
        self.caFile = caFile
        self.clientCertificateFile = clientCertificateFile
        self.clientKeyFile = clientKeyFile
    }
}
