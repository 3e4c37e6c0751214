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
    /// Faults that are switched on from the beginning.
    public var faults: [Fault] = []

    /// The defaults, with this estate.
    public init(estate: Estate = .standard) {
        self.estate = estate
    }

    /// The delay that counts for `metric`.
    func delay(of metric: SimulatedMetric) -> Duration {
        let name = metric.name.lowercased()
        return delays.first { $0.key.lowercased() == name }?.value ?? metric.delay ?? delay
    }
}
