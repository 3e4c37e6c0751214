import MetricModel
import Testing

@testable import Settlement

/// L3: what a ledger takes where it is stored, and what becomes of damaged bytes.
@Suite struct StoredLedgerTests {
    private static let noon = Timestamp(seconds: 1_927_886_400)
    private static let rules = SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60))
    private static let times = SettlementTimes(rules)

    /// `series` series in each slot; `isMixed`: the pairs do not go in step.
    static func ledger(series: Int, isCumulative: Bool = false, isMixed: Bool, slots: Int = 50) -> BlockLedger {
        var ledger = BlockLedger(times: times, isCumulative: isCumulative)
        var settled = Settled()
        for slot in 0..<slots {
            let planned = noon - .seconds(isMixed ? Int64(slot) * 60 : 0)
            ledger.begin(slot, at: planned, times: times)
            let start = planned - .seconds(240)
            let end = start + .seconds(1200)
            let starts = (0..<20).map { start + .seconds(60 * $0) }
            let rows = (0..<series).map { number in
                starts.map { ($0, isMixed && (number + slot) % 3 == 0 && $0.seconds % 420 == 0 ? nil : 2.5) }
            }
            ledger.settle(
                slot, ModelAnswer(series: rows), window: start..<end, now: end + .seconds(180), times: times,
                into: &settled)
        }
        return ledger
    }

    static let sizes: [(Int, Bool, Bool, Int)] = [
        (1, false, false, 50 * 8), (1, false, true, 50 * 32), (1, true, true, 50 * 48),
        (20, false, true, 50 * (16 + 20 * 16)),
    ]

    @Test("16 bytes a pair and 16 a series, 32 of a sum, less where pairs go in step", arguments: sizes)
    func size(series: Int, isCumulative: Bool, isMixed: Bool, limit: Int) throws {
        let ledger = Self.ledger(series: series, isCumulative: isCumulative, isMixed: isMixed)
        let bytes = ledger.bytes(times: Self.times, form: 7)
        #expect(bytes.count <= limit + 50)
        #expect(ledger.keys.count == 50 * series)
        let read = try BlockLedger.read(bytes, times: Self.times)
        #expect(read.ledger == ledger)
        #expect(read.grain == .oneMinute && read.form == 7)
        #expect(read.ledger.bytes(times: Self.times, form: 7) == bytes)
    }

    static let blobs: [[UInt8]] = [
        ledger(series: 1, isMixed: false).bytes(times: times, form: 1),
        ledger(series: 3, isMixed: true, slots: 5).bytes(times: times, form: 1),
        ledger(series: 2, isCumulative: true, isMixed: true, slots: 3).bytes(times: times, form: 1),
        BlockLedger(times: times).bytes(times: times, form: 1),
    ]

    @Test("bytes that were cut off, or have more behind them, are no ledger", arguments: blobs)
    func truncated(blob: [UInt8]) {
        for count in blob.indices {
            #expect(throws: LedgerBytesError.self) { try BlockLedger.read(Array(blob[..<count]), times: Self.times) }
        }
        #expect(throws: LedgerBytesError.self) { try BlockLedger.read(blob + [0], times: Self.times) }
    }

    @Test("damaged bytes are refused or read as a ledger that works", arguments: blobs)
    func damaged(blob: [UInt8]) {
        var random = SplitMix(state: 5)
        for position in blob.indices {
            for bit in position < 24 ? Array(0..<8) : [Int(random.next() % 8)] {
                var bytes = blob
                bytes[position] ^= 1 << UInt8(bit)
                use(bytes)
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                use(bytes)
            }
        }
    }

    private func use(_ bytes: [UInt8]) {
        guard let read = try? BlockLedger.read(bytes, times: Self.times) else { return }
        var ledger = read.ledger
        let grain = read.grain
        let times = SettlementTimes(SettlementRules(grain: grain, scheduleInterval: .seconds(60)))
        // No series takes more than half a year of buckets at one minute.
        #expect(ledger.words <= 4096 && ledger.bits.count <= bytes.count * 4096)
        guard grain == .oneMinute else { return }
        var settled = Settled()
        let now = Self.noon + .seconds(7200)
        let slots = (0..<50).filter { ledger.mark($0) != nil }
        for slot in slots { _ = ledger.skipOlderThanCatchUp(slot, at: now, times: times) }
        for request in ledger.requests(ledger.occupied, at: now, turn: 0, times: times) {
            let answer = ModelAnswer(series: [[(request.window.upperBound - .seconds(60), 1)]])
            for slot in slots {
                ledger.settle(slot, answer, window: request.window, now: now, times: times, into: &settled)
            }
        }
        _ = ledger.reformed(from: times, to: times, isCumulative: false, at: now)
        #expect((try? BlockLedger.read(ledger.bytes(times: times, form: 1), times: times).ledger) == ledger)
    }

    @Test("4,000 series come, pass and go in one pair among others")
    func wide() throws {
        var ledger = Self.ledger(series: 2, isMixed: true, slots: 3)
        let others = [ledger.keys[ledger.series(0)], ledger.keys[ledger.series(2)]].map(Array.init)
        var settled = Settled()
        let starts = try #require(ledger.mark(1))
        for cycle in 0..<3 {
            let start = starts + .seconds(60 * Int64(cycle))
            // Half of them are others each time.
            let numbers = (0..<4000).map { $0 + cycle * 2000 }
            let answer = ModelAnswer(series: numbers.map { [(start, Double($0))] }, numbers: numbers)
            settled.removeAll()
            ledger.settle(
                1, answer, window: start..<(start + .seconds(60)), now: start + .seconds(240), times: Self.times,
                into: &settled)
            #expect(settled.points.map(\.value).sorted() == numbers.map(Double.init))
        }
        #expect(ledger.series(1).count == 8000)
        #expect(ledger.words == 1)
        #expect(ledger.bytes(times: Self.times, form: 1).count <= 8004 * 16 + 3 * 16 + 50)
        // All but the newest are gone after a look back.
        let end = starts + .seconds(3600)
        let now = end + .seconds(180)
        settled.removeAll()
        ledger.settle(
            1, ModelAnswer(series: [[(end - .seconds(60), 1)]]), window: (starts - .seconds(3600))..<end, now: now,
            times: Self.times, into: &settled)
        #expect(settled.points.count == 1)
        #expect(ledger.series(1).count == 1)
        #expect([ledger.keys[ledger.series(0)], ledger.keys[ledger.series(2)]].map(Array.init) == others)
    }

    /// A pair of `series` series that has read 182 days.
    private static func widest(series: Int) -> BlockLedger {
        var ledger = BlockLedger(times: times)
        ledger.begin(0, at: noon, times: times)
        ledger.pairs[0].mark = ledger.pairs[0].known + 4096 * 64 * 60
        ledger.ends = [UInt32](repeating: UInt32(series), count: BlockLedger.slotCount)
        ledger.keys = (0..<series).map { SeriesKey(rawValue: UInt64($0)) }
        ledger.bits = [UInt64](repeating: 0, count: series)
        return ledger
    }

    @Test("what thousands of series with a long overlap take is read, however much it is")
    func large() throws {
        let series = 4100
        var bytes = Self.widest(series: series).bytes(times: Self.times, form: 1)
        // The width, then one value for all; now they are wider and differ.
        let end = bytes.count - 4 - 1 - 8
        bytes.removeSubrange(end...)
        bytes += [0, 16, 0, 0, 0] + [UInt8](repeating: 255, count: series * 4096 * 8)
        bytes[bytes.count - 1] = 1
        let read = try BlockLedger.read(bytes, times: Self.times).ledger
        #expect(read.words == 4096 && read.bits.count == series * 4096 && read.bits.first == .max)
        #expect(read.bits.last == .max >> 7)
    }

    @Test("one value stands for no more than a million, so that damaged bytes ask for no more room")
    func shared() throws {
        var ledger = Self.widest(series: 260)
        ledger.words = 4096
        ledger.bits = [UInt64](repeating: .max, count: 260 * 4096)
        let bytes = ledger.bytes(times: Self.times, form: 1)
        #expect(bytes.count > 260 * 4096 * 8)
        let read = try BlockLedger.read(bytes, times: Self.times).ledger
        #expect(read.words == ledger.words && read.bits == ledger.bits && read.keys == ledger.keys)
        // One value for 5,000 series of half a year.
        var damaged = Self.widest(series: 5000).bytes(times: Self.times, form: 1)
        damaged.replaceSubrange(damaged.count - 13..<damaged.count - 9, with: [0, 16, 0, 0])
        #expect(throws: LedgerBytesError.self) { try BlockLedger.read(damaged, times: Self.times) }
    }
}
