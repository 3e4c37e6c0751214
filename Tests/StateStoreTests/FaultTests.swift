import FaultyVFS
import MetricModel
import Testing

@testable import StateStore

/// What goes wrong with a disk while the store is open.
enum Fault: String, CaseIterable, CustomTestStringConvertible {
    case full, readOnly, ioError, shortWrite, flush

    var mode: FaultyMode {
        switch self {
        case .full: FAULTY_FULL
        case .readOnly: FAULTY_READ_ONLY
        case .ioError: FAULTY_IO_ERROR
        case .shortWrite: FAULTY_SHORT_WRITE
        case .flush: FAULTY_FLUSH
        }
    }
    var testDescription: String { rawValue }
}

@Suite struct FaultTests {
    @Test(
        "L6: while the disk refuses, all goes on in memory; when it is back, all is written",
        arguments: Fault.allCases.dropLast())
    func goesOn(fault: Fault) throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        let settings = folder.settings(fileLayer: disk.name)
        let clock = Lock(noon)
        let store = try StateStore(settings, now: { clock.withLock { $0 } })
        var change = CommitTests.change
        #expect(try store.commit(change) == .committed)
        disk.fail(fault.mode)
        change = StateChange.rows(.test("one", 4, at: 1), .test("two", 5))
        change.ledgers = [(key(1), [8]), (key(50), [9])]
        change.deletedLedgers = [key(1, 2)]
        change.counters = [CounterKey(.late): 1]
        change.documents = [("a/1", nil), ("a/3", [6])]
        #expect(try store.commit(change) == .committed)
        let trouble = try #require(store.trouble)
        #expect(trouble.since == noon)
        #expect(trouble.waitingBytes > 0 && trouble.waitingBytes < 2000)
        #expect(!trouble.reason.isEmpty && !trouble.advice.isEmpty)
        // A delivery, a division and a drop of rows of the file and of rows that wait for it.
        let outbox = try store.outbox(of: "one")
        try outbox.delivered(outbox.head(), rejected: 0)
        let parts = try outbox.replace(outbox.head(), with: [.test("one", 6), .test("one", 7, at: -5)])
        #expect(parts.count == 2)
        try outbox.dropped([parts[0]], reason: "bad")
        clock.withLock { $0 = $0 + .seconds(5) }
        #expect(try !store.retry())
        #expect(store.trouble?.since == noon)
        func expectAll(_ store: StateStore) throws {
            #expect(try store.ledgers() == [key(1): [8], key(50): [9]])
            #expect(try store.tags("one") == [7, 4])
            #expect(try store.tags("two") == [2, 5])
            #expect(try store.documents(prefix: "a/").map(\.name) == ["a/2", "a/3"])
            #expect(try store.document(named: "a/1") == nil)
            #expect(store.counters()[CounterKey(.late)] == 3)
            let statistics = try store.outbox(of: "one").statistics()
            #expect(statistics.rows == 2)
            #expect(statistics.bytes == 16)
            #expect(statistics.oldest == Timestamp(seconds: -5))
            #expect(statistics.droppedPoints == 1)
            #expect(statistics.acceptedPoints == 5)
            #expect(try store.outbox(of: "one").last() == outbox.last())
        }
        try expectAll(store)
        disk.heal()
        #expect(try store.retry())
        #expect(store.trouble == nil)
        try expectAll(store)
        // Not by closing: a copy of what is on the disk.
        try expectAll(folder.copy().open())
    }

    @Test("L6: the memory for what waits is limited; beyond it nothing of a change is kept, and deliveries still count")
    func limit() throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        var settings = folder.settings(maxSize: 1 << 20, fileLayer: disk.name)
        settings.overlayLimit = 10_000
        let store = try StateStore(settings, now: { noon })
        for tag in 0..<5 { _ = try store.commit(.rows(.test("one", tag, bytes: 100))) }
        disk.fail(FAULTY_FULL)
        var tag = 5
        while true {
            var change = StateChange.rows(.test("one", tag, bytes: 1000))
            change.ledgers = [(key(Int64(tag)), [1])]
            change.counters = [CounterKey(.late): 1]
            let outcome = try store.commit(change)
            if outcome == .stateFull { break }
            #expect(outcome == .committed)
            tag += 1
        }
        #expect((10...14).contains(tag))
        #expect(try store.tags("one") == Array(0..<tag))
        #expect(try store.ledgers().count == tag - 5)
        #expect(store.counters()[CounterKey(.late)] == Int64(tag - 5))
        let outbox = try store.outbox(of: "one")
        for _ in 0..<7 { try outbox.delivered(outbox.head(), rejected: 0) }
        #expect(try store.tags("one") == Array(7..<tag))
        // What went from memory makes room there.
        #expect(try store.commit(.rows(.test("one", 100, bytes: 1000))) == .committed)
        disk.heal()
        // The next commit brings all that waits with it.
        #expect(try store.commit(.rows(.test("one", 101))) == .committed)
        #expect(store.trouble == nil)
        let copy = try folder.copy().open()
        #expect(try copy.tags("one") == Array(7..<tag) + [100, 101])
        #expect(try copy.ledgers().count == tag - 5)
    }

    /// A store with 40 rows in the file, on a disk that is full now.
    private static func full(_ folder: TestFolder, _ disk: FaultyDisk) throws -> StateStore {
        let store = try StateStore(folder.settings(["one"], maxSize: 1 << 24, fileLayer: disk.name), now: { noon })
        for tag in 0..<40 { _ = try store.commit(.rows(.test("one", tag, bytes: 20_000, points: 10))) }
        disk.reserve(folder.path + "/azimuth.reserve")
        disk.fail(FAULTY_NO_GROWTH)
        #expect(try store.commit(.rows(.test("one", 40, points: 10))) == .committed)
        #expect(store.trouble != nil)
        let outbox = try store.outbox(of: "one")
        for _ in 0..<30 { try outbox.delivered(outbox.head(), rejected: 0) }
        return store
    }

    @Test("L6: a disk that is full to the end: the reserve takes what waits, and nothing is sent twice")
    func reserve() throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        let store = try Self.full(folder, disk)
        #expect(store.close() == nil)
        disk.heal()
        let again = try folder.open(["one"], maxSize: 1 << 24)
        #expect(try again.tags("one") == Array(30...40))
        #expect(try again.outbox(of: "one").statistics().acceptedPoints == 300)
        #expect(folder.files.contains("azimuth.reserve"))
    }

    @Test("L6: what is too much for the reserve is asked for again, and said; what was delivered is deleted")
    func beyondReserve() throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        let store = try Self.full(folder, disk)
        let outbox = try store.outbox(of: "one")
        // Delivered from memory, waiting there, and a row of the file whose second half waits there.
        for tag in 41..<47 { _ = try store.commit(.rows(.test("one", tag, bytes: 1 << 20, points: 7))) }
        try outbox.delivered(#require(try outbox.last()), rejected: 0)
        let parts = try outbox.replace(
            outbox.head(), with: [.test("one", 50, points: 4), .test("one", 51, points: 6)])
        try outbox.delivered(parts[0], rejected: 0)
        let unwritten = try #require(store.close())
        #expect(unwritten.repeatedPoints == 7 + 4)
        #expect(unwritten.waitingPoints == 10 + 5 * 7 + 6)
        #expect(unwritten.description.contains("make room"))
        #expect(store.close() == nil, "said once")
        disk.heal()
        #expect(try folder.open(["one"], maxSize: 1 << 24).tags("one") == Array(30..<40))
    }

    @Test("L6: a disk that refuses to the end: what is sent again is counted", arguments: [Fault.full, .readOnly])
    func refusedToTheEnd(fault: Fault) throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        let store = try Self.full(folder, disk)
        disk.fail(fault.mode)
        let unwritten = try #require(store.close())
        #expect(unwritten.repeatedPoints == 300)
        #expect(unwritten.waitingPoints == 10)
        disk.heal()
        #expect(try folder.open(["one"], maxSize: 1 << 24).tags("one") == Array(0..<40))
    }

    @Test("a disk that cannot be read is an error that passes")
    func unreadable() throws {
        let folder = try TestFolder()
        let disk = FaultyDisk()
        let store = try StateStore(folder.settings(maxSize: 1 << 22, fileLayer: disk.name), now: { noon })
        // More than the cache holds.
        for tag in 0..<20 { #expect(try store.commit(.rows(.test("one", tag, bytes: 50_000))) == .committed) }
        let outbox = try store.outbox(of: "one")
        let first = try outbox.head()
        disk.fail(FAULTY_DEAD)
        let error = #expect(throws: StateStoreError.self) { try outbox.row(first) }
        guard case .unreadable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.commit(.rows(.test("two", 100))) == .committed)
        disk.heal()
        #expect(try store.retry())
        #expect(try store.tags("one") == Array(0..<20))
        #expect(try store.tags("two") == [100])
    }

    @Test("a full disk by SQLite's own limit leaves no half of a transaction")
    func pageLimit() throws {
        let folder = try TestFolder()
        let store = try folder.open()
        _ = try store.commit(.rows(.test("one", 1)))
        try store.with { (core) throws(StateStoreError) in
            try core.read { (connection) throws(SQLiteError) in
                _ = try connection.number("PRAGMA max_page_count=\(connection.number("PRAGMA page_count") + 10)")
            }
        }
        var change = StateChange.rows(.test("one", 2), .test("two", 3, bytes: 200_000), .test("one", 4))
        change.ledgers = [(key(1), [1])]
        #expect(try store.commit(change) == .committed)
        #expect(store.trouble?.reason.contains("full") == true)
        #expect(try folder.copy().open().tags("one") == [1])
        #expect(try folder.copy().open().ledgers().isEmpty)
        #expect(try store.tags("one") == [1, 2, 4])
    }

    @Test("whatever the disk does and when: nothing lost, nothing doubled", arguments: 0..<24)
    func random(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let folder = try TestFolder()
        let disk = FaultyDisk()
        var store = try StateStore(folder.settings(maxSize: 1 << 24, fileLayer: disk.name), now: { noon })
        var model = Model()
        for step in 0..<120 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                let fault = Fault.allCases.randomElement(using: &random) ?? .full
                disk.fail(fault.mode, after: Int.random(in: 0..<30, using: &random))
            case 1: disk.heal()
            case 2:
                disk.heal()
                #expect(try store.retry())
                store.close()
                store = try StateStore(folder.settings(maxSize: 1 << 24, fileLayer: disk.name), now: { noon })
                #expect(store.opening.event == .reopened)
                try model.expect(store, "opened again at \(step)")
            case 3..<7: try model.commit(to: store, using: &random)
            default: try model.changeRow(of: store, using: &random)
            }
            try model.expect(store, "step \(step)")
        }
        disk.heal()
        #expect(try store.retry())
        try model.expect(try folder.copy().open(maxSize: 1 << 24), "at the end")
    }
}
