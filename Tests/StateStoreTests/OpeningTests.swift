import CSQLite
import FaultyVFS
import Foundation
import MetricModel
import Testing

@testable import StateStore

@Suite struct OpeningTests {
    /// What an opening says when the database was moved aside.
    private static func aside(_ store: StateStore) throws -> (path: String, reason: String, rows: Int) {
        guard case .movedAside(let path, let reason, let rows) = store.opening.event else {
            throw Unexpected(event: store.opening.event)
        }
        return (path, reason, rows)
    }

    private struct Unexpected: Error { let event: StateOpening.Event }

    private static func filled(_ folder: TestFolder, rows: Int = 5) throws {
        let store = try folder.open(maxSize: 1 << 24)
        for tag in 0..<rows {
            #expect(try store.commit(.rows(.test(tag % 2 == 0 ? "one" : "two", tag, bytes: 3000))) == .committed)
        }
        var change = StateChange()
        change.ledgers = (0..<500).map { (key($0), [UInt8](repeating: 1, count: 100)) }
        _ = try store.commit(change)
        try store.writeProgress(["one": noon, "two": noon + .seconds(60)])
        store.close()
    }

    @Test("a new one, and the same again")
    func fresh() throws {
        let folder = try TestFolder()
        let store = try folder.open()
        #expect(store.opening.event == .fresh)
        #expect(!store.opening.isRecovering)
        #expect(store.opening.progress.isEmpty)
        store.close()
        #expect(try folder.open().opening.event == .reopened)
    }

    @Test("L6: a second agent on the folder is refused, and told who the first one is")
    func second() throws {
        let folder = try TestFolder()
        let store = try folder.open()
        #expect(throws: StateStoreError.inUse(folder: folder.path, processID: Int(getpid()))) { try folder.open() }
        store.close()
        _ = try folder.open()
    }

    @Test("a folder that cannot be had is an error that names it")
    func noFolder() throws {
        let folder = try TestFolder()
        try Data().write(to: URL(filePath: folder.path + "/file"))
        for path in [folder.path + "/file", folder.path + "/file/below", folder.path + "/not/there"] {
            let settings = StateStoreSettings(folder: path, maxSize: 1, destinations: [])
            let error = #expect(throws: StateStoreError.self) { try StateStore(settings) }
            #expect(error?.description.contains(path) == true)
        }
        let settings = StateStoreSettings(folder: folder.path + "/made", maxSize: 1, destinations: [])
        #expect(try StateStore(settings).opening.event == .fresh)
    }

