import MetricModel

/// Is the row bad, or the receiver? One rule decides: does the receiver take anything else?
///
/// Pure: told what became of the row that was sent last, it says what to do. Rows go in their order; only to answer
/// that question is another row sent before the one that is refused.
struct DeliveryRules {
    /// What is to be done, in this order, before the next row is sent.
    enum Step: Equatable {
        /// The row was taken.
        case delivered(RowID)
        /// The rows are not sent again.
        case drop([RowID], reason: String)
        /// Divide the row, put its halves in its place, and say so with ``DeliveryRules/divided(_:into:in:)``.
        case split(RowID)
        /// Nothing is lost; the same bytes go out again after the delay.
        case retry(after: Duration, reason: String)
        /// As `retry`: the receiver refuses everything, or there is nothing else to try it with.
        case hold(after: Duration, reason: String)
    }

    /// Requests that were answered for one row, its parts included, before what is left of it is dropped.
    static let maximumRequests = 512
    /// Refused probes of the head before the next row is tried.
    static let probesBeforeNext = 10
    /// How often the next row must be taken while the head is refused, before the head is given up.
    static let alternations = 3

    let backoff: Backoff
    /// Failures in a row since something was taken.
    private var failures = 0
    private var trial: Trial?

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// Whether a row is in question.
    var isTrying: Bool { trial != nil }

    /// A row that was to be sent is gone, too old: what is left of those in question are rows like all others.
    mutating func forgetTrial() { trial = nil }

    /// Whether the row in question was divided already.
    var isDividing: Bool { trial?.smallestParts != nil }

    /// The row to send now.
    func next(in rows: some DeliveryRows) -> RowID? {
        switch trial?.stage {
        case nil: rows.firstRow
        case .part(let row), .next(let row), .newest(let row), .probe(let row): row
        }
    }

    /// Decides about the answer to `row`, which is still among `rows`.
    /// - Parameter random: From 0 up to, but not including, 1.
    mutating func decide(
        _ answer: OTLPAnswer, to row: RowID, in rows: some DeliveryRows, random: Double
    ) -> [Step] {
        switch answer {
        case .accepted, .acceptedUnreadable:
            failures = 0
            return [.delivered(row)] + taken(row, rows)
        case .tryAgain(let after, let reason):
            defer { failures += 1 }
            return [.retry(after: backoff.delay(attempt: failures, retryAfter: after, random: random), reason: reason)]
        case .unfit(let reason): return refused(row, .content, reason, rows)
        case .refused(let reason): return refused(row, .row, reason, rows)
        case .notWelcome(let reason): return refused(row, .everything, reason, rows)
        }
    }

    /// Goes on after ``Step/split(_:)``.
    /// - Parameters:
    ///   - halves: Empty when the row is not divided any further.
    ///   - rows: With the halves in the place of the row.
    mutating func divided(_ row: RowID, into halves: [Trial.Part], in rows: some DeliveryRows) -> [Step] {
        guard var trial else { return [] }
        let isDivided = halves.count > 1
        let descent = isDivided ? trial.divide(row, into: halves) : nil
        if !isDivided { trial.refuse(row) }
        self.trial = trial
        return goOn(rows, descent: trial.wasTaken ? nil : descent)
    }

    // MARK: Taken

    private mutating func taken(_ row: RowID, _ rows: some DeliveryRows) -> [Step] {
        guard var trial else { return [] }
        guard trial.contains(row) else { return othersAreTaken(rows) }
        trial.countRequest()
        trial.take(row)
        let steps = dropRefused(&trial)
        self.trial = trial
        return steps + goOn(rows)
    }

    /// The receiver takes another row.
    private mutating func othersAreTaken(_ rows: some DeliveryRows) -> [Step] {
        guard var trial else { return [] }
        if trial.holdsForAll {
            trial.takenOthers += 1
            if trial.takenOthers < Self.alternations {
                trial.stage = .probe(trial.probe)
                self.trial = trial
                return []
            }
            if trial.wasTaken { trial.refuse(trial.probe) }
        } else {
            trial.giveSecondTries()
            if trial.secondTry != nil {
                trial.renewPatience()
                self.trial = trial
                return goOn(rows)
            }
        }
        guard trial.wasTaken else { return dropAll(trial, trial.reason) }
        // Others of this row were taken: only what was refused is bad, and the rest may not have been tried yet.
        let steps = dropRefused(&trial)
        trial.renewPatience()
        trial.holdsForAll = false
        self.trial = trial
        return steps + goOn(rows)
    }

    // MARK: Refused

