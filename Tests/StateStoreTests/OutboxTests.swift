import MetricModel
import Testing

@testable import StateStore

@Suite struct OutboxTests {
    @Test("D2: rows wait in the order in which they came, each destination for itself")
    func order() throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one", "two"])
        for tag in 0..<20 { _ = try store.commit(.rows(.test(tag % 3 == 0 ? "two" : "one", tag))) }
        #expect(try store.tags("two") == [0, 3, 6, 9, 12, 15, 18])
        let outbox = try store.outbox(of: "one")
        #expect(try store.tags("one").count == 13)
        #expect(try outbox.row(try outbox.head())?.tag == 1)
        let last = try #require(try outbox.last())
        #expect(try outbox.row(last)?.tag == 19)
        #expect(try outbox.after(last) == nil)
        #expect(try outbox.row(12345) == nil)
    }

    @Test("what is delivered or dropped goes, once, and is counted once")
    func going() throws {
        let folder = try TestFolder()
        var store = try folder.open()
        for tag in 0..<6 {
            _ = try store.commit(.rows(.test("one", tag, bytes: 100, points: 10, at: Int64(100 - tag))))
        }
        var outbox = try store.outbox(of: "one")
        let first = try outbox.head()
        #expect(
            try outbox.delivered(first, rejected: 3)
                == RowRange(rows: 1, points: 10, oldest: Timestamp(seconds: 100), newest: Timestamp(seconds: 160)))
        #expect(try outbox.delivered(first, rejected: 3) == nil)
        #expect(try outbox.dropped([first], reason: "bad") == nil)
        let second = try #require(try outbox.after(first))
        let third = try #require(try outbox.after(second))
        #expect(
            try outbox.dropped([second, third, second], reason: "bad")
                == RowRange(rows: 2, points: 20, oldest: Timestamp(seconds: 98), newest: Timestamp(seconds: 159)))
        func expectCounts() throws {
            var expected = OutboxStatistics()
            expected.rows = 3
            expected.points = 30
            expected.bytes = 300
            expected.share = 1 << 19
            expected.oldest = Timestamp(seconds: 95)
            expected.acceptedPoints = 7
            expected.rejectedPoints = 3
            expected.droppedPoints = 20
            expected.droppedPointsByReason = ["bad": 20]
            #expect(try outbox.statistics() == expected)
            #expect(try store.tags("one") == [3, 4, 5])
        }
        try expectCounts()
        store.close()
        store = try folder.open()
        outbox = try store.outbox(of: "one")
        try expectCounts()
        // Numbers of rows that went are not given again to what comes behind.
        _ = try store.commit(.rows(.test("one", 6)))
        #expect(try store.tags("one") == [3, 4, 5, 6])
    }

    @Test("reasons are told apart up to a limit")
    func reasons() throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one"])
        let outbox = try store.outbox(of: "one")
        for tag in 0..<20 {
            _ = try store.commit(.rows(.test("one", tag)))
            try outbox.dropped([outbox.head()], reason: "reason \(tag)")
        }
        let statistics = try outbox.statistics()
        #expect(statistics.droppedPoints == 20)
        #expect(statistics.droppedPointsByReason.count == 17)
        #expect(statistics.droppedPointsByReason["other"] == 4)
    }

    @Test("R3: parts stand where the row stood, halves of halves too", arguments: [false, true])
    func parts(onDisk: Bool) throws {
        let folder = try TestFolder()
        let store =
            onDisk ? try folder.open() : try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one", "two"])
        for tag in 0..<3 { _ = try store.commit(.rows(.test("one", tag, bytes: 100, points: 4096), .test("two", tag))) }
        let outbox = try store.outbox(of: "one")
        var expected = [0, 1, 2]
        // Always the second row: 13 times down to single points, more than any row of 4,000 needs.
        var points = 4096
        for round in 0..<13 {
            points = max(1, points / 2)
            let place = try #require(try outbox.after(try outbox.head()))
            let left = 100 + 2 * round
            let parts = try outbox.replace(
                place, with: [.test("two", left, points: points), .test("one", left + 1, points: points)])
            expected.replaceSubrange(1...1, with: [left, left + 1])
            #expect(parts.count == 2)
            #expect(try parts.map { try outbox.row($0)?.tag } == [left, left + 1])
            #expect(try store.tags("one") == expected)
        }
        // And the last row, behind which there is nobody yet.
        let last = try #require(try outbox.last())
        _ = try outbox.replace(last, with: (0..<100).map { .test("one", 1000 + $0) })
        _ = try store.commit(.rows(.test("one", 5000)))
        #expect(try store.tags("one") == expected.dropLast() + (1000..<1100) + [5000])
        #expect(try store.tags("two") == [0, 1, 2])
        #expect(try outbox.replace(last, with: [.test("one", 1)]).isEmpty)
        let statistics = try outbox.statistics()
        #expect(statistics.rows == 116)
        #expect(statistics.points == (try store.waiting("one").reduce(0) { $0 + $1.pointCount }))
        #expect(statistics.bytes == (try store.waiting("one").reduce(0) { $0 + $1.payload.count }))
    }

    @Test("a row without room for parts says so and stays")
    func indivisible() throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one"])
        _ = try store.commit(.rows(.test("one", 1), .test("one", 2)))
        let outbox = try store.outbox(of: "one")
        var divisions = 0
        while true {
            let first = try outbox.head()
            do throws(StateStoreError) {
                _ = try outbox.replace(first, with: [.test("one", 3), .test("one", 4)])
                divisions += 1
            } catch {
                #expect(error == .indivisible)
                break
            }
        }
        #expect(divisions >= 26)
        #expect(try store.tags("one") == [Int](repeating: 3, count: 1) + [Int](repeating: 4, count: divisions) + [2])
    }

    @Test("D5: what waits too long is dropped, counted with its range; a part is as old as its row")
    func tooOld() throws {
        let clock = Lock(noon)
        let settings = StateStoreSettings(folder: nil, maxSize: 1 << 20, destinations: ["one", "two"])
        let store = try StateStore(settings, now: { clock.withLock { $0 } })
        for tag in 0..<600 {
            _ = try store.commit(.rows(.test("one", tag, points: 2, at: Int64(tag)), .test("two", tag)))
            clock.withLock { $0 = $0 + .seconds(1) }
        }
        let outbox = try store.outbox(of: "one")
        let parts: [StoredRow] = [.test("one", 1000, at: 7), .test("one", 1001, at: 8)]
        _ = try outbox.replace(outbox.head(), with: parts)
        #expect(try outbox.removeOlder(than: noon) == nil)
        #expect(
            try outbox.removeOlder(than: noon + .seconds(500))
                == RowRange(rows: 501, points: 1000, oldest: Timestamp(seconds: 1), newest: Timestamp(seconds: 559)))
        #expect(try store.tags("one") == Array(500..<600))
        #expect(try store.tags("two").count == 600)
        #expect(try outbox.statistics().droppedPointsByReason == ["older than state.maxAge": 1000])
    }

    @Test("whoever waits for rows is told of them", .timeLimit(.minutes(5)))
    func arrivals() async throws {
        let store = try StateStore.inMemory(maxSize: 1 << 20, destinations: ["one", "two"])
        let (one, two) = (try store.outbox(of: "one"), try store.outbox(of: "two"))
        var (ones, twos) = (one.arrivalStream().makeAsyncIterator(), two.arrivalStream().makeAsyncIterator())
        _ = try store.commit(.rows(.test("one", 1)))
        _ = try store.commit(.rows(.test("one", 2)))
        #expect(await ones.next() != nil)
        _ = try store.commit(.rows(.test("two", 3), .test("one", 4)))
        #expect(await twos.next() != nil)
        #expect(await ones.next() != nil)
        // A new listener ends the old one's waiting.
        _ = one.arrivalStream()
        #expect(await ones.next() == nil)
    }
}
