import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter

/// What it takes to ask Azure about a declaration: everything but a place to push to.
public struct AzureAccess: Sendable {
    public var declaration: MetricsDeclaration
    public var collection: CollectionDefaults
    public var environment: AzureEnvironment
    public var credential: any AzureCredential
    /// How points become OTLP, where somebody wants to see them so.
    public var mapping: OTLPMapping
    /// How the agent would ask for many resources at once.
    public var batching: MetricsBatching
    /// As what the agent would send totals and counts.
    public var sumsAs: SumForm

    /// Questions about `declaration` in this cloud, asked by this identity.
    public init(
        declaration: MetricsDeclaration, collection: CollectionDefaults, environment: AzureEnvironment,
        credential: any AzureCredential, mapping: OTLPMapping = OTLPMapping(),
        batching: MetricsBatching = MetricsBatching(), sumsAs: SumForm = .gauge
    ) {
        self.declaration = declaration
        self.collection = collection
        self.environment = environment
        self.credential = credential
        self.mapping = mapping
        self.batching = batching
        self.sumsAs = sumsAs
    }

    /// A client with a token cache of its own, and Azure's time as its answers tell it.
    public func client(_ http: any HTTPClient, clock: any AgentClock) -> (AzureMonitorClient, AzureTime) {
        let azureTime = AzureTime(clock: clock)
        let tokens = TokenCache(
            credential: credential, environment: environment, client: http, clock: clock, azureTime: azureTime)
        let client = AzureMonitorClient(
            environment: environment, tokens: tokens, client: http, clock: clock, azureTime: azureTime)
        return (client, azureTime)
    }
}
