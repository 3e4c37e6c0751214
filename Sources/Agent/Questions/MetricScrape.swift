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
        let now = azureTime.now
        let reading = form.reading(at: choice.grain)
        var rules = reading.rules
        rules.backfill = choice.grain.duration * bucketCount
        let times = SettlementTimes(rules)
        var scrape = ResourceScrape(
            resource: declared.resource, metric: reading.descriptor, settledUntil: rules.settledEnd(at: now),
            settle: rules.settle)
        var ledger = BlockLedger(times: times)
        ledger.begin(0, at: now, times: times)
        let birth = ledger.mark(0) ?? now
        let end = max(rules.settledEnd(at: now), now.floored(to: choice.grain))
        let filter = ScrapeTable.Filter(declared)
        let request = MetricRequest(
            strip: 0, slots: 1, resources: [0],
            feed: Feed(
                route: .single, subscriptionID: "", region: "", namespace: "", grain: choice.grain, filter: filter.text,
                top: form.top), metricName: metric.azureMetricName, metricKey: form.metricKey,
            aggregation: form.declared.aggregation, window: birth..<end, mark: birth,
            reachBackWidth: rules.reachBackWidth)
        for call in CallPlanner().calls(for: [request]) {
            let question = MetricsQuestion(call: call, resourceIDs: [declared.resource.id])
            switch await AzureMetricsSource(client: client, azureTime: azureTime).answer(to: question) {
            case .failure(let error):
                scrape.failure = error.explanation
                if error.code == .badRequest {
                    scrape.failure? += known?.advice(on: metric.azureMetricName, metric: form.declared.name) ?? ""
                }
            case .success(let table):
                take(table, filter: filter, call: call, rules: rules, ledger: &ledger, into: &scrape)
            }
        }
        return scrape
    }

    private func take(
        _ table: MetricsTable, filter: ScrapeTable.Filter, call: MetricsCall, rules: SettlementRules,
        ledger: inout BlockLedger, into scrape: inout ResourceScrape
    ) {
        let series: Range<Int>
        switch table.cell(resource: 0, metric: 0) {
        case .missing:
            scrape.failure = "\(table.host) left the metric \(metric.azureMetricName) out of its answer."
            return
        case .failed(let error):
            scrape.failure = "\(table.host) refused the metric \(metric.azureMetricName): \(error)"
            return
        case .series(let range): series = range
        }
        let reading = CellReading(
            table: table, series: series, aggregation: form.declared.aggregation, labels: filter.labels)
        let now = min(azureTime.now, table.answeredAt ?? azureTime.now)
        var settled = Settled()
        ledger.settle(
            0, reading, window: call.window, now: now, times: SettlementTimes(rules), into: &settled)
        scrape.settledUntil = min(rules.settledEnd(at: now), call.window.upperBound)
        scrape.unit = table.unit(resource: 0, metric: 0)
        if let region = table.region(ofResource: 0) { scrape.resource = scrape.resource.located(in: region) }
        var batch = MetricBatch()
        batch.begin(scrape.resource)
        batch.add(settled.points, of: reading, metric: scrape.metric, unit: scrape.unit)
        scrape.pushed = batch.resources.first?.metrics.first
        scrape.series = (0..<reading.seriesCount).map { index in
            let (_, column) = reading.series(at: index)
            return ResourceScrape.Series(
                labels: reading.dimensions(ofSeries: index),
                buckets: (0..<column.count).map { row in
                    ResourceScrape.Bucket(
                        start: Timestamp(seconds: column.start(at: row)), value: column.value(at: row))
                }.sorted { $0.start < $1.start })
        }.sorted { left, right in
            left.labels.map(\.value).lexicographicallyPrecedes(right.labels.map(\.value))
        }
    }
}
