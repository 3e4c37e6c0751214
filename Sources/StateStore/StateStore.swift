import MetricModel

/// What an agent must not forget: ledgers, rows that wait for their destinations, counters, documents.
///
/// One SQLite file, `azimuth.db`; a ``StateChange`` is one transaction (rule L4). While the disk refuses, everything goes
/// on in memory up to a limit, and is written when the disk is back (rule L6): ``trouble`` says so. Calls are short and
/// wait for each other; none of them suspends. The store is blind to the meaning of what it holds.
public final class StateStore: Sendable {
    /// The document that keeps ``StateOpening/isRecovering`` true until the caller deletes it.
    public static let recoveryDocument = "azimuth/recovering"

    /// What was found when this store was opened.
    public let opening: StateOpening
    public let settings: StateStoreSettings
    private let core: Lock<StoreCore>
    private let progressFile: String?
    private let arrivals: [String: Arrivals]

    /// Opens the store in a folder, or one in memory.
    /// - Parameter now: For the time at which rows begin to wait, and troubles. Called with the store locked.
    /// - Throws: ``StateStoreError/inUse(folder:processID:)``, ``StateStoreError/unusable(folder:reason:advice:)`` and
    ///   ``StateStoreError/inaccessible(file:reason:advice:)``. A database that is proven to be of no use is no error: it is
    ///   moved aside.
    public init(
        _ settings: StateStoreSettings, now: @escaping @Sendable () -> Timestamp = { SystemClock().systemNow }
    ) throws(StateStoreError) {
        let folder: StateFolder?
        if let path = settings.folder { folder = try StateFolder(path) } else { folder = nil }
        let noted = folder.map { ProgressFile.read($0.progress) } ?? ProgressFile.Content()
        let opened: OpenedDatabase
        if let folder {
            opened = try folder.openDatabase(fileLayer: settings.fileLayer, now: now())
        } else {
            opened = try Self.inMemory()
        }
        let connection = opened.connection
        var contents = opened.contents
        var removed: [String: RowRange] = [:]
        do throws(SQLiteError) {
            if opened.event == .fresh && !noted.isEmpty {
                // Somebody took the database away.
                try StoreContents.markRecovering(connection)
                contents.isRecovering = true
            }
            for name in contents.totals.keys where !settings.destinations.contains(name) {
                removed[name] = try contents.remove(destination: name, in: connection)
            }
        } catch {
            // A full disk: they are removed at a later start.
            guard error.cause == .disk, !contents.isRecovering else {
                throw .unusable(folder: settings.folder ?? "", reason: error.description, advice: error.advice)
            }
        }
        opening = StateOpening(
            event: opened.event, progress: noted.progress, born: noted.born, isRecovering: contents.isRecovering,
            isNew: !contents.isRecovering && !contents.hasLedgers, removedDestinations: removed,
            removedCopies: opened.removedCopies)
        self.settings = settings
        progressFile = folder?.progress
        arrivals = Dictionary(uniqueKeysWithValues: Set(settings.destinations).map { ($0, Arrivals()) })
        folder?.reserve.take()
        core = Lock(StoreCore(connection, contents, folder: folder, settings: settings, now: now))
    }

    /// A store that forgets everything in the end.
    /// - Parameter maxSize: The most bytes of payload that wait, all destinations together.
    public static func inMemory(maxSize: Int, destinations: [String]) throws(StateStoreError) -> StateStore {
        try StateStore(StateStoreSettings(folder: nil, maxSize: maxSize, destinations: destinations))
    }

    private static func inMemory() throws(StateStoreError) -> OpenedDatabase {
        do throws(SQLiteError) {
            let connection = try Connection(":memory:")
            try Schema.create(in: connection)
            return OpenedDatabase(connection: connection, contents: try StoreContents(connection), event: .fresh)
        } catch { throw .unusable(folder: ":memory:", reason: error.description, advice: error.advice) }
    }

    // MARK: Writing

    /// Makes all of `change` true, or nothing of it.
    /// - Throws: ``StateStoreError/damaged(file:reason:)`` when the file turns out to be corrupt, now or before;
    ///   ``StateStoreError/unknownDestination(_:)``; ``StateStoreError/closed``. Nothing of `change` is kept then.
    public func commit(_ change: StateChange) throws(StateStoreError) -> CommitOutcome {
        let outcome = try with { (core) throws(StateStoreError) in try core.commit(change) }
        if outcome == .committed {
            for name in Set(change.rows.map(\.destination)) { arrivals[name]?.tell() }
        }
        return outcome
    }

