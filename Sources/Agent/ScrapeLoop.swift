import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// The metrics of one schedule: runs them once at start and then when their cron says so.
///
/// It alone owns its pairs, so runs of one schedule cannot overlap and loops share nothing but the call limiter.
actor ScrapeLoop {
    let schedule: CronSchedule
    private var pairs: [ScrapePair]
    private let source: any MetricsSource
    private let outbox: any Outbox
    private let limiter: CallLimiter
    private let clock: any AgentClock

    /// Points that are handed over together: a cycle of a large schedule commits as it goes.
    private static let commitPoints = 4000

    init(
        schedule: CronSchedule, pairs: [ScrapePair], source: any MetricsSource, outbox: any Outbox,
        limiter: CallLimiter, clock: any AgentClock
    ) {
        self.schedule = schedule
        self.pairs = pairs
        self.source = source
        self.outbox = outbox
        self.limiter = limiter
        self.clock = clock
    }

    /// Runs until cancelled. Each finished cycle is reported.
    func run(report: @Sendable (CycleReport) -> Void) async throws {
        while true {
            report(try await runCycle())
            try await sleepUntilDue()
        }
    }

    /// Sleeps to the next occurrence by the system's clock, in pieces, so that a jump of that clock is noticed.
    private func sleepUntilDue() async throws {
        guard var due = schedule.next(after: clock.systemNow, in: .process) else { throw CancellationError() }
        while true {
            // The monotonic clock first: if time passes in between, the sleep is too short, never too long.
            let start = clock.monotonicNow
            let now = clock.systemNow
            if now >= due { return }
            if let next = schedule.next(after: now, in: .process), next < due { due = next }
            try await clock.sleep(untilMonotonic: start + min(due - now, .seconds(60)))
        }
    }

    /// One cycle: everything that is settled and not yet sent, for every pair.
    /// - Throws: `CancellationError` only; whatever else fails is in the report.
    func runCycle() async throws -> CycleReport {
        let now = source.now
        var report = CycleReport(schedule: schedule.text, startedAt: now)
        report.pairCount = pairs.count
        beginPairs(at: now, report: &report)
        let monotonicNow = clock.monotonicNow
        var open = Set(pairs.indices.filter { pairs[$0].pausedUntil <= monotonicNow })
        report.pausedMetrics = Set(pairs.indices.filter { !open.contains($0) }.map { pairs[$0].metric.name })
        while true {
            let marks = pairs.map { $0.ledger?.mark }
            let requests = open.sorted().compactMap { pairs[$0].request(number: $0, at: now) }
            var round = Round(requests: requests)
            guard try await perform(&round, report: &report) else { break }
            // Once more for those that moved on and are still behind: long gaps take several windows.
            open = open.filter { index in
                guard let mark = pairs[index].ledger?.mark, !round.failed.contains(index) else { return false }
                return mark != marks[index] && mark < pairs[index].rules.settledEnd(at: now)
            }
            if open.isEmpty { break }
        }
        report.settledUntil = pairs.compactMap { $0.ledger?.mark }.min()
        return report
    }

    private func beginPairs(at now: Timestamp, report: inout CycleReport) {
        for index in pairs.indices {
            let rules = pairs[index].rules
            if pairs[index].ledger == nil { pairs[index].ledger = PairLedger(firstPlannedAt: now, rules: rules) }
            if let range = pairs[index].ledger?.skipOlderThanCatchUp(at: now, rules: rules) {
                report.skipped.append(
                    SkippedRange(metric: pairs[index].metric.name, resource: pairs[index].resource.id, range: range))
            }
        }
    }

    /// The calls of one window, what they brought, and who failed.
    private struct Round {
        let requests: [PairRequest]
        var waiting: [MetricsCall]
        var decided: [Decided] = []
        var failed: Set<Int> = []

        init(requests: [PairRequest]) {
            self.requests = requests
            waiting = CallPlanner.calls(for: requests).reversed()
        }

        func requests(_ pairs: [Int]) -> [PairRequest] { requests.filter { pairs.contains($0.pair) } }

        var pointCount: Int { decided.reduce(0) { $0 + $1.points.points.count } }
    }

    /// A pair's new ledger and the points that go with it: both are kept, or neither.
    private struct Decided {
        var pair: Int
        var ledger: PairLedger
        var points: MetricPoints
    }

    /// Makes the calls of `round`, as many at once as the limiter lets through.
    /// - Returns: false when the outbox is full and the cycle has to end.
    private func perform(_ round: inout Round, report: inout CycleReport) async throws -> Bool {
        guard !round.requests.isEmpty else { return false }
        let (source, limiter) = (source, limiter)
        return try await withThrowingTaskGroup(of: (MetricsCall, Result<MetricsAnswer, AzureError>).self) { group in
            var underWay = 0
            var hasRoom = true
            while hasRoom, !round.waiting.isEmpty || underWay > 0 {
                while underWay < CallConcurrency.limit, let call = round.waiting.popLast() {
                    underWay += 1
                    report.callCount += 1
                    group.addTask { (call, try await limiter.run { await source.answer(to: call) }) }
                }
                guard let (call, result) = try await group.next() else { break }
                underWay -= 1
                take(result, of: call, round: &round, report: &report)
                if round.pointCount >= Self.commitPoints { hasRoom = await commit(&round, report: &report) }
            }
            if hasRoom { hasRoom = await commit(&round, report: &report) }
            group.cancelAll()
            return hasRoom
        }
    }

    private func take(
        _ result: Result<MetricsAnswer, AzureError>, of call: MetricsCall, round: inout Round, report: inout CycleReport
    ) {
        switch result {
        case .success(let answer):
            var refused: [Int: MetricError] = [:]
            for pair in call.pairs {
                if let error = take(answer, for: pair, of: call, round: &round, report: &report) {
                    refused[pair] = error
                }
            }
            take(refused, host: answer.host, of: call, round: &round, report: &report)
        case .failure(let error):
            let halves = error.code == .badRequest ? CallPlanner.halves(of: call, requests: round.requests) : []
            if halves.isEmpty {
                for pair in call.pairs {
                    fail(pair, error.description, error.code, cause: error.cause, round: &round, report: &report)
                }
            } else {
                round.waiting += halves
            }
        }
    }

    /// Settles what `answer` says about `pair`.
    /// - Returns: The error that Azure reports for this metric inside a good answer.
    private func take(
        _ answer: MetricsAnswer, for pair: Int, of call: MetricsCall, round: inout Round, report: inout CycleReport
    ) -> MetricError? {
        guard let metric = answer.metric(named: pairs[pair].azureMetricName) else {
            let text =
                "\(answer.host) left the metric \(pairs[pair].azureMetricName) out of its answer. Nothing is lost: its "
                + "buckets are asked for again in the next cycle."
            fail(pair, text, .malformedAnswer, round: &round, report: &report)
            return nil
        }
        if let error = metric.error { return error }
        guard var ledger = pairs[pair].ledger else { return nil }
        let reading = MetricReading(
            answer: metric, aggregation: pairs[pair].metric.aggregation, dimensionLabels: pairs[pair].dimensionLabels)
        let now = min(source.now, answer.answeredAt ?? source.now)
        let settled = ledger.settle(reading, window: call.window, now: now, rules: pairs[pair].rules)
        if let region = answer.region, region != pairs[pair].resource.region {
            pairs[pair].resource = pairs[pair].resource.located(in: region)
        }
        pairs[pair].answered()
        notice(settled, seriesCount: metric.series.count, pair: pair, call: call, report: &report)
        let points = MetricPoints(
            metric: pairs[pair].metric, unit: metric.unit, series: settled.series, points: settled.points)
        round.decided.append(Decided(pair: pair, ledger: ledger, points: points))
        return nil
    }

    /// Errors for single metrics inside a good answer. A refused aggregation may be one that only a neighbour needs, so
    /// such metrics are asked again with their own aggregations, then each pair alone, and so from now on.
    private func take(
        _ refused: [Int: MetricError], host: String, of call: MetricsCall, round: inout Round,
        report: inout CycleReport
    ) {
        var again: [PairRequest] = []
        for (pair, error) in refused.sorted(by: { $0.key < $1.key }) {
            let own = call.pairs.filter {
                pairs[$0].azureMetricName.lowercased() == pairs[pair].azureMetricName.lowercased()
            }
            let isAggregation = error.code == "InvalidSamplingType"
            if isAggregation, call.aggregations != CallPlanner.aggregations(of: round.requests(own)) {
                pairs[pair].company = .sameAggregations
            } else if isAggregation, own.count > 1 {
                pairs[pair].company = .none
            } else {
                let metric = pairs[pair].azureMetricName
                let text =
                    "\(host) refused the metric \(metric): \(error.code) \"\(error.message)\". Nothing is lost: it is asked "
                    + "for again, ever more rarely. Check that \(metric) offers "
                    + "\(pairs[pair].metric.aggregation.declaredName)."
                fail(pair, text, .badRequest, round: &round, report: &report)
                continue
            }
            again += round.requests([pair]).map { request in
                var request = request
                request.company = pairs[pair].company
                return request
            }
        }
        round.waiting += CallPlanner.calls(for: again)
    }

    private func fail(
        _ pair: Int, _ message: String, _ code: AzureError.Code, cause: String? = nil, round: inout Round,
        report: inout CycleReport
    ) {
        if [.badRequest, .notFound].contains(code) { pairs[pair].refused(at: clock.monotonicNow) }
        round.failed.insert(pair)
        report.failures.append(
            PairFailure(
                metric: pairs[pair].metric.name, resource: pairs[pair].resource.id, message: message,
                cause: cause ?? message))
    }

    private func notice(
        _ settled: Settled, seriesCount: Int, pair: Int, call: MetricsCall, report: inout CycleReport
    ) {
        func add(isWarning: Bool, _ message: String) {
            report.notices.append(
                PairNotice(
                    isWarning: isWarning, metric: pairs[pair].metric.name, resource: pairs[pair].resource.id,
                    message: message))
        }
        if call.filter != nil, seriesCount >= pairs[pair].top {
            let top = pairs[pair].top
            if pairs[pair].isTopDeclared {
                add(isWarning: false, "answered \(top) series, which is the declared limit: others may be cut off")
            } else {
                add(
                    isWarning: true,
                    "answered \(top) series, the most that is asked for: series are missing. Split by fewer dimensions")
            }
        }
        if settled.misalignedCount > 0 {
            add(
                isWarning: true,
                "\(settled.misalignedCount) buckets do not begin at a multiple of \(pairs[pair].metric.grain): not sent"
            )
        }
    }

    /// Two declared resources may be one in Azure and still differ in labels (a namespace, and one queue of it).
    private struct Identity: Hashable {
        var id: ResourceID
        var instanceName: String
        var typeLabels: [Label]
    }

    private func batch(of decided: [Decided]) -> MetricBatch {
        var batch = MetricBatch()
        var positions: [Identity: Int] = [:]
        for entry in decided where !entry.points.points.isEmpty {
            let resource = pairs[entry.pair].resource
            let identity = Identity(
                id: resource.id, instanceName: resource.instanceName, typeLabels: resource.typeLabels)
            if let position = positions[identity] {
                batch.resources[position].metrics.append(entry.points)
            } else {
                positions[identity] = batch.resources.count
                batch.resources.append(ResourceMetrics(resource: resource, metrics: [entry.points]))
            }
        }
        return batch
    }

    /// Hands the decided points over and moves the marks with them.
    /// - Returns: false when the outbox had no room; nothing moved then.
    private func commit(_ round: inout Round, report: inout CycleReport) async -> Bool {
        let decided = round.decided
        round.decided = []
        let batch = batch(of: decided)
        do {
            if batch.pointCount > 0, try await !outbox.take(batch) {
                report.heldBackCount += batch.pointCount
                return false
            }
        } catch {
            report.heldBackCount += batch.pointCount
            for entry in decided where !entry.points.points.isEmpty {
                fail(
                    entry.pair, "The points could not be encoded: \(error). They are decided again in the next cycle.",
                    .malformedAnswer, round: &round, report: &report)
            }
            return true
        }
        for entry in decided {
            pairs[entry.pair].ledger = entry.ledger
            count(entry.points, report: &report)
        }
        return true
    }

    private func count(_ points: MetricPoints, report: inout CycleReport) {
        guard let newest = points.points.map(\.bucketStart).max() else { return }
        report.pointCount += points.points.count
        report.pointsByMetric[points.metric.name, default: 0] += points.points.count
        let end = newest + points.metric.grain.duration
        report.newestBucketEnd = max(report.newestBucketEnd ?? end, end)
    }
}

/// How many calls are made at once.
enum CallConcurrency {
    /// Eight answers in memory keep the promised size; Azure answers in a fraction of a second.
    static let limit = 8
}

extension AzureError {
    /// What failures of many resources have in common: an outage is one message, whatever each call said.
    fileprivate var cause: String {
        switch code {
        case .unauthenticated, .unreachable, .tls, .timedOut, .throttled, .unavailable, .unexpectedAnswer, .cancelled:
            "\(code.rawValue) \(host)"
        case .forbidden, .notFound, .badRequest, .malformedAnswer, .bodyTooLarge:
            "\(code.rawValue) \(resource?.canonical ?? host) \(message)"
        }
    }
}
