import AzureMonitor
import MetricModel
import Planning
import Settlement

/// What an answer means for the pairs of its call.
extension ScrapeLoop {
    /// Settles what a call brought, or plans what to ask instead.
    func take(
        _ result: Result<MetricsAnswer, AzureError>, of call: MetricsCall, round: inout ScrapeRound,
        report: inout CycleReport
    ) {
        switch result {
        case .success(let answer):
            report.callCount += 1
            round.answered()
            var refused: [Int: MetricError] = [:]
            for pair in call.pairs {
                if let error = take(answer, for: pair, of: call, round: &round, report: &report) {
                    refused[pair] = error
                }
            }
            take(refused, host: answer.host, of: call, round: &round, report: &report)
        case .failure(let error):
            // Without a token the call was never made.
            if error.resource != nil || error.code != .unauthenticated { report.callCount += 1 }
            take(error, of: call, round: &round, report: &report)
        }
    }

    private func take(
        _ error: AzureError, of call: MetricsCall, round: inout ScrapeRound, report: inout CycleReport
    ) {
        // Only a bad request may be one bad name among good ones; every other refusal concerns the whole resource.
        if error.isAboutNames {
            let halves = CallPlanner.halves(of: call, members: round.requests(call.pairs))
            if !halves.isEmpty {
                round.waiting += halves
                return
            }
        }
        var hit = [call]
        var isPausing = error.isPermanent || error.code == .timedOut
        let subscription = call.resourceID.subscriptionID
        if error.code == .throttled, let wait = error.retryAfter {
            throttledUntil[subscription] = clock.monotonicNow + wait
            isPausing = true
            hit += round.giveUp { $0.resourceID.subscriptionID == subscription }
        } else if error.isShared, round.isOutage(error.cause) {
            hit += round.giveUp { _ in true }
        }
        if error.code == .timedOut { round.timedOut.formUnion(call.pairs) }
        for pair in hit.flatMap(\.pairs) {
            fail(
                pair, error.description + (error.isAboutNames ? adviceOnName(of: pair) : ""), cause: error.cause,
                isShared: error.isShared, isPausing: isPausing,
                round: &round, report: &report)
            if error.isPermanent { pairs[pair].refused(at: clock.monotonicNow, isCulprit: error.isAboutNames) }
        }
    }

    /// Settles what `answer` says about `pair`.
    /// - Returns: The error that Azure reports for this metric inside a good answer.
    private func take(
        _ answer: MetricsAnswer, for pair: Int, of call: MetricsCall, round: inout ScrapeRound,
        report: inout CycleReport
    ) -> MetricError? {
        guard let metric = answer.metric(named: pairs[pair].azureMetricName) else {
            let text =
                "\(answer.host) left the metric \(pairs[pair].azureMetricName) out of its answer. Nothing is lost: Azure "
                + "keeps its values until they are asked for again. Check that the resource still offers the metric."
                + adviceOnName(of: pair)
            fail(pair, text, round: &round, report: &report)
            return nil
        }
        if let error = metric.error { return error }
        guard var ledger = pairs[pair].ledger else { return nil }
        let reading = MetricReading(
            answer: metric, aggregation: pairs[pair].metric.aggregation, dimensionLabels: pairs[pair].dimensionLabels)
        // Without a `Date` of its own an answer is only known to be no older than its question.
        let now = min(source.now, answer.answeredAt ?? round.plannedAt)
        let settled = ledger.settle(reading, window: call.window, now: now, rules: pairs[pair].rules)
        if let region = answer.region, region != resources[resourceOfPair[pair]].region {
            resources[resourceOfPair[pair]] = resources[resourceOfPair[pair]].located(in: region)
        }
        pairs[pair].answered()
        report.lateCount += settled.lateCount
        notice(settled, seriesCount: metric.series.count, pair: pair, call: call, report: &report)
        let points = MetricPoints(
            metric: pairs[pair].metric, unit: metric.unit, series: settled.series, points: settled.points)
        round.decide(pair, ledger: ledger, points: points)
        return nil
    }

