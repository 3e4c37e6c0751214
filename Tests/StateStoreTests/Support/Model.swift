import MetricModel
import Testing

@testable import StateStore

/// A generator that gives the same numbers for the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 32)
    }
}

/// What a store must hold, as plain values.
struct Model {
    private var ledgers: [LedgerKey: [UInt8]] = [:]
    private var documents: [String: [UInt8]] = [:]
    private var late: Int64 = 0
    private var rows: [String: [StoredRow]] = ["one": [], "two": []]
    private var accepted: [String: Int] = [:]
    private var dropped: [String: Int] = [:]
    private var nextTag = 0

    private mutating func row(_ destination: String, using random: inout SeededRandom) -> StoredRow {
        nextTag += 1
        return .test(
            destination, nextTag, bytes: Int.random(in: 8..<6000, using: &random),
            points: Int.random(in: 1..<50, using: &random), at: Int64.random(in: 0..<1000, using: &random),
            kind: RowKind.allCases.randomElement(using: &random) ?? .live)
    }

    private func destination(using random: inout SeededRandom) -> String { Bool.random(using: &random) ? "one" : "two" }

    mutating func commit(to store: StateStore, using random: inout SeededRandom) throws {
        var change = StateChange()
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            change.rows.append(row(destination(using: &random), using: &random))
        }
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let key = key(Int64.random(in: 0..<10, using: &random), Int64.random(in: 0..<10, using: &random))
            if Int.random(in: 0..<5, using: &random) == 0 {
                change.deletedLedgers.append(key)
            } else {
                let bytes = [UInt8](
                    repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 0..<400, using: &random)
                )
                change.ledgers.append((key, bytes))
            }
        }
        let name = "document \(Int.random(in: 0..<3, using: &random))"
        change.documents = [(name, Bool.random(using: &random) ? [UInt8.random(in: 0...255, using: &random)] : nil)]
        change.counters = [CounterKey(.late): Int64.random(in: 0..<5, using: &random)]
        #expect(try store.commit(change) == .committed)
        for (key, bytes) in change.ledgers { ledgers[key] = bytes }
        for key in change.deletedLedgers { ledgers[key] = nil }
        for (name, bytes) in change.documents { documents[name] = bytes }
        for (_, count) in change.counters { late += count }
        for row in change.rows { rows[row.destination]?.append(row) }
    }

    /// Delivers, drops or divides one of the rows that wait.
    mutating func changeRow(of store: StateStore, using random: inout SeededRandom) throws {
        let destination = destination(using: &random)
        guard let index = rows[destination]?.indices.randomElement(using: &random), let row = rows[destination]?[index]
        else { return }
        let outbox = try store.outbox(of: destination)
        var place = try outbox.head()
        for _ in 0..<index { place = try #require(try outbox.after(place)) }
        #expect(try outbox.row(place) == row)
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            #expect(try outbox.delivered(place, rejected: 0)?.points == row.pointCount)
            accepted[destination, default: 0] += row.pointCount
            rows[destination]?.remove(at: index)
        case 1:
            #expect(try outbox.dropped([place], reason: "bad")?.points == row.pointCount)
            dropped[destination, default: 0] += row.pointCount
            rows[destination]?.remove(at: index)
        default:
            let parts = (0..<2).map { _ in self.row(destination, using: &random) }
            #expect(try outbox.replace(place, with: parts).count == 2)
            rows[destination]?.replaceSubrange(index...index, with: parts)
        }
        #expect(try outbox.delivered(place, rejected: 0) == nil)
    }

    func expect(_ store: StateStore, _ when: Comment) throws {
        #expect(try store.ledgers() == ledgers, when)
        let found = Dictionary(
            uniqueKeysWithValues: try store.documents(prefix: "document").map { ($0.name, $0.bytes) })
        #expect(found == documents, when)
        #expect(store.counters()[CounterKey(.late)] ?? 0 == late, when)
        for (name, rows) in rows {
            #expect(try store.tags(name) == rows.map(\.tag), when)
            let statistics = try store.outbox(of: name).statistics()
            #expect(statistics.rows == rows.count, when)
            #expect(statistics.points == rows.reduce(0) { $0 + $1.pointCount }, when)
            #expect(statistics.bytes == rows.reduce(0) { $0 + $1.payload.count }, when)
            #expect(statistics.oldest == rows.map(\.oldest).min(), when)
            #expect(statistics.acceptedPoints == accepted[name] ?? 0, when)
            #expect(statistics.droppedPoints == dropped[name] ?? 0, when)
        }
    }
}