    /// Writes what waits for the disk, if it is back. Also done by every call that writes.
    /// - Returns: Whether nothing waits any more.
    public func retry() throws(StateStoreError) -> Bool {
        try with { (core) throws(StateStoreError) in
            if !core.overlay.isEmpty || core.trouble != nil { _ = try core.write(Edit()) }
            return core.trouble == nil
        }
    }

    /// Keeps, beside the database, per destination a T: everything that ended before it is delivered or counted.
    /// - Parameter born: When the first pair was planned: nothing was ever sent that such a pair would not have.
    /// - Throws: ``StateStoreError/unusable(folder:reason:advice:)``; the file is then what it was. That is safe: an older T
    ///   only repeats more.
    public func writeProgress(
        _ progress: [String: Timestamp], born: Timestamp? = nil
    ) throws(StateStoreError) {
        guard let progressFile else { return }
        do throws(FileFailure) {
            try Files.replace(progressFile, with: ProgressFile.text(.init(progress: progress, born: born)))
        } catch {
            throw .unusable(folder: settings.folder ?? "", reason: error.description, advice: error.advice)
        }
    }

    /// From now on rows are dated by another clock: the one by which they grow old.
    /// - Parameter now: Called with the store locked.
    public func dateRows(by now: @escaping @Sendable () -> Timestamp) { core.withLock { $0.now = now } }

    /// Lets go of file and folder, so that they can be opened again. Every later call throws.
    ///
    /// What waits for the disk is written now, for which a reserve on a full disk is given up; at the least, what was
    /// delivered is deleted.
    /// - Returns: What the disk refused to the end, when that is noticed after the next start; else `nil`.
    @discardableResult
    public func close() -> UnwrittenChanges? { core.withLock { $0.close() } }

    // MARK: Reading

    /// Why changes wait in memory; `nil` while all is well.
    public var trouble: StoreTrouble? { core.withLock { $0.trouble } }

    /// Why the store is of no use until it is opened anew; `nil` while all is well.
    public var damage: StateStoreError? { core.withLock { $0.damage } }

    /// All counters that were ever counted.
    public func counters() -> [CounterKey: Int64] { core.withLock { $0.contents.counters } }

    /// Runs `body` for each ledger of a view, by block and metric. The store is not locked meanwhile: what is changed
    /// behind the current one is seen.
    public func forEachLedger(view: Int64, _ body: (LedgerKey, [UInt8]) -> Void) throws(StateStoreError) {
        var last: LedgerKey?
        while true {
            let some = try with { [last] (core) throws(StateStoreError) in
                try core.ledgers(view: view, after: last, limit: Self.ledgersAtOnce)
            }
            for (key, bytes) in some { body(key, bytes) }
            guard some.count == Self.ledgersAtOnce else { return }
            last = some.last?.key
        }
    }

    private static let ledgersAtOnce = 128

    /// One ledger; `nil` when there is none.
    public func ledger(_ key: LedgerKey) throws(StateStoreError) -> [UInt8]? {
        try with { (core) throws(StateStoreError) in try core.ledger(key) }
    }

    /// One document; `nil` when there is none.
    public func document(named name: String) throws(StateStoreError) -> [UInt8]? {
        try with { (core) throws(StateStoreError) in try core.document(named: name) }
    }

    /// The documents whose names begin with `prefix`, in the order of their names.
    public func documents(prefix: String) throws(StateStoreError) -> [(name: String, bytes: [UInt8])] {
        try with { (core) throws(StateStoreError) in try core.documents(prefix: prefix) }
    }

    // MARK: Outbox

    /// The rows that wait for one of ``StateStoreSettings/destinations``.
    public func outbox(of destination: String) throws(StateStoreError) -> StateOutbox {
        guard let arrivals = arrivals[destination] else { throw .unknownDestination(destination) }
        return StateOutbox(destination: destination, store: self, arrivals: arrivals)
    }

    /// Runs `body` with the store locked.
    func with<Result>(_ body: (StoreCore) throws(StateStoreError) -> Result) throws(StateStoreError) -> Result {
        let result = core.withLock { core in
            Swift.Result { () throws(StateStoreError) in try body(core) }
        }
        return try result.get()
    }
}
