/// How the agent runs: `runtime.yaml` with the environment's overrides, checked and with its defaults applied.
public struct RuntimeConfiguration: Sendable {
    /// Where the agent is asked for its health; 0 lets the system choose.
    public var httpPort: UInt16
    /// Whether the agent's health is reported; else it calls itself healthy always, as Promitor does then.
    public var checksHealth: Bool
    public var identity: DeclaredIdentity
    public var collection: CollectionDefaults
    /// `nil` when there is no such section: the `OTEL_EXPORTER_OTLP_*` variables may still ask for OTLP.
    public var openTelemetryCollector: CollectorSettings?
    /// The least that is logged.
    public var verbosity: Verbosity

    /// Without a `server` section: the port of Promitor's Helm chart, open to every user.
    public static let defaultPort: UInt16 = 5000

    /// A configuration of these parts.
    public init(
        httpPort: UInt16 = defaultPort, checksHealth: Bool = true, identity: DeclaredIdentity,
        collection: CollectionDefaults = CollectionDefaults(), openTelemetryCollector: CollectorSettings? = nil,
        verbosity: Verbosity = .information
    ) {
        self.httpPort = httpPort
        self.checksHealth = checksHealth
        self.identity = identity
        self.collection = collection
        self.openTelemetryCollector = openTelemetryCollector
        self.verbosity = verbosity
    }
}

/// Who asks Azure: a service principal with a secret.
public struct DeclaredIdentity: Hashable, Sendable {
    /// Entra's application (client) id.
    public var applicationID: String
    public var secret: Secret
    /// What `AZURE_TENANT_ID` says; the declaration's `tenantId` comes first.
    public var tenantID: String?

    /// The service principal `applicationID`.
    public init(applicationID: String, secret: Secret, tenantID: String? = nil) {
        self.applicationID = applicationID
        self.secret = secret
        self.tenantID = tenantID
    }
}

/// When buckets are read, for metrics that do not say otherwise. Never negative, at most 93 days each.
public struct CollectionDefaults: Hashable, Sendable {
    /// How long after its end a bucket is first read for good; `nil` follows the bucket's width.
    public var settle: Duration?
    /// How long after its end an empty bucket may still fill; `nil` follows the bucket's width.
    public var overlap: Duration?
    /// How far before the first start history is read.
    public var backfill: Duration
    /// How far back buckets are read that an outage left open.
    public var catchUp: Duration

    /// These settings; by default no history and a day of catching up.
    public init(
        settle: Duration? = nil, overlap: Duration? = nil, backfill: Duration = .zero,
        catchUp: Duration = .seconds(86_400)
    ) {
        self.settle = settle
        self.overlap = overlap
        self.backfill = backfill
        self.catchUp = catchUp
    }
}

/// What `metricSinks.openTelemetryCollector` says; `nil` is not said.
public struct CollectorSettings: Hashable, Sendable {
    /// A header of each request; its value may be a token.
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: Secret

        /// `name: value`.
        public init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// PEM files for TLS.
    public struct TLS: Hashable, Sendable {
        /// The authorities that are trusted instead of the system's.
        public var caFile: String?
        public var clientCertificateFile: String?
        public var clientKeyFile: String?

        /// These files.
        public init(caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil) {
            self.caFile = caFile
            self.clientCertificateFile = clientCertificateFile
            self.clientKeyFile = clientKeyFile
        }
    }

    /// Where the facts about the Azure resource stand: on the OTLP resource, or as labels on each point.
    public enum Layout: String, CaseIterable, Sendable { case resource, flat }

    /// The end of a bucket that is the time of its point.
    public enum PointTime: String, CaseIterable, Sendable { case end, start }

    /// An `http` or `https` URL, below which `v1/metrics` is posted to.
    public var collectorURI: String?
    public var headers: [Header]?
    /// Of one request, more than zero and at most one hour.
    public var timeout: Duration?
    public var isCompressed: Bool?
    public var tls: TLS?
    public var layout: Layout?
    public var timestamp: PointTime?
    public var serviceName: String?
    public var serviceNamespace: String?
    /// Statuses, from 400 to 599, after which the same bytes are sent again, besides 429, 502, 503 and 504.
    public var retryStatus: Set<Int>?

    /// A section that says nothing yet.
    public init() {}
}

/// How much is logged, from the most to the least.
public enum Verbosity: String, CaseIterable, Comparable, Sendable {
    case trace, debug, information, warning, error, critical, none

    public static func < (left: Verbosity, right: Verbosity) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
