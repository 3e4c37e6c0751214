import AzureMonitor
import MetricModel
import Planning
import Settlement

/// What an answer means for the pairs of its call.
extension ScrapeLoop {
    /// Settles what a call brought, or plans what to ask instead.
    func take(
        _ result: Result<MetricsTable, AzureError>, of call: MetricsCall, round: inout ScrapeRound,
        report: inout CycleReport
    ) {
        switch result {
        case .success(let answer):
            report.callCount += 1
            round.answered(call.feed)
            if call.feed.route == .batch { batchRights.answered(call.feed.subscriptionID) }
            learnRegions(answer, of: call)
            settle(answer, of: call, round: &round, report: &report)
        case .failure(let error):
            // Without a token the call was never made.
            if error.wasSent { report.callCount += 1 }
            take(error, of: call, round: &round, report: &report)
        }
    }

    // MARK: Refused as a whole

    private func take(
        _ error: AzureError, of call: MetricsCall, round: inout ScrapeRound, report: inout CycleReport
    ) {
        var hit = [call]
        if isLackOfRight(error, of: call) {
            batchRights.refused(call.feed.subscriptionID, at: clock.monotonicNow)
            hit += round.giveUp { $0.feed.route == .batch && $0.feed.subscriptionID == call.feed.subscriptionID }
            round.waiting += hit.flatMap { calls(again: $0.parts, of: $0, route: .single) }.reversed()
            return
        }
        if call.isHalf, error.status == 500, call.feed.route == .batch, round.isOutage(ofHalf: call.feed) {
            hit += round.giveUp { $0.feed.route == .batch && $0.feed.region == call.feed.region }
        } else if let parts = smaller(call, after: error) {
            round.waiting += parts.reversed()
            return
        }
        let isPausing = error.isPermanent || error.code == .timedOut
        if error.code == .throttled {
            // The quota is the same for all of them: they would wait in its lane for nothing.
            hit += round.giveUp {
                $0.feed.subscriptionID == call.feed.subscriptionID && $0.feed.route == call.feed.route
            }
        } else if error.isShared, round.isOutage(error.cause) {
            hit += round.giveUp { _ in true }
        }
        if error.isAbsence, call.feed.route == .single { noteAbsence(of: call, round: &round, report: &report) }
        for (position, call) in hit.enumerated() {
            for part in call.parts {
                if error.code == .timedOut { round.timedOut[part.strip] |= part.slots }
                let advice = error.isAboutNames ? adviceOnName(of: part.strip) : ""
                fail(
                    part.strip, part.slots, error.description + advice, cause: error.cause, isShared: error.isShared,
                    isPausing: isPausing, isPassing: position == 0 && error.isPassing, round: &round, report: &report)
                guard error.isPermanent else { continue }
                for slot in part.slots.bitPositions {
                    troubles.refused(
                        part.strip, slot, at: clock.monotonicNow,
                        // What no resource has is asked of all of them at once.
                        isLoner: error.isAboutNames && advice.isEmpty)
                }
            }
        }
    }

    /// Whether getBatch needs a right on the subscription that the identity may have on its resources.
    private func isLackOfRight(_ error: AzureError, of call: MetricsCall) -> Bool {
        call.feed.route == .batch && [.unauthenticated, .forbidden].contains(error.code) && error.wasSent
    }

    /// What to ask instead, when only a part of the call may be at fault: in the end the culprit stands alone.
    private func smaller(_ call: MetricsCall, after error: AzureError) -> [MetricsCall]? {
        let isBatch = call.feed.route == .batch
        let halves: [MetricsCall]
        if error.isAboutNames {
            let isUnlisted =
                call.metricNames.count == 1 && call.parts.allSatisfy { !adviceOnName(of: $0.strip).isEmpty }
            if isUnlisted { return nil }
            // One bad name is found in a few calls, whatever the number of resources.
            halves = call.halvesByName.isEmpty ? call.halvesByResource : call.halvesByName
        } else if error.isTooMuch {
            halves = parts(call, after: error)
        } else if isBatch, error.mayBeOneResource {
            halves = call.halvesByResource
        } else {
            return nil
        }
        if !halves.isEmpty { return halves }
        guard isBatch, !error.isTooMuch else { return nil }
        // The culprit: from now on Azure Resource Manager is asked for it.
        for part in call.parts {
            for slot in part.slots.bitPositions { troubles.spoiled(part.strip, slot, at: clock.monotonicNow) }
        }
        return calls(again: call.parts, of: call, route: .single)
    }

    // MARK: Answered

