import HTTPTransport
import MetricModel

/// Where OTLP goes and how. Made by ``resolve(configured:environment:version:)``.
public struct OTLPSettings: Sendable {
    /// The URL that is posted to, path included.
    public var endpoint: String
    /// Sent with every request. The values are secrets: never print them.
    public var headers: [(name: String, value: String)]
    /// Of one request; zero means no limit.
    public var timeout: Duration
    public var tls: TLSSettings
    /// Statuses that ask to try again, besides those of the specification: 429, 502, 503 and 504.
    public var retryStatus: Set<Int>
    public var mapping: OTLPMapping

    /// Settings that need no resolving.
    public init(
        endpoint: String, headers: [(name: String, value: String)] = [],
        timeout: Duration = OTLPSettings.defaultTimeout, tls: TLSSettings = TLSSettings(),
        retryStatus: Set<Int> = [], mapping: OTLPMapping = OTLPMapping()
    ) {
        self.endpoint = endpoint
        self.headers = headers
        self.timeout = timeout
        self.tls = tls
        self.retryStatus = retryStatus
        self.mapping = mapping
    }

    /// What the specification says where nobody says otherwise.
    public static let defaultEndpoint = "http://localhost:4318/v1/metrics"
    public static let defaultTimeout = Duration.seconds(10)

    /// The endpoint without user, password and query: fit for a log.
    public var displayEndpoint: String { OTLPEndpoint.display(endpoint) }
}

/// What the section `openTelemetryCollector` of `runtime.yaml` says; `nil` = nothing.
public struct OTLPConfiguredValues: Sendable {
    /// A base URL, to which `v1/metrics` is appended.
    public var collectorURI: String?
    /// Replaces all headers of the environment.
    public var headers: [(name: String, value: String)]?
    public var timeout: Duration?
    public var isCompressed: Bool?
    public var tls: TLSSettings?
    public var layout: OTLPMapping.Layout?
    public var pointTime: OTLPMapping.PointTime?
    public var serviceName: String?
    public var serviceNamespace: String?
    public var retryStatus: Set<Int>?

    /// A section that says this.
    public init(
        collectorURI: String? = nil, headers: [(name: String, value: String)]? = nil, timeout: Duration? = nil,
        isCompressed: Bool? = nil, tls: TLSSettings? = nil, layout: OTLPMapping.Layout? = nil,
        pointTime: OTLPMapping.PointTime? = nil, serviceName: String? = nil, serviceNamespace: String? = nil,
        retryStatus: Set<Int>? = nil
    ) {
        self.collectorURI = collectorURI
        self.headers = headers
        self.timeout = timeout
        self.isCompressed = isCompressed
        self.tls = tls
        self.layout = layout
        self.pointTime = pointTime
        self.serviceName = serviceName
        self.serviceNamespace = serviceNamespace
        self.retryStatus = retryStatus
    }
}

/// Something in the configuration or the environment that was not taken as it stands.
public struct OTLPSettingsWarning: Hashable, Sendable, CustomStringConvertible {
    /// The variable or the key: `OTEL_EXPORTER_OTLP_TIMEOUT`, `collectorUri`.
    public let name: String
    /// What is wrong and what was taken instead. Never holds a header's value.
    public let message: String
    /// The header that would not be sent: most collectors then refuse everything.
    public let lostHeader: String?
    /// What to write instead; `nil` when the message says it.
    public let fix: String?

    public var description: String { "\(name): \(message)" }
}
