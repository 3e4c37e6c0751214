import CSQLite
import FaultyVFS
import Foundation
import MetricModel
import Testing

@testable import StateStore

@Suite struct CrashTests {
    /// Each of them has a ledger, a row and a count, and takes away the row before the last.
    private static func run(_ count: Int, bytes: Int, on store: StateStore) throws {
        let outbox = try store.outbox(of: "one")
        for index in 0..<count {
            var change = StateChange.rows(.test("one", index, bytes: bytes))
            change.ledgers = [(key(Int64(index)), [1]), (key(0, 1), [UInt8(index)])]
            change.counters = [CounterKey(.late): 1]
            #expect(try store.commit(change) == .committed)
            if index % 3 == 2 { try outbox.delivered(outbox.head(), rejected: 0) }
        }
    }

    /// What is there belongs to the first few commits, and is all of them.
    private static func check(_ store: StateStore) throws {
        let ledgers = try store.ledgers()
        let count = ledgers.keys.count { $0.metric == 0 }
        #expect(count == 0 ? ledgers.isEmpty : ledgers[key(0, 1)] == [UInt8(count - 1)])
        #expect(store.counters()[CounterKey(.late)] ?? 0 == Int64(count))
        let taken = Int(store.counters()[CounterKey(.accepted, destination: "one")] ?? 0)
        #expect(try store.tags("one") == Array(taken..<count))
        // The delivery behind a third commit is a transaction of its own.
        #expect(taken == count / 3 || taken + 1 == count / 3 && count % 3 == 0)
    }

    @Test("L4: a crash at any write leaves all of a commit or nothing", arguments: [false, true])
    func everyWrite(isShort: Bool) throws {
        let measure = FaultyDisk()
        let folder = try TestFolder()
        let store = try StateStore(folder.settings(fileLayer: measure.name), now: { noon })
        let start = measure.operations
        try Self.run(7, bytes: 3000, on: store)
        // With the checkpoint of closing.
        store.close()
        let operations = measure.operations - start
        #expect(operations > 60)
        for write in 0...operations {
            let folder = try TestFolder()
            let disk = FaultyDisk()
            let store = try StateStore(folder.settings(fileLayer: disk.name), now: { noon })
            disk.fail(isShort ? FAULTY_SHORT_WRITE : FAULTY_IO_ERROR, after: write)
            try Self.run(7, bytes: 3000, on: store)
            try Self.check(folder.copy().open())
            store.close()
            try Self.check(folder.copy().open())
        }
    }

    @Test("L4: also while the log is written back into the file")
    func checkpoint() throws {
        let measure = FaultyDisk()
        let folder = try TestFolder()
        let store = try StateStore(folder.settings(maxSize: 1 << 25, fileLayer: measure.name), now: { noon })
        let start = measure.operations
        // Five mebibytes: the log is written back after four.
        try Self.run(50, bytes: 100_000, on: store)
        let operations = measure.operations - start
        for write in stride(from: 17, to: operations, by: operations / 25) {
            let folder = try TestFolder()
            let disk = FaultyDisk()
            let store = try StateStore(folder.settings(maxSize: 1 << 25, fileLayer: disk.name), now: { noon })
            disk.fail(FAULTY_SHORT_WRITE, after: write)
            try Self.run(50, bytes: 100_000, on: store)
            try Self.check(folder.copy().open(maxSize: 1 << 25))
        }
    }

    /// The sanitizers keep what was freed.
    @Test(
        "memory does not grow with what waits",
        .enabled(if: getenv("ASAN_OPTIONS") == nil && getenv("TSAN_OPTIONS") == nil))
    func memory() async throws {
        // In a process of its own, since the others' memory is nobody's promise.
        await #expect(processExitsWith: .success) {
            let folder = try TestFolder()
            let store = try folder.open(["one"], maxSize: 1 << 28)
            func fill(_ tags: Range<Int>) throws {
                for tag in tags { _ = try store.commit(.rows(.test("one", tag, bytes: 100_000))) }
            }
            func read() throws {
                let outbox = try store.outbox(of: "one")
                var place = try outbox.first()
                while let here = place {
                    _ = try outbox.row(here)
                    place = try outbox.after(here)
                }
            }
            try fill(0..<100)
            try read()
            let before = try residentBytes()
            try fill(100..<1050)
            try read()
            let after = try residentBytes()
            let statistics = try store.outbox(of: "one").statistics()
            #expect(statistics.bytes == 105_000_000)
            #expect(after - before < 4 << 20, "from \(before) to \(after)")
            // SQLite's own.
            #expect(sqliteBytes() < 1 << 20, "\(sqliteBytes())")
        }
    }
}

private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
}

private func sqliteBytes() -> Int64 { sqlite3_memory_highwater(0) }
