/// Why the store could not do what it was asked. Nothing of that call was kept.
public enum StateStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another agent uses the folder; `processID` is its own, where it could be read.
    case inUse(folder: String, processID: Int?)
    /// The folder, or a new database in it, cannot be made or opened; what to do, as a clause.
    case unusable(folder: String, reason: String, advice: String)
    /// There is a database, of which nothing says that it is damaged, and it cannot be opened or written. It is left as
    /// it is.
    case inaccessible(file: String, reason: String, advice: String)
    /// The database turned out to be corrupt. The next opening moves it aside and saves what waits.
    case damaged(file: String, reason: String)
    /// The disk could not be read. Worth another try; what to do, as a clause.
    case unreadable(file: String, reason: String, advice: String)
    /// SQLite refused for a reason that is neither the disk's nor the file's: a mistake of ours.
    case refused(reason: String)
    /// Rows for a destination that was not named when the store was opened.
    case unknownDestination(String)
    /// A row that was divided too often to have room for parts in its place.
    case indivisible
    /// Used after ``StateStore/close()``.
    case closed

    public var description: String {
        switch self {
        case .inUse(let folder, let processID):
            "the state folder \(folder) is in use by another agent"
                + (processID.map { " (process \($0))" } ?? "")
                + ": two would send everything twice; stop that one, or give this one a folder of its own"
        case .unusable(let folder, let reason, let advice):
            "the state folder \(folder) cannot be used: \(reason); \(advice), or name another folder"
        case .inaccessible(let file, let reason, let advice):
            "the state file \(file) cannot be used: \(reason); it is left as it is, with all that waits in it; \(advice). "
                + "Do not remove it: without it values are sent twice, and what waits is lost"
        case .damaged(let file, let reason):
            "the state file \(file) is damaged: \(reason); it is moved aside at the next start, what waits in it is "
                + "saved, and what may be missing is asked from Azure again"
        case .unreadable(let file, let reason, let advice):
            "the state file \(file) cannot be read now: \(reason); \(advice)"
        case .refused(let reason): "SQLite refused a statement, which is a mistake in azimuth: \(reason)"
        case .unknownDestination(let name): "there is no destination \(name): the row was not kept"
        case .indivisible: "the row was divided too often to be divided again"
        case .closed: "the state store is closed"
        }
    }
}
