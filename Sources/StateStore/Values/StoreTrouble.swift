import MetricModel

/// Why changes wait in memory instead of being in the file. After a crash now, what waits is asked from Azure again, and what
/// destinations took meanwhile is sent once more; an orderly end deletes at least that (``StateStore/close()``).
public struct StoreTrouble: Hashable, Sendable, CustomStringConvertible {
    /// In SQLite's words: `database or disk is full`.
    public var reason: String
    public var since: Timestamp
    /// What to do, as a sentence without a full stop.
    public var advice: String
    /// Bytes that wait, and how many may.
    public var waitingBytes: Int
    public var limit: Int

    public var description: String {
        "the state cannot be written since \(since): \(reason); \(waitingBytes) of \(limit) bytes wait in memory, and after a "
            + "crash what was delivered meanwhile would be sent once more; \(advice)"
    }
}

/// What the disk refused until the store was closed.
public struct UnwrittenChanges: Hashable, Sendable, CustomStringConvertible {
    /// In SQLite's words.
    public var reason: String
    /// What to do, as a sentence without a full stop.
    public var advice: String
    /// Points that were delivered or dropped, and are sent or asked for once more by the next run.
    public var repeatedPoints: Int
    /// Points that waited in memory only, and are asked from Azure again.
    public var waitingPoints: Int

    public var description: String {
        "the state could not be written: \(reason). After the next start \(repeatedPoints) points that were delivered are "
            + "sent once more, with the same times and values, and \(waitingPoints) that still waited are asked from Azure "
            + "again; before that, \(advice)"
    }
}