    /// Errors for single metrics inside a good answer. A refused aggregation may be one that only a neighbour needs, so
    /// such metrics are asked again with their own aggregations, then each pair alone, and so from now on.
    private func take(
        _ refused: [Int: MetricError], host: String, of call: MetricsCall, round: inout ScrapeRound,
        report: inout CycleReport
    ) {
        var again: [PairRequest] = []
        for (pair, error) in refused.sorted(by: { $0.key < $1.key }) {
            let own = call.pairs.filter { pairs[$0].metricKey == pairs[pair].metricKey }
            let isAggregation = error.code == "InvalidSamplingType"
            if isAggregation, call.aggregations != CallPlanner.aggregations(of: round.requests(own)) {
                pairs[pair].company = .sameAggregations
            } else if isAggregation, own.count > 1 {
                pairs[pair].company = .none
            } else {
                refuse(pair, error, host: host, round: &round, report: &report)
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

    private func refuse(
        _ pair: Int, _ error: MetricError, host: String, round: inout ScrapeRound, report: inout CycleReport
    ) {
        let metric = pairs[pair].azureMetricName
        let isPermanent = ["invalidsamplingtype", "badrequest"].contains(error.code.lowercased())
        let remedy =
            isPermanent
            ? "Check that \(metric) offers \(pairs[pair].metric.aggregation.declaredName)."
            : "Nothing to do unless it lasts."
        let text =
            "\(host) refused the metric \(metric): \(error.code) \"\(error.message)\". Nothing is lost: Azure keeps these "
            + "values until they are asked for again. \(remedy)"
        fail(
            pair, text, cause: "\(metric) \(error.code)", isPausing: isPermanent, round: &round, report: &report)
        if isPermanent { pairs[pair].refused(at: clock.monotonicNow, isCulprit: false) }
    }

    /// Notes that `pair` could not be read.
    func fail(
        _ pair: Int, _ message: String, cause: String? = nil, isShared: Bool = false, isPausing: Bool = false,
        round: inout ScrapeRound, report: inout CycleReport
    ) {
        round.failed.insert(pair)
        report.failures.append(
            PairFailure(
                metric: pairs[pair].metric.name, resource: pairs[pair].resource.id, message: message,
                cause: cause ?? message, isShared: isShared, isPausing: isPausing))
    }

    private func notice(
        _ settled: Settled, seriesCount: Int, pair: Int, call: MetricsCall, report: inout CycleReport
    ) {
        func add(_ kind: PairNotice.Kind, severity: PairNotice.Severity, _ message: String) {
            report.notices.append(
                PairNotice(
                    severity: severity, metric: pairs[pair].metric.name, resource: pairs[pair].resource.id,
                    message: message, kind: kind))
        }
        if call.filter != nil, seriesCount >= pairs[pair].top {
            let top = pairs[pair].top
            if pairs[pair].isTopDeclared {
                add(
                    .declaredLimit, severity: .info,
                    "Azure answered \(top) series, which is the declared limit: those with smaller values are left out")
            } else {
                add(
                    .defaultLimit, severity: .error,
                    """
                    Azure answered \(top) series, the most that is asked for where no limit is declared: the ones with the \
                    smallest values are missing. Split by fewer dimensions, narrow the resource, or declare a limit
                    """)
            }
        }
        if settled.misalignedCount > 0 {
            add(
                .misaligned, severity: .warning,
                "\(settled.misalignedCount) buckets do not begin at a multiple of \(pairs[pair].metric.grain): not sent"
            )
        }
    }
}

extension AzureError {
    /// What failures of many resources have in common: an outage is one message, whatever each call said.
    fileprivate var cause: String {
        switch code {
        case .unauthenticated, .unreachable, .tls, .timedOut, .throttled, .unavailable, .unexpectedAnswer, .cancelled:
            "\(code.rawValue) \(host)"
        // A metric that does not exist is refused for every resource in the same words.
        case .badRequest: "\(code.rawValue) \(host) \(message)"
        case .forbidden, .notFound: "\(code.rawValue) \(host) \(serviceCode ?? "")"
        case .malformedAnswer, .bodyTooLarge: "\(code.rawValue) \(resource?.canonical ?? host)"
        }
    }

    /// What hits every call to the host alike.
    fileprivate var isShared: Bool {
        [.unauthenticated, .unreachable, .tls, .timedOut, .throttled, .unavailable, .unexpectedAnswer].contains(code)
    }

    /// A 400: perhaps only one of the names was wrong.
    fileprivate var isAboutNames: Bool { code == .badRequest && status ?? 400 == 400 }

    /// Asking again soon is of no use.
    fileprivate var isPermanent: Bool { [.badRequest, .notFound].contains(code) }
}
