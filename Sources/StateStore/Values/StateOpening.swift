import MetricModel

/// What was found when the store was opened.
public struct StateOpening: Sendable {
    public enum Event: Hashable, Sendable {
        /// There was none.
        case fresh
        case reopened
        /// Of an older schema, brought up to this one.
        case migrated(from: Int)
        /// It could not be used. A new one was made, with the rows that could be read.
        case movedAside(to: String, reason: String, salvagedRows: Int)
    }

    public var event: Event
    /// Per destination the last T of ``StateStore/writeProgress(_:born:)``: everything that ended before it is delivered or
    /// counted. Empty without a readable file.
    public var progress: [String: Timestamp]
    /// When the first pair was planned, by the same file.
    public var born: Timestamp?
    /// The ledgers were lost: begin at the smallest T less overlap, or `catchUp` back when there is none, but not before
    /// what was born at ``born`` (rule L5).
    ///
    /// Stays true over restarts until ``StateStore/recoveryDocument`` is deleted, best in the commit that holds the
    /// new ledgers.
    public var isRecovering: Bool
    /// There is no ledger, and none was lost.
    public var isNew: Bool
    /// Rows of destinations that are no more: they were deleted and counted as dropped (rule D5).
    public var removedDestinations: [String: RowRange]
    /// Databases that were moved aside before and were removed now: the newest two are kept.
    public var removedCopies: [String]
}