    private func learnRegions(_ answer: MetricsTable, of call: MetricsCall) {
        for (row, resource) in call.resources.enumerated() where table.resources[resource].region == nil {
            guard let region = answer.region(ofResource: row) else { continue }
            table.resources[resource].region = region
            for member in table.members(ofResource: resource) {
                table.members[member].resource = table.members[member].resource.located(in: region)
                learnedRegions.append((region, table.members[member].resource))
            }
        }
    }

    private func settle(
        _ answer: MetricsTable, of call: MetricsCall, round: inout ScrapeRound, report: inout CycleReport
    ) {
        // Without a `Date` of its own an answer is only known to be no older than its question.
        let now = min(source.now, answer.answeredAt ?? round.plannedAt)
        let pointsBefore = round.pointCount
        var work = AnswerWork(call: call, answer: answer)
        work.ledgers = work.strips.map { round.ledgers[$0] ?? book[$0] }
        let forms = call.parts.map { AnswerWork.Form($0, table.strips[$0.strip]) }
        for cell in work.cells {
            let (part, slot, row) = (Int(cell.part), Int(cell.slot), Int(cell.row))
            let form = forms[part]
            let series: Range<Int>
            var isLeftOut = false
            switch answer.cell(resource: row, metric: form.metric) {
            case .series(let range): series = range
            case .missing where isEmptyForGood(form.strip, slot, call):
                series = 0..<0
                isLeftOut = true
            case .missing:
                work.found[part].missing |= 1 << UInt64(slot)
                continue
            case .failed(let error):
                work.found[part].refuse(error, slot)
                continue
            }
            let reading = CellReading(
                table: answer, series: series, aggregation: form.aggregation,
                labels: call.feed.filter == nil ? [:] : table.strips[form.strip].filter(of: slot).labels)
            work.settled.removeAll()
            work.ledgers[work.ledgerOfPart[part]].settle(
                slot, reading, window: call.window, now: now, times: form.times, resends: resends,
                into: &work.settled)
            if !isLeftOut { troubles.answered(form.strip, slot, byBatch: call.feed.route == .batch) }
            if call.feed.filter != nil { noticeLimit(series.count, form.strip, slot, &report) }
            // What a destination reads again is counted once, with the others'.
            if form.view == 0 { work.count(part: part) }
            guard !work.settled.points.isEmpty else { continue }
            let unit = answer.unit(resource: row, metric: form.metric)
            if table.strips[form.strip].unit != unit { table.strips[form.strip].unit = unit }
            round.add(
                work.settled.points, of: reading, view: form.view, metric: form.descriptor,
                unit: unit, resource: table.member(form.strip, slot))
        }
        for (strip, ledger) in zip(work.strips, work.ledgers) { round.ledgers[strip] = ledger }
        for (part, count) in zip(call.parts, work.pointCounts) where count > 0 {
            round.pointCounts[part.strip, default: 0] += count
        }
        round.counts += work.counts
        report.lateCount += work.counts.late
        round.decided(pairs: work.cells.count, points: round.pointCount - pointsBefore)
        take(work.found, of: call, host: answer.host, round: &round, report: &report)
    }

    /// What was left out, refused or of another grain.
    private func take(
        _ found: [AnswerWork.Found], of call: MetricsCall, host: String, round: inout ScrapeRound,
        report: inout CycleReport
    ) {
        var again: [MetricsCall.Part] = []
        for (part, found) in zip(call.parts, found) {
            noticeMisaligned(found.misaligned, part, &report)
            if found.missing != 0 { leftOut(part, found.missing, call, host, &round, &report) }
            for (error, slots) in found.refused {
                again += refuse(part, slots, error, call, host, &round, &report)
            }
        }
        if !again.isEmpty { round.waiting += calls(again: again, of: call).reversed() }
    }

    /// Left out of three answers of getBatch and of one to it alone: Azure has nothing (rule T11).
    private func isEmptyForGood(_ strip: Int, _ slot: Int, _ call: MetricsCall) -> Bool {
        call.feed.route == .single && troubles.isMissing(strip, slot)
    }

    private func leftOut(
        _ part: MetricsCall.Part, _ slots: UInt64, _ call: MetricsCall, _ host: String, _ round: inout ScrapeRound,
        _ report: inout CycleReport
    ) {
        let metric = table.strips[part.strip].form.azureMetricName
        let text =
            "\(host) left the metric \(metric) out of its answer. Nothing is lost: Azure keeps its values "
            + "until they are asked for again. Check that the resource still offers the metric."
            + adviceOnName(of: part.strip)
        fail(part.strip, slots, text, round: &round, report: &report)
        for slot in slots.bitPositions {
            troubles.missing(part.strip, slot, byBatch: call.feed.route == .batch, at: clock.monotonicNow)
        }
    }

    // MARK: Single metrics refused

