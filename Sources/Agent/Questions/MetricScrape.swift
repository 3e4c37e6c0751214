import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import Planning
import Settlement

/// What one metric of one resource looks like now.
public struct ResourceScrape: Sendable {
    /// One bucket of one series.
    public struct Bucket: Hashable, Sendable {
        public var start: Timestamp
        /// `nil` where Azure has none; zero is a value.
        public var value: Double?
    }

    /// One series.
    public struct Series: Sendable {
        /// Dimensions under the names their values go out with.
        public var labels: [Label]
        /// In rising time.
        public var buckets: [Bucket]
    }

    /// With its region, once Azure has said it.
    public var resource: MonitoredResource
    /// At the grain it was read at.
    public var metric: MetricDescriptor
    /// Azure's word; empty when it was not said.
    public var unit = ""
    /// Buckets that end later may still change.
    public var settledUntil: Timestamp
    /// How long after its end a bucket is final.
    public var settle: Duration
    /// Sorted by their labels.
    public var series: [Series] = []
    /// Exactly what the agent would push of these buckets.
    public var pushed: MetricPoints?
    /// Why it could not be read; one line.
    public var failure: String?
}

/// One declared metric, read now and for nobody: nothing is pushed, nothing remembered.
public struct MetricScrape: Sendable {
    /// More settled buckets than this are a query, not a look.
    public static let maximumBuckets = 1440

    private let metric: DeclaredMetric
    private let form: MetricForm
    private let bucketCount: Int
    private let client: AzureMonitorClient
    private let azureTime: AzureTime
    private let definitions: DefinitionsCatalog
    private let limiter = CallLimiter(limit: CallConcurrency.limit)

    /// A look at `metric`, whose resources may have been narrowed.
    /// - Parameter bucketCount: Settled buckets of each series, 1 to ``maximumBuckets``; those that are not settled yet
    ///   come on top.
    public init(
        _ metric: DeclaredMetric, access: AzureAccess, bucketCount: Int, client http: any HTTPClient,
        clock: any AgentClock
    ) {
        self.metric = metric
        self.bucketCount = bucketCount
        let (client, azureTime) = access.client(http, clock: clock)
        (self.client, self.azureTime) = (client, azureTime)
        let gaps = metric.schedule.gaps(around: clock.systemNow, in: .process)
        // The agent's own settings but for where it begins.
        form = MetricForm(
            metric,
            settlement: SettlementSettings(
                settle: metric.collection.settle ?? access.collection.settle,
                overlap: metric.collection.overlap ?? access.collection.overlap,
                catchUp: access.collection.catchUp, scheduleInterval: gaps.shortest, longestGap: gaps.longest))
        definitions = DefinitionsCatalog(clock: clock, limiter: limiter, client: client)
    }

    /// Reads every resource, some at once.
    /// - Returns: One entry a resource, in the order of the declaration.
    /// - Throws: `CancellationError` only; whatever else fails is in the entries.
    public func run() async throws -> [ResourceScrape] {
        await client.learnTime()
        let byType = Dictionary(grouping: metric.resources, by: { DefinitionsCatalog.Key(of: $0.resource.id) })
        for (key, resources) in byType {
            let some = resources.prefix(DefinitionsCatalog.maximumSamples)
            await definitions.prepare(
                key, for: some.map { .init(metric: metric.azureMetricName, of: $0.resource.id) })
        }
        return try await withThrowingTaskGroup(of: (Int, ResourceScrape).self) { group in
            for (index, resource) in metric.resources.enumerated() {
                group.addTask { (index, try await limiter.run { await read(resource) }) }
            }
            var scrapes: [Int: ResourceScrape] = [:]
            for try await (index, scrape) in group { scrapes[index] = scrape }
            return metric.resources.indices.compactMap { scrapes[$0] }
        }
    }

    private func read(_ declared: DeclaredResource) async -> ResourceScrape {
        let known = await definitions.known(DefinitionsCatalog.Key(of: declared.resource.id))
        let choice = GrainChoice(
            declared: form.requestedGrain, offered: known?.grains(of: metric.azureMetricName),
            fallback: form.declared.grain)
        var pair = ScrapePair(metric, declared, form: form)
        let now = azureTime.now
        pair.read(at: choice.grain, now: now)
        var rules = pair.rules
        rules.backfill = choice.grain.duration * bucketCount
        var scrape = ResourceScrape(
            resource: declared.resource, metric: pair.metric, settledUntil: rules.settledEnd(at: now),
            settle: rules.settle)
        var ledger = PairLedger(firstPlannedAt: now, rules: rules)
        let end = max(rules.settledEnd(at: now), now.floored(to: choice.grain))
        let request = PairRequest(
            pair: 0, resourceID: declared.resource.id, metricName: metric.azureMetricName,
            aggregation: pair.metric.aggregation, grain: choice.grain, filter: pair.filter, top: pair.top,
            window: ledger.birth..<end, mark: ledger.birth, reachBackWidth: rules.reachBackWidth)
        for call in CallPlanner.calls(for: [request]) {
            switch await AzureMetricsSource(client: client, azureTime: azureTime).answer(to: call) {
            case .failure(let error):
                scrape.failure = error.explanation
                if error.code == .badRequest {
                    scrape.failure? += known?.advice(on: metric.azureMetricName, metric: form.declared.name) ?? ""
                }
            case .success(let answer):
                take(answer, pair: pair, call: call, rules: rules, ledger: &ledger, into: &scrape)
            }
        }
        return scrape
    }

    private func take(
        _ answer: MetricsAnswer, pair: ScrapePair, call: MetricsCall, rules: SettlementRules, ledger: inout PairLedger,
        into scrape: inout ResourceScrape
    ) {
        guard let answered = answer.metric(named: metric.azureMetricName) else {
            scrape.failure = "\(answer.host) left the metric \(metric.azureMetricName) out of its answer."
            return
        }
        if let error = answered.error {
            scrape.failure = "\(answer.host) refused the metric \(metric.azureMetricName): \(error)"
            return
        }
        let reading = MetricReading(
            answer: answered, aggregation: pair.metric.aggregation, dimensionLabels: pair.dimensionLabels)
        let now = min(azureTime.now, answer.answeredAt ?? azureTime.now)
        let settled = ledger.settle(reading, window: call.window, now: now, rules: rules)
        scrape.settledUntil = min(rules.settledEnd(at: now), call.window.upperBound)
        scrape.unit = answered.unit
        if let region = answer.region { scrape.resource = scrape.resource.located(in: region) }
        scrape.pushed = MetricPoints(
            metric: pair.metric, unit: answered.unit, series: settled.series, points: settled.points)
        scrape.series = (0..<reading.seriesCount).map { series in
            ResourceScrape.Series(
                labels: reading.dimensions(ofSeries: series),
                buckets: (0..<reading.bucketCount(ofSeries: series)).map { index in
                    let bucket = reading.bucket(index, ofSeries: series)
                    return ResourceScrape.Bucket(start: bucket.start, value: bucket.value)
                }.sorted { $0.start < $1.start })
        }.sorted { left, right in
            left.labels.map(\.value).lexicographicallyPrecedes(right.labels.map(\.value))
        }
    }
}
