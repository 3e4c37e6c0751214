import CSQLite

/// One connection to a database file. Whoever has it uses it alone.
final class Connection {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// Opens or makes the file at `path`; `:memory:` is none.
    ///
    /// Only this connection may use the file until it is closed. That spares the shared memory that a write-ahead log
    /// otherwise needs and that network file systems do not have. Its own memory stays below a megabyte.
    /// - Parameter fileLayer: SQLite's name of another file layer than the system's.
    init(_ path: String, fileLayer: String? = nil) throws(SQLiteError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, fileLayer)
        guard let opened else { throw SQLiteError(code: SQLITE_NOMEM, message: "out of memory") }
        guard code == SQLITE_OK else {
            let error = SQLiteError(code, of: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        // SQLite falls back to reading, and then fails at its locks with a code that hides why.
        if sqlite3_db_readonly(handle, "main") == 1 {
            throw SQLiteError(code: SQLITE_READONLY, message: "the file may be read, but not written")
        }
        sqlite3_extended_result_codes(handle, 1)
        // Somebody may be looking at the file with another program.
        sqlite3_busy_timeout(handle, 2000)
        // Debian's SQLite overwrites what is deleted, which doubles what a delivery writes, and nothing here is secret.
        try execute(
            """
            PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-256; PRAGMA cell_size_check=ON; PRAGMA secure_delete=OFF
            """)
    }

    /// For a database of ours: a write-ahead log, and as few flushes as keep it whole.
    func useLog() throws(SQLiteError) {
        try execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=8388608")
    }

    deinit {
        for statement in statements.values { statement.finish() }
        sqlite3_close_v2(handle)
    }

    /// Leaves the log as it is when the connection goes.
    func keepLog() { _ = azimuth_keep_log_on_close(handle) }

    /// Runs statements without parameters and results.
    func execute(_ sql: String) throws(SQLiteError) { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    /// The statement of this text, which is prepared once.
    func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        try check(sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
        // Only an empty text has none.
        guard let prepared else { throw SQLiteError(code: SQLITE_MISUSE, message: "an empty statement") }
        let statement = Statement(prepared, of: handle)
        statements[sql] = statement
        return statement
    }

    /// Runs `body` in one transaction, which is undone when it throws.
    func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try statement("BEGIN IMMEDIATE").run()
        do throws(SQLiteError) {
            try body()
            try statement("COMMIT").run()
        } catch {
            // SQLite has often done so by itself. What is left is done when the next transaction begins.
            if sqlite3_get_autocommit(handle) == 0 { try? statement("ROLLBACK").run() }
            throw error
        }
    }

    /// The one number that `sql` asks for; 0 when there is no row.
    func number(_ sql: String) throws(SQLiteError) -> Int64 {
        var number: Int64 = 0
        try statement(sql).rows { (row) throws(SQLiteError) in
            number = row.integer(0)
            return false
        }
        return number
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code, of: handle) }
    }
}

extension SQLiteError {
    /// What `connection` has just answered.
    init(_ code: Int32, of connection: OpaquePointer) {
        self.init(
            code: code, message: String(cString: sqlite3_errmsg(connection)),
            systemCode: [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xff) ? sqlite3_system_errno(connection) : 0)
    }
}
