import MetricModel
import Testing

@testable import StateStore

@Suite struct CommitTests {
    /// One of everything.
    static let change: StateChange = {
        var change = StateChange()
        change.ledgers = [(key(1), [1, 2, 3]), (key(1, 2), []), (key(-3, view: 9), [9])]
        change.rows = [
            .test("one", 1, points: 5), .test("two", 2, kind: .late), .test("one", 3, bytes: 5000, kind: .catchUp),
        ]
        change.counters = [CounterKey(.late): 2, CounterKey(.skipped, destination: "one"): 7]
        change.documents = [("a/1", [1]), ("a/2", []), ("b", [3])]
        return change
    }()

    static func expectAll(_ store: StateStore) throws {
        #expect(try store.ledgers() == [key(1): [1, 2, 3], key(1, 2): []])
        #expect(try store.ledgers(9) == [key(-3, view: 9): [9]])
        #expect(try store.waiting("one") == [change.rows[0], change.rows[2]])
        #expect(try store.waiting("two") == [change.rows[1]])
        #expect(store.counters() == change.counters)
        #expect(try store.document(named: "a/2") == [])
        #expect(try store.document(named: "a") == nil)
        #expect(try store.documents(prefix: "a/").map(\.name) == ["a/1", "a/2"])
        #expect(try store.documents(prefix: "").map(\.bytes) == [[1], [], [3]])
    }

    @Test("L4: what was committed is there, in memory and after opening again")
    func roundTrip() throws {
        let memory = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one", "two"])
        #expect(try memory.commit(Self.change) == .committed)
        try Self.expectAll(memory)

        let folder = try TestFolder()
        let store = try folder.open()
        #expect(try store.commit(Self.change) == .committed)
        try Self.expectAll(store)
        store.close()
        #expect(throws: StateStoreError.closed) { try store.commit(Self.change) }
        let again = try folder.open()
        #expect(again.opening.event == .reopened)
        try Self.expectAll(again)
        #expect(again.trouble == nil)
    }

    @Test("later bytes win, deletions delete, counters add up")
    func changes() throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one", "two"])
        _ = try store.commit(Self.change)
        var change = StateChange()
        change.ledgers = [(key(1), [4]), (key(2), [5])]
        change.deletedLedgers = [key(1, 2)]
        change.counters = [CounterKey(.late): 3]
        change.documents = [("a/1", nil), ("b", [4])]
        #expect(try store.commit(change) == .committed)
        #expect(try store.ledgers() == [key(1): [4], key(2): [5]])
        #expect(store.counters()[CounterKey(.late)] == 5)
        #expect(try store.documents(prefix: "").map(\.name) == ["a/2", "b"])
    }

    @Test(
        "ledgers come by block and metric, all of them, whatever their number",
        arguments: [0, 1, 127, 128, 129, 256, 1000])
    func pages(count: Int) throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: [])
        var change = StateChange()
        change.ledgers = (0..<count).map { (key(Int64($0 / 7) - 20, Int64($0 % 7)), [1]) }.shuffled()
        _ = try store.commit(change)
        var keys: [LedgerKey] = []
        try store.forEachLedger(view: 0) { key, _ in keys.append(key) }
        #expect(keys == change.ledgers.map(\.key).sorted())
    }

    @Test("D1: each destination has its share; who has none left stops the whole change")
    func shares() throws {
        let store = try StateStore.inMemory(maxSize: 2000, destinations: ["one", "two"])
        #expect(try store.commit(.rows(.test("one", 1, bytes: 600))) == .committed)
        var change = StateChange.rows(.test("two", 2, bytes: 900), .test("one", 3, bytes: 401))
        change.ledgers = [(key(1), [1])]
        change.counters = [CounterKey(.late): 1]
        change.documents = [("a", [1])]
        #expect(try store.commit(change) == .full(destinations: ["one"]))
        #expect(try store.ledgers().isEmpty)
        #expect(store.counters().isEmpty)
        #expect(try store.document(named: "a") == nil)
        #expect(try store.tags("one") == [1])
        #expect(try store.tags("two").isEmpty)
        #expect(try store.commit(.rows(.test("one", 4, bytes: 400))) == .committed)
        // Who is empty takes anything.
        #expect(try store.commit(.rows(.test("two", 5, bytes: 5000))) == .committed)
        #expect(
            try store.commit(.rows(.test("two", 6), .test("one", 7))) == .full(destinations: ["one", "two"]))
        // Ledgers do not count.
        change = StateChange()
        change.ledgers = [(key(1), [UInt8](repeating: 1, count: 10_000))]
        #expect(try store.commit(change) == .committed)
        // Room that is made is there.
        let outbox = try store.outbox(of: "one")
        try outbox.delivered(outbox.head(), rejected: 0)
        #expect(try store.commit(.rows(.test("one", 8, bytes: 600))) == .committed)
        #expect(try store.tags("one") == [4, 8])
    }

    @Test("a destination that was not named gets nothing")
    func unknown() throws {
        let store = try StateStore.inMemory(maxSize: 2000, destinations: ["one"])
        #expect(throws: StateStoreError.unknownDestination("three")) {
            try store.commit(.rows(.test("one", 1), .test("three", 2)))
        }
        #expect(throws: StateStoreError.unknownDestination("three")) { try store.outbox(of: "three") }
        #expect(try store.tags("one").isEmpty)
    }
}
