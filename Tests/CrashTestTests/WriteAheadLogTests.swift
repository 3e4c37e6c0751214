import CSQLite
import Foundation
import Testing

@testable import CrashTest

/// Whether a kill met a commit is read from what it left behind.
struct WriteAheadLogTests {
    @Test("pages without a commit are found, whole transactions and older pages behind them are not")
    func insideCommit() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = folder + "/test.db-wal"
        var database: OpaquePointer?
        #expect(sqlite3_open(folder + "/test.db", &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        func run(_ statement: String) { #expect(sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK) }

        #expect(!WriteAheadLog.endsInsideCommit(log), "there is no log")
        // With a cache of two pages, a transaction must write before it is over.
        run("PRAGMA journal_mode=WAL; PRAGMA cache_size=2; CREATE TABLE numbers(value BLOB)")
        #expect(!WriteAheadLog.endsInsideCommit(log), "everything is committed")
        let fill = "INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
        run("BEGIN; " + fill + "SELECT randomblob(3000) FROM n")
        #expect(WriteAheadLog.endsInsideCommit(log))
        run("COMMIT")
        #expect(!WriteAheadLog.endsInsideCommit(log))
        // Begins the log anew: a short transaction in front of what the long one left.
        run("PRAGMA wal_checkpoint(RESTART); INSERT INTO numbers VALUES (1)")
        #expect(!WriteAheadLog.endsInsideCommit(log))
    }
}
