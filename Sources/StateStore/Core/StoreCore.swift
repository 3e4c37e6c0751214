import MetricModel

/// The store behind its lock: the file, what is to be written to it as soon as it can be, and sums in memory.
final class StoreCore {
    let settings: StateStoreSettings
    var now: @Sendable () -> Timestamp
    private let file: String
    private var folder: StateFolder?
    private var open: Connection?
    private(set) var damage: StateStoreError?
    private var refusal: (error: SQLiteError, since: Timestamp)?

    /// What the disk has refused so far. Empty in good times.
    private(set) var overlay = Edit()
    /// Points of rows that are done with, while the file does not know it: by row of the file, and of rows in memory.
    private var doneRows: [Int64: Int] = [:]
    private var donePoints = 0
    var contents: StoreContents

    init(
        _ connection: Connection, _ contents: StoreContents, folder: StateFolder?, settings: StateStoreSettings,
        now: @escaping @Sendable () -> Timestamp
    ) {
        open = connection
        self.contents = contents
        self.folder = folder
        file = folder?.database ?? ":memory:"
        self.settings = settings
        self.now = now
    }

    var trouble: StoreTrouble? {
        refusal.map {
            StoreTrouble(
                reason: $0.error.description, since: $0.since, advice: $0.error.advice,
                waitingBytes: overlay.byteCount, limit: settings.overlayLimit)
        }
    }

    func connection() throws(StateStoreError) -> Connection {
        if let damage { throw damage }
        guard let open else { throw .closed }
        return open
    }

    /// Lets go of the file and the folder. What still waits for the disk gets a last chance.
    func close() -> UnwrittenChanges? {
        let unwritten = writeLast()
        // In this order: who takes the folder finds the file free.
        open = nil
        folder = nil
        return unwritten
    }

    private func writeLast() -> UnwrittenChanges? {
        guard let open, damage == nil, !overlay.isEmpty else { return nil }
        _ = try? write(Edit())
        if refusal != nil {
            folder?.reserve.release()
            _ = try? write(Edit())
        }
        guard let refusal, damage == nil else { return nil }
        // Too much for the reserve. What was delivered is less.
        let deletions = overlay.deletions
        let areWritten = (try? open.transaction { () throws(SQLiteError) in try deletions.write(to: open) }) != nil
        if areWritten {
            for row in deletions.removedRows { doneRows[row] = nil }
        }
        let unwritten = UnwrittenChanges(
            reason: refusal.error.description, advice: refusal.error.advice,
            repeatedPoints: donePoints + doneRows.values.reduce(0, +),
            waitingPoints: overlay.addedRows.values.reduce(0) { $0 + $1.row.pointCount })
        return unwritten.repeatedPoints + unwritten.waitingPoints > 0 ? unwritten : nil
    }

    /// A row is done with, and its deletion was given to ``write(_:always:)``.
    func noteDone(_ sequence: Int64, points: Int, inMemory: Bool) {
        guard refusal != nil else { return }
        if inMemory { donePoints += points } else { doneRows[sequence] = points }
    }

    // MARK: Writing

    /// Writes what waits and `edit`, or lets `edit` wait as well.
    /// - Parameter always: Beyond the limit, too: what it tells has happened.
    /// - Returns: false when there is no room for it to wait; then nothing of it is kept.
    func write(_ edit: Edit, always: Bool = false) throws(StateStoreError) -> Bool {
        let connection = try connection()
        do throws(SQLiteError) {
            try connection.transaction { () throws(SQLiteError) in
                try overlay.write(to: connection)
                try edit.write(to: connection)
            }
            overlay = Edit()
            if refusal != nil { folder?.reserve.take() }
            refusal = nil
            doneRows = [:]
            donePoints = 0
            return true
        } catch {
            guard error.cause == .disk else { throw failure(error) }
            refusal = (error, refusal?.since ?? now())
            let hasRoom = overlay.byteCount + edit.byteCount <= settings.overlayLimit
            guard always || hasRoom else { return false }
            overlay.merge(edit)
            return true
        }
    }

    /// Runs what only reads.
    func read<Result>(_ body: (Connection) throws(SQLiteError) -> Result) throws(StateStoreError) -> Result {
        let connection = try connection()
        do throws(SQLiteError) { return try body(connection) } catch { throw failure(error) }
    }

    private func failure(_ error: SQLiteError) -> StateStoreError {
        switch error.cause {
        case .disk: return .unreadable(file: file, reason: error.description, advice: error.advice)
        case .mistake: return .refused(reason: error.description)
        case .damage:
            // Nothing is written to it any more.
            let damage = StateStoreError.damaged(file: file, reason: error.description)
            self.damage = damage
            folder?.noteDamage(error.description)
            return damage
        }
    }
}
