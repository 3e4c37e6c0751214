import MetricModel

/// What a simulated Azure consists of and whom it lets in.
public struct SimulatorOptions: Sendable {
    public var estate: Estate
    /// The one tenant, application and secret that the token endpoint knows.
    public var tenantID = "c8819874-9e56-4e3f-b1a8-1c0325138f27"
    public var clientID = "ceb249a3-44ce-4c90-8863-6776336f5b7e"
    /// Holds signs that must be encoded in a form.
    public var clientSecret = "only+for/the~simulator"
    /// How long a token lasts.
    public var tokenLifetime: Duration = .seconds(3599)
    /// Decides every value, order and spelling.
    public var seed: UInt64 = 1
    /// When the estate came to be: series that appear late count from here. `nil` = when the simulator starts.
    public var start: Timestamp?
    /// From the end of a minute to its final value, for metrics without a delay of their own.
    public var delay: Duration = .seconds(120)
    /// Delays by metric name, in any case; they go before the table's.
    public var delays: [String: Duration] = [:]
    /// Calls that are remembered.
    public var journalCapacity = 10_000
    /// Reads of metric definitions that a subscription has in five minutes.
    public var definitionReads = 400
    /// Buckets that arrive in another way than ``delay`` says.
    public var lateness: [LatenessRule] = []
    /// Resources that appear or are deleted; the times of ``SimulatedMoment/after(_:)`` count from the simulator's start.
    public var lives: [ResourceLife] = []
    /// How often content is spelled or ordered oddly where it can be, 0 to 1.
    public var oddContent = 0.0
    /// What refuses further reads, and further getBatch calls.
    public var readLimits = ReadLimits.azure
    /// Queries of Azure Resource Graph that a caller has in five seconds.
    public var graphQueries = 15
    /// Faults that are switched on from the beginning.
    public var faults: [Fault] = []
    /// What goes wrong from the beginning in calls about many resources.
    public var batchFaults: [BatchFault] = []

    /// The defaults, with this estate.
    public init(estate: Estate = .standard) {
        self.estate = estate
    }

    /// Makes every metric of the estate final so long after the end of a minute, whatever its table says.
    public mutating func setEveryDelay(_ delay: Duration) {
        self.delay = delay
        for metric in estate.resources.flatMap(\.metrics) { delays[metric.name] = delay }
    }

    /// The delay that counts for `metric`.
    func delay(of metric: SimulatedMetric) -> Duration {
        guard !delays.isEmpty else { return metric.delay ?? delay }
        let name = metric.name.lowercased()
        return delays.first { $0.key.lowercased() == name }?.value ?? metric.delay ?? delay
    }
}