    /// An error for single metrics inside a good answer. A refused aggregation may be one that only a neighbour needs and
    /// that Azure lists all the same, or nobody knows what it lists: such metrics are asked again with their own
    /// aggregations, then with one at a time, and so from now on.
    /// - Returns: What has to be asked again.
    private func refuse(
        _ part: MetricsCall.Part, _ slots: UInt64, _ error: MetricError, _ call: MetricsCall, _ host: String,
        _ round: inout ScrapeRound, _ report: inout CycleReport
    ) -> [MetricsCall.Part] {
        let own = call.parts.filter { $0.metric == part.metric }
        let needed = own.reduce(into: AggregationSet()) {
            $0.insert(AggregationSet(table.strips[$1.strip].form.declared.aggregation))
        }
        let isAggregation = error.code.lowercased() == "invalidsamplingtype"
        var again = part
        again.slots = slots
        if isAggregation, call.aggregations != needed || needed.members.count > 1 {
            // Those of the metric itself together, then one by one.
            refused(allBut: call.aggregations != needed ? needed : [], of: part.strip)
            return [again]
        }
        let metric = table.strips[part.strip].form.azureMetricName
        let isPermanent = ["invalidsamplingtype", "badrequest"].contains(error.code.lowercased())
        let remedy =
            isPermanent
            ? "Check that \(metric) offers \(table.strips[part.strip].form.declared.aggregation.declaredName)."
            : "Nothing to do unless it lasts."
        let text =
            "\(host) refused the metric \(metric): \(error.code) \"\(error.message)\". Nothing is lost: "
            + "Azure keeps these values until they are asked for again. \(remedy)"
        fail(
            part.strip, slots, text, cause: "\(metric) \(error.code)", isPausing: isPermanent, isPassing: !isPermanent,
            round: &round, report: &report)
        guard isPermanent else { return [] }
        for slot in slots.bitPositions { troubles.unsupported(part.strip, slot, at: clock.monotonicNow) }
        return []
    }

    /// No more than `aggregations` is asked of the metric for its neighbours: what one resource taught holds for all of
    /// its type.
    private func refused(allBut aggregations: AggregationSet, of strip: Int) {
        let (metric, type) = (table.strips[strip].form.metricKey, table.blocks[table.strips[strip].block].type)
        for other in table.strips.indices
        where table.strips[other].form.metricKey == metric && table.blocks[table.strips[other].block].type == type {
            table.strips[other].unrefused.formIntersection(aggregations)
        }
    }

    // MARK: Words

    /// Notes that some pairs of a strip could not be read.
    /// - Parameter isPassing: Whether the call was about them and failed for a reason that may pass.
    func fail(
        _ strip: Int, _ slots: UInt64, _ message: String, cause: String? = nil, isShared: Bool = false,
        isPausing: Bool = false, isPassing: Bool = false, round: inout ScrapeRound, report: inout CycleReport
    ) {
        round.failed[strip] |= slots
        let isReported = table.strips[strip].view == 0
        if isPassing { round.passing.append((strip, slots, isReported ? report.failures.count : nil)) }
        guard isReported else { return }
        let name = table.name(strip, slots.trailingZeroBitCount)
        report.failures.append(
            PairFailure(
                metric: name.metric, resource: name.resource, message: message, cause: cause ?? message,
                pairCount: slots.nonzeroBitCount, isShared: isShared, isPausing: isPausing))
    }

    private func noticeLimit(_ seriesCount: Int, _ strip: Int, _ slot: Int, _ report: inout CycleReport) {
        let form = table.strips[strip].form
        guard seriesCount >= form.top else { return }
        let name = table.name(strip, slot)
        let (severity, kind, message): (PairNotice.Severity, PairNotice.Kind, String) =
            form.isTopDeclared
            ? (
                .info, .declaredLimit,
                "Azure answered \(form.top) series, which is the declared limit: those with smaller values are left out"
            )
            : (
                .error, .defaultLimit,
                """
                Azure answered \(form.top) series, the most that is asked for where no limit is declared: the ones with \
                the smallest values are missing. Split by fewer dimensions, narrow the resource, or declare a limit
                """
            )
        report.notices.append(
            PairNotice(severity: severity, metric: name.metric, resource: name.resource, message: message, kind: kind))
    }

    private func noticeMisaligned(_ count: Int, _ part: MetricsCall.Part, _ report: inout CycleReport) {
        guard count > 0 else { return }
        let name = table.name(part.strip, part.slots.trailingZeroBitCount)
        report.notices.append(
            PairNotice(
                severity: .warning, metric: name.metric, resource: name.resource,
                message: """
                    \(count) buckets do not begin at a multiple of \
                    \(table.strips[part.strip].reading.descriptor.grain): not sent
                    """, kind: .misaligned))
    }
}
