import CSQLite
import MetricModel

/// An open database and what it holds besides ledgers and payloads.
struct OpenedDatabase {
    var connection: Connection
    var contents: StoreContents
    var event: StateOpening.Event
    /// Databases that were moved aside long before, and are gone now.
    var removedCopies: [String] = []
}

extension StateFolder {
    /// Opens the database, makes one, or moves one that is of no use aside (rule L5).
    ///
    /// Only what is proven to be damaged, foreign or newer is moved. A permission that is missing, a descriptor that
    /// cannot be had or a disk that cannot be read say nothing about what the file holds.
    func openDatabase(fileLayer: String?, now: Timestamp) throws(StateStoreError) -> OpenedDatabase {
        do throws(FileFailure) {
            // The old one was moved aside and the process ended: what lies there is whole.
            if !Files.exists(database), Files.exists(draft) { try Files.rename(draft, to: database) }
        } catch { throw .unusable(folder: path, reason: error.description, advice: error.advice) }
        var reason = Files.read(damageNote, limit: 1024).map { String(decoding: $0, as: UTF8.self) }
        if reason == nil, Files.isFolder(database) { reason = "it is a folder" }
        if reason == nil {
            do throws(SQLiteError) {
                switch try opened(fileLayer: fileLayer) {
                case .success(let opened): return opened
                case .failure(let useless): reason = useless.reason
                }
            } catch {
                // Without tables of these forms it is somebody else's.
                guard error.cause == .damage || error.code & 0xff == SQLITE_ERROR else { throw failure(error) }
                reason = error.description
            }
        }
        return try movedAside(because: reason ?? "", fileLayer: fileLayer, now: now)
    }

    private func failure(_ error: SQLiteError) -> StateStoreError {
        Files.exists(database)
            ? .inaccessible(file: database, reason: error.description, advice: error.advice)
            : .unusable(folder: path, reason: "\(database): \(error)", advice: error.advice)
    }

    /// Why a whole database is of no use.
    private struct Useless: Error {
        let reason: String
    }

    private func opened(fileLayer: String?) throws(SQLiteError) -> Result<OpenedDatabase, Useless> {
        let connection = try Connection(database, fileLayer: fileLayer)
        let version = Int(try connection.number("PRAGMA user_version"))
        var event = StateOpening.Event.reopened
        switch version {
        case 0:
            guard try connection.number("SELECT count(*) FROM sqlite_master") == 0 else {
                return .failure(Useless(reason: "it is a database of another program"))
            }
            try connection.useLog()
            try Schema.create(in: connection)
            event = .fresh
        case 1:
            if let damage = try damage(of: connection) { return .failure(damage) }
            try connection.useLog()
            try Schema.migrateFrom1(in: connection)
            event = .migrated(from: version)
        case Schema.version:
            if let damage = try damage(of: connection) { return .failure(damage) }
            try connection.useLog()
        default:
            return .failure(
                Useless(reason: "its schema is version \(version), newer than this program's \(Schema.version)"))
        }
        return .success(OpenedDatabase(connection: connection, contents: try StoreContents(connection), event: event))
    }

    /// The ledger is checked whole, since it is believed; a row of the outbox shows its damage when it is read.
    private func damage(of connection: Connection) throws(SQLiteError) -> Useless? {
        var answer = ""
        try connection.statement("PRAGMA quick_check(ledger)").rows { row in
            answer = row.text(0)
            return false
        }
        // A page that the disk did not give is reported as if the page were damaged.
        for line in answer.split(separator: "\n") {
            let parts = line.split(separator: "=")
            guard parts.count == 2, parts[0].hasSuffix("error code"), let code = Int32(parts[1]) else { continue }
            let error = SQLiteError(code: code, message: String(line))
            if error.cause == .disk { throw error }
        }
        return answer == "ok" ? nil : Useless(reason: answer)
    }

    // MARK: Moving aside

    private func movedAside(because reason: String, fileLayer: String?, now: Timestamp) throws(StateStoreError)
        -> OpenedDatabase
    {
        do throws(any Error) {
            let rows = try fillDraft(fileLayer: fileLayer)
            let target = try rename(because: reason, now: now)
            let connection = try Connection(database, fileLayer: fileLayer)
            try connection.useLog()
            return OpenedDatabase(
                connection: connection, contents: try StoreContents(connection),
                event: .movedAside(to: target, reason: reason, salvagedRows: rows),
                removedCopies: removeOldCopies())
        } catch {
            throw .unusable(
                folder: path,
                reason: "\(database) is of no use (\(reason)), and a new database cannot be made: \(error)",
                advice: (error as? SQLiteError)?.advice ?? (error as? FileFailure)?.advice ?? "check the disk")
        }
    }

    /// Puts the draft in the place of the database.
    /// - Returns: Where that is now.
    private func rename(because reason: String, now: Timestamp) throws(FileFailure) -> String {
        let wasNoted = Files.exists(damageNote)
        // A crash from here on must not trust what is left of the old one.
        noteDamage(reason)
        let target = unusedName(now)
        var isWhole = true
        do throws(FileFailure) {
            // The log first: beside a database that is not its own it would do harm.
            for suffix in ["-wal", "-shm", ""] where Files.exists(database + suffix) {
                try Files.rename(database + suffix, to: target + suffix)
                isWhole = false
            }
            try Files.rename(draft, to: database)
        } catch {
            // A database that is only newer or of another program is sound.
            if isWhole && !wasNoted { Files.remove(damageNote) }
            throw error
        }
        Files.remove(damageNote)
        return target
    }

    /// Makes a new database, without a log until it is in its place, and saves what waits in the old one.
    private func fillDraft(fileLayer: String?) throws(SQLiteError) -> Int {
        for suffix in ["", "-journal"] { Files.remove(draft + suffix) }
        let new = try Connection(draft, fileLayer: fileLayer)
        try Schema.create(in: new)
        let rows = try savedRows(into: new, fileLayer: fileLayer)
        try StoreContents.markRecovering(new)
        return rows
    }

    /// What cannot be had just now is not given up: it is thrown.
    private func savedRows(into new: Connection, fileLayer: String?) throws(SQLiteError) -> Int {
        if Files.isFolder(database) { return 0 }
        let old: Connection
        do throws(SQLiteError) {
            old = try Connection(database, fileLayer: fileLayer)
        } catch {
            if error.cause == .damage { return 0 }
            throw error
        }
        old.keepLog()
        return try Salvage.rows(of: old, into: new)
    }

    /// The next opening moves the database aside. When the disk refuses the note, it will find out by itself.
    func noteDamage(_ reason: String) { try? Files.replace(damageNote, with: reason) }

    /// `azimuth.db.20261126T150000Z`, with a number behind it when that is taken.
    private func unusedName(_ now: Timestamp) -> String {
        let time = String("\(Timestamp(seconds: now.seconds))".filter { $0 != "-" && $0 != ":" })
        let name = database + "." + time
        guard Files.exists(name) else { return name }
        // A folder cannot hold as many files as there are numbers.
        return (2...).lazy.map { "\(name)-\($0)" }.first { !Files.exists($0) } ?? name
    }
}