    private mutating func refused(
        _ row: RowID, _ refusal: Trial.Refusal, _ reason: String, _ rows: some DeliveryRows
    ) -> [Step] {
        guard var trial else { return begin(row, refusal, reason, rows) }
        switch trial.stage {
        case .next where !trial.holdsForAll && trial.refusal == .content:
            // Without a live row the last one has to do: two bad rows in a row must not stop all others.
            if let newest = rows.newestLiveRow ?? rows.lastRow, newest != row, !trial.contains(newest) {
                self.trial?.stage = .newest(newest)
                return []
            }
            return everythingIsRefused(reason)
        case .next, .newest: return everythingIsRefused(reason)
        case .probe: return probeRefused(row, refusal, reason, rows)
        case .part:
            trial.countRequest()
            trial.refusal = refusal
            trial.reason = reason
            if refusal == .row, trial.isSecondTry(row) {
                // Others were taken in between: it is the row.
                trial.remove([row])
                self.trial = trial
                return [.drop([row], reason: reason)] + goOn(RowsWithout(row, rows))
            }
            if refusal == .row { trial.doubt(row) }
            if refusal == .everything { trial.stage = .probe(row) }
            self.trial = trial
            return consequence(of: refusal, row, rows)
        }
    }

    private mutating func begin(
        _ row: RowID, _ refusal: Trial.Refusal, _ reason: String, _ rows: some DeliveryRows
    ) -> [Step] {
        var trial = Trial(row, refusal: refusal, reason: reason)
        if refusal == .row { trial.doubt(row) }
        self.trial = trial
        return consequence(of: refusal, row, rows)
    }

    private mutating func consequence(
        of refusal: Trial.Refusal, _ row: RowID, _ rows: some DeliveryRows
    ) -> [Step] {
        switch refusal {
        case .content: return [.split(row)]
        case .row: return goOn(rows)
        case .everything:
            trial?.holdsForAll = true
            trial?.probes = 1
            return hold()
        }
    }

    private mutating func probeRefused(
        _ row: RowID, _ refusal: Trial.Refusal, _ reason: String, _ rows: some DeliveryRows
    ) -> [Step] {
        guard var trial else { return [] }
        // A receiver that takes others again, or now speaks of what was sent, is worth another look into the row.
        let isNews = trial.refusal != refusal || trial.takenOthers > 0
        trial.refusal = refusal
        trial.reason = reason
        trial.probes += 1
        if refusal == .content, isNews, !trial.isRefused(row) {
            trial.holdsForAll = false
            trial.renewPatience()
            self.trial = trial
            return [.split(row)]
        }
        if refusal == .everything { trial.holdsForAll = true }
        // Once another row was taken, a probe that is refused again leads to another row at once.
        let mayTryNext = !trial.holdsForAll || trial.takenOthers > 0 || trial.probes >= Self.probesBeforeNext
        let next = mayTryNext ? rowBehind(trial, rows) : nil
        if let next { trial.stage = .next(next) }
        self.trial = trial
        return next == nil ? hold() : []
    }

    /// Neither the row nor others are taken: it is the receiver.
    private mutating func everythingIsRefused(_ reason: String) -> [Step] {
        guard var trial else { return [] }
        trial.forgetRefusals()
        trial.holdsForAll = true
        trial.probes = 0
        trial.takenOthers = 0
        trial.stage = .probe(trial.probe)
        trial.reason = reason
        self.trial = trial
        return hold()
    }

    // MARK: What comes next

    /// The next part, and where there is none, other rows.
    private mutating func goOn(_ rows: some DeliveryRows, descent: RowID? = nil) -> [Step] {
        guard var trial else { return [] }
        guard !trial.parts.isEmpty else {
            self.trial = nil
            return []
        }
        guard trial.requests < Self.maximumRequests else {
            return dropAll(trial, trial.reason + "; given up after \(Self.maximumRequests) requests for one row")
        }
        if let part = trial.secondTry ?? trial.nextPart().map({ descent ?? $0 }) {
            self.trial?.stage = .part(part)
            return []
        }
        if let next = rowBehind(trial, rows) {
            self.trial?.stage = .next(next)
            return []
        }
        guard trial.wasTaken else {
            self.trial?.stage = .probe(trial.probe)
            return hold()
        }
        // Nothing else waits; that parts of this row were taken has to be answer enough.
        trial.renewPatience()
        let steps = trial.openParts.isEmpty ? dropRefused(&trial) : []
        self.trial = trial
        return steps + goOn(rows)
    }

    private func rowBehind(_ trial: Trial, _ rows: some DeliveryRows) -> RowID? {
        trial.parts.last.flatMap { rows.row(after: $0.id) }
    }

    /// Something else is taken: what was refused is bad, but for what was refused perhaps by chance.
    private func dropRefused(_ trial: inout Trial) -> [Step] {
        let refused = trial.refusedParts
        trial.remove(refused)
        trial.giveSecondTries()
        return refused.isEmpty ? [] : [.drop(refused, reason: trial.reason)]
    }

    private mutating func dropAll(_ trial: Trial, _ reason: String) -> [Step] {
        self.trial = nil
        return [.drop(trial.parts.map(\.id), reason: reason)]
    }

    private mutating func hold() -> [Step] {
        defer { failures += 1 }
        return [.hold(after: backoff.bound(failures), reason: trial?.reason ?? "")]
    }
}
