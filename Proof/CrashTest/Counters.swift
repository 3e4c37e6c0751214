import CSQLite
import Foundation

/// What the agents say of themselves.
enum Counters {
    /// Points that were dropped and counted, over all lives of the agent. No agent may run: it has its database for itself.
    static func dropped(stateFolder: String) throws -> Int {
        let path = stateFolder + "/azimuth.db"
        var database: OpaquePointer?
        defer { sqlite3_close_v2(database) }
        var statement: OpaquePointer?
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
            sqlite3_prepare_v2(
                database, "SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'dropped'", -1, &statement, nil)
                == SQLITE_OK
        else { throw HarnessError("\(path) cannot be read: \(String(cString: sqlite3_errmsg(database)))") }
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw HarnessError("\(path) has no counters") }
        return Int(sqlite3_column_int64(statement, 0))
    }
}
