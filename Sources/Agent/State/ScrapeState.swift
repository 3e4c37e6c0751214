import MetricModel
import Settlement

/// Names the ledger of one metric of one block in the store.
struct LedgerAddress: Hashable, Sendable {
    /// 0 for the ledgers that all destinations share; else of one that fell behind (rule D4).
    var view: Int64 = 0
    var block: Int64
    var metric: Int64
}

/// What one step of the scrape side changes: all of it is kept, or nothing (rule L4).
struct ScrapeStep: Sendable {
    /// Ledgers that changed, as they are stored.
    var ledgers: [(address: LedgerAddress, bytes: [UInt8])] = []
    var deletedLedgers: [LedgerAddress] = []
    /// Decided points by kind; kinds do not share a request (rule D3).
    var batches: [PointKind: MetricBatch] = [:]
    /// Who gets them.
    var destinations: [String] = []
    var counts = ScrapeCounts()
    /// Small documents by name; `nil` removes one.
    var documents: [(name: String, bytes: [UInt8]?)] = []

    var pointCount: Int { batches.values.reduce(0) { $0 + $1.pointCount } }
}

/// What is counted for good.
struct ScrapeCounts: Sendable, Equatable {
    /// Buckets older than `catchUp` that were given up.
    var skipped = 0
    /// Buckets of live series that stayed empty until after end + overlap.
    var absent = 0
    /// Points that were empty until after end + overlap.
    var late = 0
    /// Values that Azure changed after they were sent.
    var revised = 0
    /// Buckets that are in no cumulative sum, because the total was lost.
    var gap = 0

    static func += (left: inout ScrapeCounts, right: ScrapeCounts) {
        left.skipped += right.skipped
        left.absent += right.absent
        left.late += right.late
        left.revised += right.revised
        left.gap += right.gap
    }
}

/// What became of a step.
enum StepOutcome: Sendable, Equatable {
    case kept
    /// Nothing of it was: these destinations have no room. The caller keeps its marks, and Azure keeps the data.
    case full([String])
    /// Nothing of it was: the disk refuses, and what may wait for it in memory is full.
    case refused
}

/// Where ledgers and decided points are kept together.
protocol ScrapeState: Sendable {
    /// Keeps the whole step, or nothing of it.
    func keep(_ step: ScrapeStep) async throws -> StepOutcome
    /// Who gets points, in a fixed order.
    var destinations: [String] { get async }
    /// Those of `destinations` that could hardly take what would be asked now; all of them while the disk refuses.
    func withoutRoom(_ destinations: [String]) async throws -> [String]
    /// What was kept of a ledger; `nil` when it is new.
    func ledger(_ address: LedgerAddress) async throws -> [UInt8]?
    /// The documents whose names begin with `prefix`.
    func documents(_ prefix: String) async throws -> [(name: String, bytes: [UInt8])]
    /// Where to begin what has no ledger although it was scraped before: the store was lost (rule L5). `nil` = as new.
    var resumesFrom: Timestamp? { get async }
    /// Pairs are planned at `now`; the first time is noted.
    /// - Returns: When the first pair of all was planned; `nil` when that is not known.
    func planning(at now: Timestamp) async -> Timestamp?
    /// All buckets of `schedule` before `time` are decided; `nil` when that is not known.
    func settled(until time: Timestamp?, schedule: String) async throws
}
