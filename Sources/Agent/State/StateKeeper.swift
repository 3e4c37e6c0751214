import AzureMonitor
import MetricModel
import OTLPExporter
import Settlement
import StateStore

/// Where points go that are kept until they are delivered.
public struct Destination: Sendable {
    /// The name of its section in the configuration: what is kept for it goes by it, whatever its address (rule D1).
    public var name: String
    public var settings: OTLPSettings

    /// The destination `name`.
    public init(name: String, settings: OTLPSettings) {
        self.name = name
        self.settings = settings
    }

    /// The section of the collector.
    public static let collector = "openTelemetryCollector"
}

/// Keeps steps of the scrape side in the store, encoded for each destination: ledgers and rows in one transaction.
actor StateKeeper: ScrapeState {
    private struct Writer {
        let name: String
        var encoder: OTLPEncoder
        let outbox: StateOutbox
        /// Had no room; takes nothing before it is half empty (rule D4).
        var isFull = false
    }

    private let store: StateStore
    private var writers: [Writer]
    private let clock: any AgentClock
    private let onShadowedLabel: @Sendable (ShadowedLabel) -> Void
    private let onEnqueued: @Sendable (_ intoEmpty: Bool) -> Void
    private let onTrouble: @Sendable (String?) -> Void
    /// Had no room for what waits for the disk; asks for nothing before the disk is back (rule L6).
    private var isStoreFull = false
    /// Schedules, and up to where all their buckets are decided; `nil` before their first cycle.
    private var settledUntil: [String: Timestamp?]
    /// What the progress file says, or should.
    private var progress: [String: Timestamp]
    private var born: Timestamp?
    private var hasNotedProgress = false
    private var progressTrouble: String?
    /// Said, and not yet that it is over.
    private var isTroubled = false

    /// - Parameter onTrouble: Gets what the disk refuses, and what to do, once; `nil` when it is over.
    init(
        _ store: StateStore, destinations: [Destination], schedules: [String], clock: any AgentClock,
        onShadowedLabel: @escaping @Sendable (ShadowedLabel) -> Void,
        onEnqueued: @escaping @Sendable (_ intoEmpty: Bool) -> Void,
        onTrouble: @escaping @Sendable (String?) -> Void
    ) throws(StateStoreError) {
        self.store = store
        self.clock = clock
        self.onShadowedLabel = onShadowedLabel
        self.onEnqueued = onEnqueued
        self.onTrouble = onTrouble
        progress = store.opening.progress
        born = store.opening.born
        settledUntil = Dictionary(schedules.map { ($0, nil) }, uniquingKeysWith: { first, _ in first })
        writers = []
        for destination in destinations {
            writers.append(
                Writer(
                    name: destination.name, encoder: OTLPEncoder(destination.settings.mapping),
                    outbox: try store.outbox(of: destination.name)))
        }
    }

    var destinations: [String] { writers.map(\.name) }

    func keep(_ step: ScrapeStep) throws -> StepOutcome {
        var change = StateChange()
        change.ledgers = step.ledgers.map { (LedgerKey($0.address), $0.bytes) }
        change.deletedLedgers = step.deletedLedgers.map(LedgerKey.init)
        change.documents = step.documents
        count(step.counts, in: &change)
        var wasEmpty = true
        for index in writers.indices where step.destinations.contains(writers[index].name) {
            if try writers[index].outbox.statistics().rows > 0 { wasEmpty = false }
            for kind in PointKind.allCases {
                guard let batch = step.batches[kind] else { continue }
                change.rows += try writers[index].encoder.encode(batch).map {
                    StoredRow($0, kind: RowKind(kind), for: writers[index].name)
                }
            }
            writers[index].encoder.takeShadowedLabels().forEach(onShadowedLabel)
        }
        let outcome = try store.commit(change)
        tellTrouble()
        switch outcome {
        case .committed:
            isStoreFull = false
            if !change.rows.isEmpty { onEnqueued(wasEmpty) }
            return .kept
        case .full(let destinations):
            for index in writers.indices where destinations.contains(writers[index].name) {
                writers[index].isFull = true
            }
            return .full(destinations)
        case .stateFull:
            isStoreFull = true
            return .refused
        }
    }

    func withoutRoom(_ destinations: [String]) throws -> [String] {
        if isStoreFull {
            // Only a write tells whether the disk is back.
            guard try store.retry() else { return destinations }
            isStoreFull = false
        }
        var full: [String] = []
        for index in writers.indices where destinations.contains(writers[index].name) {
            let statistics = try writers[index].outbox.statistics()
            let limit = writers[index].isFull ? statistics.share / 2 : statistics.share / 4 * 3
            if statistics.rows == 0 || statistics.bytes <= limit {
                writers[index].isFull = false
            } else {
                full.append(writers[index].name)
            }
        }
        return full
    }

    /// Keeps what was read of a type. What the disk refuses is read again after the next start; `run` says so.
    func keep(_ definitions: StoredDefinitions, of cloud: String) { try? store.keep(definitions, of: cloud) }

    func ledger(_ address: LedgerAddress) throws -> [UInt8]? { try store.ledger(LedgerKey(address)) }

    func documents(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
        try store.documents(prefix: prefix)
    }

    var resumesFrom: Timestamp? {
        guard store.opening.isRecovering, settledUntil.values.contains(where: { $0 == nil }) else { return nil }
        // Without any note of how far it was, as far back as metrics may be caught up.
        return store.opening.progress.values.min() ?? Timestamp(seconds: 0)
    }

    func planning(at now: Timestamp) -> Timestamp? {
        // A clock that was ahead may have noted too late a moment.
        let isEarliest = born.map { now < $0 } ?? store.opening.isNew
        if isEarliest {
            born = now
            // It is written again with every T, and `run` says when that fails.
            try? store.writeProgress(progress, born: now)
        }
        return born
    }

    func settled(until time: Timestamp?, schedule: String) throws {
        guard let time else { return }
        settledUntil[schedule] = .some(time)
        guard !settledUntil.values.contains(where: { $0 == nil }) else { return }
        if !hasNotedProgress {
            // A run may end before its first minute does. `run` says when it fails.
            try? noteProgress()
            hasNotedProgress = true
        }
        guard store.opening.isRecovering else { return }
        var change = StateChange()
        change.documents = [(StateStore.recoveryDocument, nil)]
        _ = try store.commit(change)
    }

    /// Notes every minute how far each destination is, in case the store is lost (rule L5), and looks whether the disk
    /// refuses.
    /// - Throws: `CancellationError`, in the end.
    func run() async throws {
        while true {
            try await clock.sleep(for: .seconds(60))
            lookAfter()
        }
    }

    /// Notes how far each destination is, and says what the disk refuses. Also the last thing that is done.
    func lookAfter() {
        do throws(StateStoreError) {
            try noteProgress()
            progressTrouble = nil
        } catch { progressTrouble = error.description }
        tellTrouble()
    }

    /// Says when the disk begins and ceases to refuse.
    private func tellTrouble() {
        let trouble = store.trouble?.description ?? progressTrouble
        if (trouble != nil) != isTroubled { onTrouble(trouble) }
        isTroubled = trouble != nil
    }

    /// Nothing before the first cycle of every schedule: it would claim what nobody knows.
    func noteProgress() throws(StateStoreError) {
        let settled = settledUntil.values.compactMap { $0 }
        guard settled.count == settledUntil.count, let decided = settled.min() else { return }
        var progress: [String: Timestamp] = [:]
        for writer in writers {
            let oldest = try writer.outbox.statistics().oldest
            progress[writer.name] = min(decided, oldest ?? decided)
        }
        self.progress = progress
        try store.writeProgress(progress, born: born)
    }

    private func count(_ counts: ScrapeCounts, in change: inout StateChange) {
        for (name, count) in [
            (CounterName.skipped, counts.skipped), (.absent, counts.absent), (.late, counts.late),
            (.revised, counts.revised), (.gap, counts.gap),
        ] where count > 0 {
            change.counters[CounterKey(name)] = Int64(count)
        }
    }
}

extension LedgerKey {
    init(_ address: LedgerAddress) {
        self.init(view: address.view, block: address.block, metric: address.metric)
    }
}

extension RowKind {
    init(_ kind: PointKind) {
        switch kind {
        case .live: self = .live
        case .late: self = .late
        case .catchUp: self = .catchUp
        }
    }
}
