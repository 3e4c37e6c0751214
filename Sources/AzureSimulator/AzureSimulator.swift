import HTTPServer
import MetricModel

/// A faithful Azure on loopback: token endpoint, metrics, definitions and namespaces, over HTTP or HTTPS.
///
/// It is all services at once under any name. Names that begin as Azure's do (`login.localhost`, `management.localhost`,
/// `westeurope.metrics.localhost`) are that one service, and so is a path that begins with such a name.
/// Every value is a pure function of the seed and the series, so tests and the demo can ask for the truth of what an agent
/// should have found. Below `/simulator/` the same is offered to other processes.
public final class AzureSimulator: Sendable {
    private let azure: SimulatedAzure
    private let listener: HTTPListener
    private let host: String
    private let scheme: String

    /// Starts to listen; returns when calls can come.
    /// - Parameters:
    ///   - clock: Decides what is settled and what has expired, and is what the `Date` header says.
    ///   - port: 0 = the kernel chooses one.
    ///   - tls: Certificate and key; `nil` = plain HTTP.
    /// - Throws: ``HTTPListenerError`` when it cannot listen there, or `tls` cannot be used.
    public init(
        options: SimulatorOptions = SimulatorOptions(), clock: any AgentClock, host: String = "127.0.0.1",
        port: UInt16 = 0, tls: ServerCertificate? = nil
    ) throws(HTTPListenerError) {
        let azure = SimulatedAzure(options: options, clock: clock)
        self.azure = azure
        self.host = host
        scheme = tls == nil ? "http" : "https"
        listener = try HTTPListener(host: host, port: port, tls: tls, sendsDate: false) { azure.answer($0) }
    }

    /// Where it listens.
    public var port: UInt16 { listener.port }

    /// `http://127.0.0.1:54321`: authority, resource manager and audience in one.
    public var baseURL: String { "\(scheme)://\(host):\(port)" }

    /// Ends every connection. Nothing is answered afterwards.
    public func stop() { listener.stop() }

    /// The final value of a bucket, whether Azure shows it yet or not.
    /// - Parameters:
    ///   - dimensions: Names and values in any case; what is not named is folded together, as Azure does.
    ///   - aggregation: `average`, `minimum`, `maximum`, `total` or `count`, in any case.
    /// - Returns: `nil` when Azure never has a value: no such series, nothing stored, or not in that grain.
    public func truth(
        resource: String, metric: String, dimensions: [String: String] = [:], aggregation: String, grain: TimeGrain,
        bucketStart: Timestamp
    ) -> Double? {
        azure.truth(
            resource: resource, metric: metric, dimensions: dimensions, aggregation: aggregation, grain: grain,
            bucketStart: bucketStart)
    }

    /// The buckets of a series from `start` until `end` that have a value in the end, with the time from which it can be
    /// relied on. The parameters are those of ``truth(resource:metric:dimensions:aggregation:grain:bucketStart:)``.
    public func buckets(
        resource: String, metric: String, dimensions: [String: String] = [:], aggregation: String, grain: TimeGrain,
        from start: Timestamp, to end: Timestamp
    ) -> [TrueBucket] {
        azure.buckets(
            resource: resource, metric: metric, dimensions: dimensions, aggregation: aggregation, grain: grain,
            from: start, to: end)
    }

    /// Gives resources a life from now on, in the place of one for the same part of an id.
    public func set(_ life: ResourceLife) {
        let now = azure.clock.systemNow
        azure.state.withLock { $0.lives.set(life, at: now) }
    }

    /// Every combination of values of the dimensions `names` that exists on the resource, idle and late ones included.
    ///
    /// One empty combination when `names` is empty; none when metric or dimension does not exist.
    public func seriesOf(resource: String, metric: String, splitBy names: [String]) -> [[String: String]] {
        azure.seriesOf(resource: resource, metric: metric, splitBy: names)
    }

    /// The last calls, oldest first; at most `SimulatorOptions.journalCapacity`.
    public var journal: [JournalEntry] { azure.state.withLock { $0.journal.elements } }

    /// Switches `fault` on, in the place of one of the same name.
    public func add(_ fault: Fault) {
        let now = azure.clock.systemNow
        azure.state.withLock { $0.faults.add(fault, at: now) }
    }

    /// Switches off the fault of that name; `nil` = all of them.
    public func removeFaults(named name: String? = nil) { azure.state.withLock { $0.faults.remove(named: name) } }

    /// All calls so far by operation: `token`, `metrics`, `metricsBatch`, `metricNamespaces`, `metricDefinitions`,
    /// `resourceGraph`, `none`.
    public var callCounts: [String: Int] { callAccounts.byRoute }

    /// All calls so far by application and operation, and those on the bill.
    public var callAccounts: CallAccounts { azure.state.withLock { $0.accounts } }

    /// Puts these faults of calls about many resources in the place of those that are switched on.
    public func setBatchFaults(_ faults: [BatchFault]) { azure.state.withLock { $0.batchFaults = faults } }
}
