import MetricModel

/// One run of an exporter: takes row by row out of its store and does what the rules say.
struct DeliveryRun {
    /// How often it is asked what has become too old.
    private static let expiryInterval = Duration.seconds(60)

    private let exporter: OTLPExporter
    private let clock: any AgentClock
    private var rules: DeliveryRules
    private var lastExpiry: Duration?
    private var storeHasFailed = false

    private var store: any DeliveryStore { exporter.store }

    init(_ exporter: OTLPExporter, clock: any AgentClock) {
        self.exporter = exporter
        self.clock = clock
        rules = DeliveryRules(backoff: exporter.backoff)
    }

    /// Returns when nothing waits.
    mutating func drain() async throws {
        // From a run that was cancelled while its store failed: to send that row again would double it.
        if let answered = exporter.answered { try await conclude(answered) }
        while true {
            try await expire()
            guard let (id, row) = try await persistently({ run throws(DeliveryStoreError) in try run.next() }) else {
                return
            }
            try Task.checkCancellation()
            exporter.count { statistics in
                statistics.requests += 1
                statistics.bytesSent += row.body.count
            }
            let answer = try await exporter.sender.send(row, clock: clock)
            let answered = OTLPExporter.Answered(id: id, row: row, answer: answer)
            if answer.isFinal { exporter.answered = answered }
            try await conclude(answered)
        }
    }

    private mutating func next() throws(DeliveryStoreError) -> (id: RowID, row: EncodedBatch)? {
        while let id = try decide({ $0.next(in: $1) }) {
            if let row = try store.batch(id) { return (id, row) }
            guard rules.isTrying else { throw DeliveryStoreError("row \(id.number) is in the queue but not there") }
            rules.forgetTrial()
        }
        return nil
    }

    private mutating func conclude(_ answered: OTLPExporter.Answered) async throws {
        let jitter = exporter.random()
        let steps = try await persistently { run throws(DeliveryStoreError) in
            try run.decide { $0.decide(answered.answer, to: answered.id, in: $1, random: jitter) }
        }
        try await take(steps, after: answered)
    }

    private mutating func take(_ steps: [DeliveryRules.Step], after answered: OTLPExporter.Answered) async throws {
        for step in steps {
            switch step {
            case .delivered: try await delivered(answered)
            case .drop(let rows, let reason): try await drop(rows, reason: reason)
            case .split: try await take(split(answered), after: answered)
            case .retry(let delay, let reason):
                exporter.count { $0.lastError = reason }
                exporter.say(.retrying(reason: reason, delay: delay))
                try await clock.sleep(for: delay)
            case .hold(let delay, let reason):
                exporter.count { $0.lastError = reason }
                exporter.say(.holding(reason: reason, delay: delay))
                try await clock.sleep(for: delay)
            }
        }
    }

    /// Puts the halves of a row in its place, if it has any.
    private mutating func split(_ answered: OTLPExporter.Answered) async throws -> [DeliveryRules.Step] {
        let (id, row) = (answered.id, answered.row)
        let halves = RequestSplitter.halves(of: row) ?? []
        if !halves.isEmpty, !rules.isDividing, case .unfit(let reason) = answered.answer {
            exporter.say(.dividing(points: row.pointCount, reason: reason))
        }
        var parts: [Trial.Part] = []
        if !halves.isEmpty {
            let ids = try await persistently { run throws(DeliveryStoreError) in
                try run.store.replace(id, with: halves.map(\.batch))
            }
            parts = zip(ids, halves).map { Trial.Part(id: $0, size: $1.smallestParts) }
        }
        return try await persistently { run throws(DeliveryStoreError) in
            try run.decide { $0.divided(id, into: parts, in: $1) }
        }
    }

    private mutating func delivered(_ answered: OTLPExporter.Answered) async throws {
        let row = answered.row
        var rejected = 0
        var message: String?
        if case .accepted(let count, let text) = answered.answer { (rejected, message) = (count, text) }
        try await persistently { run throws(DeliveryStoreError) in
            try run.store.delivered(answered.id, rejected: rejected)
        }
        exporter.answered = nil
        let time = clock.systemNow
        exporter.count { statistics in
            statistics.run.acceptedPoints += row.pointCount - rejected
            statistics.run.rejectedPoints += rejected
            statistics.lastDelivered = time
        }
        exporter.say(.delivered(points: row.pointCount - rejected, bytes: row.body.count))
        if rejected > 0 {
            exporter.say(.partialSuccess(rejected: rejected, message: message))
        } else if let message {
            exporter.say(.warning(message: message))
        }
        if answered.answer == .acceptedUnreadable { exporter.sayUnreadableOnce() }
        exporter.tellIdleWaiters()
    }

    private mutating func drop(_ ids: [RowID], reason: String) async throws {
        let gone = try await persistently { run throws(DeliveryStoreError) in
            try run.store.dropped(ids, reason: reason)
        }
        if let id = exporter.answered?.id, ids.contains(id) { exporter.answered = nil }
        exporter.count { $0.lastError = reason }
        guard let gone else { return }
        exporter.count { $0.run.countDropped(gone.points, reason: reason) }
        exporter.say(.dropped(points: gone.points, oldest: gone.oldest, newest: gone.newest, reason: reason))
        exporter.tellIdleWaiters()
    }

    /// Once a minute, between two requests, lets go what is too old.
    private mutating func expire() async throws {
        let moment = clock.monotonicNow
        guard let retention = exporter.retention, lastExpiry.map({ moment - $0 >= Self.expiryInterval }) ?? true,
            let now = retention.now()
        else { return }
        lastExpiry = moment
        let limit = now - retention.maxAge
        let gone = try await persistently { run throws(DeliveryStoreError) in try run.store.expire(before: limit) }
        guard let gone else { return }
        exporter.count { $0.run.countDropped(gone.points, reason: DeliveryCounts.tooOld) }
        exporter.say(.expired(points: gone.points, oldest: gone.oldest, newest: gone.newest))
        exporter.tellIdleWaiters()
    }

    // MARK: The store

    /// Asks the rules; when the store could not tell them the order, they have decided nothing.
    private mutating func decide<Decision>(
        _ question: (inout DeliveryRules, StoredRows) -> Decision
    ) throws(DeliveryStoreError) -> Decision {
        var rules = rules
        let rows = StoredRows(store)
        let decision = question(&rules, rows)
        if let failure = rows.failure { throw failure }
        self.rules = rules
        return decision
    }

    /// Does what needs the store, again and again until the store is well.
    private mutating func persistently<Outcome>(
        _ work: (inout DeliveryRun) throws(DeliveryStoreError) -> Outcome
    ) async throws -> Outcome {
        var attempt = 0
        while true {
            do throws(DeliveryStoreError) {
                let outcome = try work(&self)
                if storeHasFailed {
                    storeHasFailed = false
                    exporter.say(.storeRecovered)
                }
                return outcome
            } catch {
                exporter.count { $0.lastError = error.description }
                if !storeHasFailed {
                    storeHasFailed = true
                    exporter.say(.storeFailed(reason: error.description))
                }
                try await clock.sleep(for: exporter.backoff.bound(attempt))
                attempt += 1
            }
        }
    }
}
