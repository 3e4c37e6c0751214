import MetricModel

/// How the agent runs: `runtime.yaml` with the environment's overrides, checked and with its defaults applied.
public struct RuntimeConfiguration: Sendable {
    /// Where the agent is asked for its health; 0 lets the system choose.
    public var httpPort: UInt16
    /// Whether the agent's health is reported; else it calls itself healthy always, as Promitor does then.
    public var checksHealth: Bool
    public var identity: DeclaredIdentity
    public var collection: CollectionDefaults
    public var state: StateSettings
    public var metricsBatching: MetricsBatching
    /// `nil` when there is no such section: the `OTEL_EXPORTER_OTLP_*` variables may still ask for OTLP.
    public var openTelemetryCollector: CollectorSettings?
    /// The least that is logged.
    public var verbosity: Verbosity

    /// Without a `server` section: the port of Promitor's Helm chart, open to every user.
    public static let defaultPort: UInt16 = 5000

    /// A configuration of these parts.
    public init(
        httpPort: UInt16 = defaultPort, checksHealth: Bool = true, identity: DeclaredIdentity,
        collection: CollectionDefaults = CollectionDefaults(), state: StateSettings = StateSettings(),
        metricsBatching: MetricsBatching = MetricsBatching(), openTelemetryCollector: CollectorSettings? = nil,
        verbosity: Verbosity = .information
    ) {
        self.httpPort = httpPort
        self.checksHealth = checksHealth
        self.identity = identity
        self.collection = collection
        self.state = state
        self.metricsBatching = metricsBatching
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

/// What becomes of a bucket whose value Azure changes after it was sent. Raw values are the words of the configuration.
public enum Revisions: String, CaseIterable, Sendable {
    /// It is counted.
    case ignore
    /// It is counted and sent again, with the same time.
    case resend
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
    /// Whether a value that Azure changes after it was sent is sent again.
    public var revisions: Revisions

    /// These settings; by default no history and a day of catching up.
    public init(
        settle: Duration? = nil, overlap: Duration? = nil, backfill: Duration = .zero,
        catchUp: Duration = .seconds(86_400), revisions: Revisions = .ignore
    ) {
        self.settle = settle
        self.overlap = overlap
        self.backfill = backfill
        self.catchUp = catchUp
        self.revisions = revisions
    }
}

/// Where the agent keeps what must outlive it, and how much of it.
public struct StateSettings: Hashable, Sendable {
    /// As it was written; `nil` leaves the choice to the agent.
    public var folder: String?
    /// The most that requests take on disk that wait for their destinations, all together; at least 1 MiB.
    public var maximumBytes: Int
    /// How long a request waits before it is deleted, never zero; `nil` as long as buckets are caught up.
    public var maximumAge: Duration?

    /// These settings; by default 256 MiB.
    public init(folder: String? = nil, maximumBytes: Int = 256 << 20, maximumAge: Duration? = nil) {
        self.folder = folder
        self.maximumBytes = maximumBytes
        self.maximumAge = maximumAge
    }
}

/// Whether one call asks for several resources: Azure Monitor's batch API, which is charged for.
public struct MetricsBatching: Hashable, Sendable {
    /// The most resources that Azure Monitor takes in a call.
    public static let mostResources = 50

    /// As it was written; `nil` when nobody said.
    public var enabled: Bool?
    /// The most resources of one call, 1 to ``mostResources``.
    public var maximumResources: Int

    /// On, unless it is switched off.
    public var isEnabled: Bool { enabled ?? true }

    /// These settings; by default nobody said, and calls are as large as they may be.
    public init(enabled: Bool? = nil, maximumResources: Int = mostResources) {
        self.enabled = enabled
        self.maximumResources = maximumResources
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
    /// The longest pause between two tries, more than zero and at most one hour.
    public var retryCap: Duration?
    public var isCompressed: Bool?
    public var tls: TLS?
    public var layout: Layout?
    public var timestamp: PointTime?
    /// As what totals and counts are sent.
    public var sumsAs: SumForm?
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
