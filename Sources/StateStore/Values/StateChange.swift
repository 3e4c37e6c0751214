/// Names one ledger. What the numbers stand for is the caller's business.
public struct LedgerKey: Hashable, Comparable, Sendable {
    public var view: Int64
    public var block: Int64
    public var metric: Int64

    public init(view: Int64, block: Int64, metric: Int64) {
        self.view = view
        self.block = block
        self.metric = metric
    }

    public static func < (left: LedgerKey, right: LedgerKey) -> Bool {
        (left.view, left.block, left.metric) < (right.view, right.block, right.metric)
    }
}

/// What changes together: after a crash all of it is there, or none (rule L4).
///
/// Ledgers are written before others are deleted; the rest in any order.
public struct StateChange: Sendable {
    /// Replaces what is kept under the same key.
    public var ledgers: [(key: LedgerKey, bytes: [UInt8])] = []
    public var deletedLedgers: [LedgerKey] = []
    /// Put behind what waits, in this order.
    public var rows: [StoredRow] = []
    /// What is added to counters.
    public var counters: [CounterKey: Int64] = [:]
    /// `nil` deletes.
    public var documents: [(name: String, bytes: [UInt8]?)] = []

    /// Changes nothing.
    public init() {}

    /// Whether there is nothing to do.
    public var isEmpty: Bool {
        ledgers.isEmpty && deletedLedgers.isEmpty && rows.isEmpty
            && counters.isEmpty && documents.isEmpty
    }
}

/// What became of a ``StateChange``.
public enum CommitOutcome: Hashable, Sendable {
    /// All of it is kept: in the file or, while ``StateStore/trouble`` lasts, in memory.
    case committed
    /// Nothing of it is kept: the share of these destinations, in alphabetical order, has no room for its rows.
    case full(destinations: [String])
    /// Nothing of it is kept: the disk refuses, and the memory for what waits for it is full.
    case stateFull
}