    @Test("version 1 is brought up: ledgers, rows in their order, counters and documents")
    func migration() throws {
        let folder = try TestFolder()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/version1.db")
        try FileManager.default.copyItem(atPath: fixture.path(), toPath: folder.database)
        var store = try folder.open()
        #expect(store.opening.event == .migrated(from: 1))
        #expect(!store.opening.isRecovering)
        for event in [StateOpening.Event.migrated(from: 1), .reopened] {
            #expect(store.opening.event == event)
            #expect(try store.ledgers() == [key(0): [0, 1, 2], key(0, 1): [], key(1, -5): [255]])
            #expect(try store.ledgers(7) == [key(0, view: 7): [7]])
            let rows = try store.waiting("one")
            #expect(rows.map(\.payload.count) == [2, 3000])
            #expect(
                rows.first
                    == StoredRow(
                        destination: "one", kind: .live, payload: [0x11, 0x11], isCompressed: true, pointCount: 10,
                        uncompressedBytes: 100, oldest: Timestamp(seconds: 1), newest: Timestamp(seconds: 2)))
            #expect(try store.waiting("two").map(\.payload) == [[0x22, 0x22]])
            #expect(store.counters() == [CounterKey(.skipped): 3, CounterKey(.dropped, destination: "one"): 4])
            #expect(try store.document(named: "regions") == Array("{}".utf8))
            #expect(try store.outbox(of: "one").statistics().oldest == Timestamp(nanosecondsSince1970: 500_000_000))
            store.close()
            store = try folder.open()
        }
        // There is room for parts now.
        let outbox = try store.outbox(of: "one")
        #expect(try outbox.replace(outbox.head(), with: [.test("one", 8), .test("one", 9)]).count == 2)
        #expect(try store.tags("one").prefix(2) == [8, 9])
    }

    @Test("L5: a newer schema is moved aside, its rows are saved, and recovering is said until it is done")
    func newer() throws {
        let folder = try TestFolder()
        try Self.filled(folder)
        try Connection(folder.database).execute(
            "ALTER TABLE outbox ADD COLUMN colour TEXT DEFAULT 'red'; PRAGMA user_version=7")
        var store = try folder.open()
        let aside = try Self.aside(store)
        #expect(aside.path == folder.database + ".20260921T141320Z")
        #expect(aside.reason.contains("version 7"))
        #expect(aside.rows == 5)
        #expect(store.opening.progress == ["one": noon, "two": noon + .seconds(60)])
        #expect(store.opening.isRecovering)
        #expect(try store.tags("one") == [0, 2, 4])
        #expect(try store.tags("two") == [1, 3])
        #expect(try store.ledgers().isEmpty)
        #expect(FileManager.default.fileExists(atPath: aside.path))
        store.close()
        store = try folder.open()
        #expect(store.opening.event == .reopened)
        #expect(store.opening.isRecovering)
        var change = StateChange()
        change.documents = [(StateStore.recoveryDocument, nil)]
        _ = try store.commit(change)
        store.close()
        #expect(try !folder.open().opening.isRecovering)
    }

    @Test("L5: what is no database of ours is moved aside", arguments: ["garbage", "other", "folder", "short"])
    func foreign(what: String) throws {
        let folder = try TestFolder()
        switch what {
        case "garbage": try Data(repeating: 0x41, count: 10_000).write(to: URL(filePath: folder.database))
        case "other": try Connection(folder.database).execute("CREATE TABLE t(x)")
        case "folder":
            try FileManager.default.createDirectory(atPath: folder.database, withIntermediateDirectories: true)
        default:
            try Self.filled(folder)
            let file = try FileHandle(forUpdating: URL(filePath: folder.database))
            try file.truncate(atOffset: 9000)
        }
        let store = try folder.open()
        let aside = try Self.aside(store)
        #expect(!aside.reason.isEmpty)
        #expect(FileManager.default.fileExists(atPath: aside.path))
        #expect(try store.commit(CommitTests.change) == .committed)
        store.close()
        #expect(try folder.open().opening.event == .reopened)
        // A second one does not take the first one's name.
        try Data(repeating: 0x42, count: 10_000).write(to: URL(filePath: folder.database))
        #expect(try Self.aside(folder.open()).path == aside.path + "-2")
    }

    private static let files = ["azimuth.db", "azimuth.lock", "azimuth.progress", "azimuth.reserve"]

    static let passing: [(FaultyMode, String)] = [
        (FAULTY_FORBIDDEN, "chown"), (FAULTY_NO_DESCRIPTORS, "limit of open files"), (FAULTY_WRITE_PROTECTED, "chown"),
        (FAULTY_DEAD, "check the disk"), (FAULTY_BAD_SECTORS, "check the disk"), (FAULTY_IO_ERROR, "check the disk"),
        (FAULTY_FULL, "make room"),
    ]

    @Test(
        "L5: what says nothing about the content moves nothing aside: it is refused, with what to do",
        arguments: passing)
    func stays(mode: FaultyMode, advice: String) throws {
        let folder = try TestFolder()
        try Self.filled(folder)
        if mode == FAULTY_IO_ERROR || mode == FAULTY_FULL {
            // What it takes to open it is a write.
            try Connection(folder.database).execute("PRAGMA journal_mode=DELETE")
        }
        let disk = FaultyDisk()
        disk.fail(mode)
        let settings = folder.settings(maxSize: 1 << 24, fileLayer: disk.name)
        let error = #expect(throws: StateStoreError.self) { try StateStore(settings, now: { noon }) }
        guard case .inaccessible(folder.database, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains(advice) == true, "\(String(describing: error))")
        #expect(folder.files.filter { !$0.hasPrefix("azimuth.db-") } == Self.files)
        disk.heal()
        let store = try StateStore(settings, now: { noon })
        #expect(store.opening.event == .reopened && !store.opening.isRecovering)
        #expect(try store.tags("one") == [0, 2, 4])
        #expect(try store.ledgers().count == 500)
    }

    @Test(
        "what to do depends on what is wrong",
        arguments: [
            (EACCES, "chown"), (EROFS, "mount"), (EMFILE, "limit of open files"), (EDQUOT, "make room"),
            (ENOENT, "make the folder"),
            (EIO, "check the disk"),
        ])
    func advice(code: Int32, words: String) {
        #expect(FileFailure(code: code, path: "/f").advice.contains(words))
        let error = SQLiteError(code: SQLITE_CANTOPEN, message: "unable to open", systemCode: code)
        #expect(error.advice.contains(words) && error.description.contains(String(cString: strerror(code))))
    }

    @Test("L5: rows that cannot be had just now are not given up with a newer database, which stays as it is")
    func newerInaccessible() throws {
        let folder = try TestFolder()
        try Self.filled(folder)
        try Connection(folder.database).execute("PRAGMA user_version=7")
        let disk = FaultyDisk()
        disk.fail(FAULTY_FULL)
        let settings = folder.settings(maxSize: 1 << 24, fileLayer: disk.name)
        #expect(throws: StateStoreError.self) { try StateStore(settings, now: { noon }) }
        #expect(!folder.files.contains("azimuth.db.damaged"))
        // The program that wrote it comes back.
        try Connection(folder.database).execute("PRAGMA user_version=2")
        let store = try folder.open(maxSize: 1 << 24)
        #expect(store.opening.event == .reopened)
        #expect(try store.ledgers().count == 500)
    }

    @Test(
        "L5: a database with tables of another program is moved aside, whatever version it says it has",
        arguments: [1, 2])
    func foreignVersion(version: Int) throws {
        let folder = try TestFolder()
        try Connection(folder.database).execute("CREATE TABLE t(x); PRAGMA user_version=\(version)")
        #expect(try Self.aside(folder.open()).reason.contains("no such table"))
    }

    @Test("L5: of the databases that were moved aside the newest two stay, and nothing else is touched")
    func copies() throws {
        let folder = try TestFolder()
        let others = ["azimuth.db.bak", "azimuth.db.20250101", "azimuth.db.20250101T000000Z-old", "notes"]
        // By their numbers, not by their letters.
        let old = ["azimuth.db.20250101T000000Z", "azimuth.db.20260921T141319Z-9", "azimuth.db.20260921T141319Z-10"]
        for name in others + old + [old[0] + "-wal", "azimuth.db"] {
            try Data(repeating: 0x41, count: 10_000).write(to: URL(filePath: folder.path + "/" + name))
        }
        let store = try folder.open()
        let aside = try Self.aside(store).path
        #expect(store.opening.removedCopies == old.prefix(2).map { folder.path + "/" + $0 })
        for name in others + [old[2]] { #expect(folder.files.contains(name)) }
        #expect(folder.files.contains { folder.path + "/" + $0 == aside })
        for name in old.prefix(2) + [old[0] + "-wal"] { #expect(!folder.files.contains(name)) }
    }

    @Test("L5: a damaged ledger is found at the start; every row is saved")
    func damagedLedger() throws {
        let folder = try TestFolder()
        try Self.filled(folder)
        let page = try Connection(folder.database).number("SELECT rootpage FROM sqlite_master WHERE name='ledger'")
        try folder.damage("azimuth.db", at: UInt64(page - 1) * 4096, with: [UInt8](repeating: 0xa5, count: 600))
        let store = try folder.open()
        #expect(try Self.aside(store).rows == 5)
        #expect(try store.tags("one") == [0, 2, 4])
    }

    @Test("L5: damage that is found while running stops the store; the next opening saves what can be read")
    func damagedLater() throws {
        let folder = try TestFolder()
        try Self.filled(folder, rows: 400)
        // Pages of rows begin with 13, those of ledgers and indexes do not.
        let file = try Data(contentsOf: URL(filePath: folder.database))
        let pages = stride(from: 0, to: file.count, by: 4096).filter { file[$0] == 13 }
        for page in pages[200..<210] {
            try folder.damage("azimuth.db", at: UInt64(page), with: [UInt8](repeating: 0xa5, count: 4096))
        }
        var store = try folder.open()
        #expect(store.opening.event == .reopened)
        let error = try #require(#expect(throws: StateStoreError.self) { try store.tags("one") })
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(store.damage == error)
        #expect(throws: error) { try store.commit(CommitTests.change) }
        store.close()
        store = try folder.open()
        let aside = try Self.aside(store)
        #expect((380..<400).contains(aside.rows))
        let tags = try store.tags("one") + store.tags("two")
        #expect(tags.count == aside.rows)
        #expect(try store.tags("one") == tags.filter { $0 % 2 == 0 }.sorted())
        #expect(try store.tags("two") == tags.filter { $0 % 2 == 1 }.sorted())
        #expect(tags.contains(0) && tags.contains(399))
        store.close()
        #expect(try folder.open().opening.event == .reopened)
        #expect(folder.files.contains { $0.hasPrefix("azimuth.db.2026") })
    }

    @Test("a process that ended while the new database took the old one's place")
    func interrupted() throws {
        let folder = try TestFolder()
        try Self.filled(folder)
        try FileManager.default.moveItem(atPath: folder.database, toPath: folder.database + ".new")
        var store = try folder.open()
        #expect(store.opening.event == .reopened)
        #expect(try store.tags("one") == [0, 2, 4])
        store.close()
        // Beside a database it is what was not finished.
        try Data(repeating: 0x41, count: 10_000).write(to: URL(filePath: folder.database + ".new"))
        try Data(repeating: 0x41, count: 10_000).write(to: URL(filePath: folder.database))
        store = try folder.open()
        #expect(try Self.aside(store).rows == 0)
    }

    @Test(
        "L5: the progress file is whole or ignored",
        arguments: [
            "2026-11-26T15:00:00Z one\n", "end", "2026-11-26T15:00:00Z\nend\n", "yesterday one\nend\n", "",
        ])
    func progress(text: String) throws {
        let folder = try TestFolder()
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/azimuth.progress"))
        let store = try folder.open()
        #expect(store.opening.progress.isEmpty)
        try store.writeProgress(["a name": noon, "one": noon + .nanoseconds(1)])
        store.close()
        let again = try folder.open()
        #expect(again.opening.progress == ["a name": noon, "one": noon])
        #expect(!again.opening.isRecovering)
        again.close()
        // Without its database, it says where to begin.
        try FileManager.default.removeItem(atPath: folder.database)
        let lost = try folder.open()
        #expect(lost.opening.event == .fresh)
        #expect(lost.opening.isRecovering)
        try FileManager.default.removeItem(atPath: folder.path)
        #expect(throws: StateStoreError.self) { try lost.writeProgress(["one": noon]) }
    }

    @Test("D5: rows of a destination that is no more are deleted and counted")
    func removed() throws {
        let folder = try TestFolder()
        var store = try folder.open()
        for tag in 0..<5 {
            _ = try store.commit(.rows(.test(tag % 2 == 0 ? "one" : "two", tag, points: 3, at: Int64(tag))))
        }
        store.close()
        store = try folder.open(["two"])
        let range = RowRange(rows: 3, points: 9, oldest: Timestamp(seconds: 0), newest: Timestamp(seconds: 64))
        #expect(store.opening.removedDestinations == ["one": range])
        #expect(try store.tags("two") == [1, 3])
        store.close()
        store = try folder.open()
        #expect(store.opening.removedDestinations.isEmpty)
        #expect(try store.tags("one").isEmpty)
        #expect(try store.outbox(of: "one").statistics().droppedPoints == 9)
    }
}
