import MetricModel
import Settlement

/// Keeping decided points and moved marks together.
extension ScrapeLoop {
    /// Keeps the decided points and the ledgers that go with them: one step for each view (rule L4).
    /// - Returns: false when there was no room for what all share; nothing of it moved then.
    func commit(_ round: inout ScrapeRound, report: inout CycleReport) async throws -> Bool {
        let decided = round.takeDecided()
        let views = Set(decided.ledgers.keys.map { table.strips[$0].view }).sorted()
        for view in views {
            var step = ScrapeStep()
            let ledgers =
                views.count == 1 ? decided.ledgers : decided.ledgers.filter { table.strips[$0.key].view == view }
            step.batches = decided.batches[view] ?? [:]
            step.ledgers = ledgers.map { (table.address($0.key), table.bytes(of: $0.value, strip: $0.key)) }
            if view == 0 { step.counts = decided.counts }
            guard try await keep(&step, view: view) else {
                guard view == 0 else { continue }
                report.isHeldBack = true
                return false
            }
            for (strip, ledger) in ledgers {
                round.moved[strip] |= ledger.moved(since: book[strip])
                book.keep(strip, ledger)
            }
            guard view == 0 else { continue }
            for batch in step.batches.values { count(batch, report: &report) }
            for (strip, points) in decided.pointCounts {
                report.pointsByMetric[table.strips[strip].form.declared.name, default: 0] += points
            }
        }
        return true
    }

    /// Keeps a step. Destinations that have no room for it fall behind, as long as others have.
    private func keep(_ step: inout ScrapeStep, view: Int64) async throws -> Bool {
        step.destinations = destinations(of: view)
        switch try await keep(step) {
        case .kept: return true
        case .refused: return false
        case .full(let names):
            guard view == 0, try await fork(names) else { return false }
            step.destinations = levelDestinations
            return try await keep(step) == .kept
        }
    }

    /// Stores ledgers that changed without an answer: births, what was skipped, other forms.
    /// - Returns: false when there is no room.
    func keepChanges() async throws -> Bool {
        let changed = book.changed
        guard !changed.isEmpty else { return true }
        var step = ScrapeStep()
        step.ledgers = book.takeChanges(of: table)
        if try await keep(step) == .kept { return true }
        book.markChanged(changed)
        return false
    }

    private func keep(_ step: ScrapeStep) async throws -> StepOutcome {
        var step = step
        if !learnedRegions.isEmpty {
            let learned = learnedRegions
            learnedRegions = []
            pendingDocuments += await estate.learned(learned)
        }
        step.documents += pendingDocuments
        step.counts += pendingCounts
        let outcome = try await state.keep(step)
        guard outcome == .kept else { return outcome }
        pendingDocuments = []
        pendingCounts = ScrapeCounts()
        return .kept
    }

    private func count(_ batch: MetricBatch, report: inout CycleReport) {
        report.pointCount += batch.pointCount
        if let newest = batch.points.lazy.filter(\.isRecorded).map(\.end).max() {
            report.newestBucketEnd = max(report.newestBucketEnd ?? newest, newest)
        }
    }
}
