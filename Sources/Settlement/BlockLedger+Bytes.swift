import MetricModel

/// Why stored bytes are no ledger.
public struct LedgerBytesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with them, in a few words.
    public let description: String

    static let damaged = LedgerBytesError(description: "a damaged ledger")
}

/// A ledger as it is stored. A column whose values are all the same takes one of them: 1,000 pairs that go in step
/// take a few hundred bytes, and 1,000 that do not 28 a pair and series, sums 16 more.
///
/// Little endian: version, flags, grain, form, occupied slots, then the columns of the occupied slots.
extension BlockLedger {
    private static let version: UInt8 = 2
    /// Without floors. What it knows counts as decided then: a bucket may be left out by the next change of the form, but
    /// none is sent twice.
    private static let versionWithoutFloors: UInt8 = 1
    /// Far more than a series ever has (half a year at one minute): bytes that say so are damaged. How many all have
    /// together is limited by the bytes there are, see ``ColumnWriter/mostShared``.
    private static let maximumWidth = 4096

    /// The stored form.
    /// - Parameters:
    ///   - times: What it is settled by: its grain is kept with it.
    ///   - form: What the metric is apart from its grain (Azure's name, aggregation, …), as a hash, for rule L2.
    public func bytes(times: SettlementTimes, form: UInt64) -> [UInt8] {
        let slots = pairs.indices.filter { !pairs[$0].isFree }
        var writer = ColumnWriter()
        writer.put(Self.version)
        writer.put(UInt8(isCumulative ? 1 : 0))
        writer.put(UInt32(clamping: times.grain))
        writer.put(form)
        writer.put(occupied)
        writer.column(slots.count) { pairs[slots[$0]].known }
        writer.column(slots.count) { pairs[slots[$0]].mark }
        writer.column(slots.count) { pairs[slots[$0]].reach }
        // Mostly all 0, while times differ.
        writer.column(slots.count) { pairs[slots[$0]].known - pairs[slots[$0]].floor }
        writer.column(slots.count) { UInt32(series(slots[$0]).count) }
        writer.column(keys.count) { keys[$0].rawValue }
        writer.put(UInt32(words))
        writer.column(bits.count) { bits[$0] }
        if isCumulative {
            for total in totals {
                writer.put(total.value.bitPattern)
                writer.put(total.start)
                writer.put(total.last)
            }
        }
        return writer.bytes
    }

    /// What was stored, with the grain and the form that it had then.
    /// - Parameter times: Of the metric as it is now.
    /// - Throws: ``LedgerBytesError`` when this is no ledger, or of a later version.
    public static func read(
        _ bytes: [UInt8], times: SettlementTimes
    ) throws(LedgerBytesError) -> (ledger: BlockLedger, grain: TimeGrain, form: UInt64) {
        var reader = ColumnReader(bytes)
        let version = try reader.take(UInt8.self)
        guard version == Self.version || version == versionWithoutFloors else {
            throw LedgerBytesError(description: "a ledger of another version")
        }
        let isCumulative = try reader.take(UInt8.self) & 1 != 0
        guard let grain = TimeGrain(seconds: Int64(try reader.take(UInt32.self))) else {
            throw LedgerBytesError.damaged
        }
        let form = try reader.take(UInt64.self)
        let occupied = try reader.take(UInt64.self)
        let slots = (0..<slotCount).filter { occupied & (1 << UInt64($0)) != 0 }
        guard slots.count == occupied.nonzeroBitCount else { throw LedgerBytesError.damaged }
        var ledger = BlockLedger(times: times, isCumulative: isCumulative)
        let known = try reader.column(UInt32.self, count: slots.count)
        let marks = try reader.column(UInt32.self, count: slots.count)
        let reaches = try reader.column(UInt32.self, count: slots.count)
        let heights =
            version == versionWithoutFloors
            ? [UInt32](repeating: 0, count: slots.count) : try reader.column(UInt32.self, count: slots.count)
        let counts = try reader.column(UInt32.self, count: slots.count)
        let total = counts.reduce(0) { $0 + Int($1) }
        // Only those of different pairs have the same key.
        guard total <= slotCount + bytes.count / 8 else { throw LedgerBytesError.damaged }
        for (position, slot) in slots.enumerated() {
            guard heights[position] <= known[position] else { throw LedgerBytesError.damaged }
            ledger.pairs[slot] = Pair(
                known: known[position], mark: marks[position], reach: reaches[position],
                floor: known[position] - heights[position])
            for later in slot..<slotCount { ledger.ends[later] += counts[position] }
        }
        ledger.keys = try reader.column(UInt64.self, count: total).map { SeriesKey(rawValue: $0) }
        ledger.words = Int(try reader.take(UInt32.self))
        guard ledger.isPlausible(grain) else { throw LedgerBytesError.damaged }
        ledger.bits = try reader.column(UInt64.self, count: total * ledger.words)
        ledger.prints = [UInt16](repeating: 0, count: total * ledger.printCount)
        if isCumulative {
            for _ in 0..<total {
                let value = Double(bitPattern: try reader.take(UInt64.self))
                let start = try reader.take(UInt32.self)
                ledger.totals.append(Total(value: value, start: start, last: try reader.take(UInt32.self)))
            }
        }
        guard reader.isAtEnd else { throw LedgerBytesError.damaged }
        return (ledger, grain, form)
    }
}

extension BlockLedger {
    /// What every ledger keeps to. One that does not could wait for ever, or ask for more room than there is.
    private func isPlausible(_ grain: TimeGrain) -> Bool {
        guard (1...Self.maximumWidth).contains(words) else { return false }
        return pairs.indices.allSatisfy { slot in
            let (pair, series) = (pairs[slot], series(slot))
            let (known, mark) = (Int64(pair.known), Int64(pair.mark))
            return known <= mark && known % grain.seconds == 0 && mark % grain.seconds == 0
                && (mark - known) / grain.seconds <= Int64(words) * 64
                && zip(keys[series], keys[series].dropFirst()).allSatisfy { $0 < $1 }
        }
    }
}

/// Writes numbers one behind the other.
private struct ColumnWriter {
    /// One value stands for at most so many: a few damaged bytes ask for no more room than that.
    static let mostShared = 1 << 20
    private(set) var bytes: [UInt8] = []

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// One value when all are the same and not too many, else each.
    @inline(__always)
    mutating func column<Number: FixedWidthInteger>(_ count: Int, _ number: (Int) -> Number) {
        guard count > 0 else { return put(UInt8(1)) }
        let first = number(0)
        guard count > Self.mostShared || (1..<count).contains(where: { number($0) != first }) else {
            put(UInt8(1))
            return put(first)
        }
        put(UInt8(0))
        bytes.reserveCapacity(bytes.count + count * MemoryLayout<Number>.size)
        for index in 0..<count { put(number(index)) }
    }
}

/// Reads what `ColumnWriter` wrote; never beyond its end, whatever stands there.
private struct ColumnReader {
    /// Earlier versions wrote one value for more.
    private static let mostShared = 1 << 24
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take<Number: FixedWidthInteger>(_ type: Number.Type) throws(LedgerBytesError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw LedgerBytesError.damaged }
        var number: Number = 0
        for index in 0..<size { number |= Number(truncatingIfNeeded: bytes[position + index]) << (8 * index) }
        position += size
        return number
    }

    mutating func column<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, count: Int
    ) throws(LedgerBytesError) -> [Number] {
        let isUniform = try take(UInt8.self) == 1
        guard count > 0 else { return [] }
        if isUniform {
            guard count <= Self.mostShared else { throw LedgerBytesError.damaged }
            return [Number](repeating: try take(type), count: count)
        }
        let size = MemoryLayout<Number>.size
        guard (bytes.count - position) / size >= count else { throw LedgerBytesError.damaged }
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        bytes.withUnsafeBytes { bytes in
            // In bounds: there are as many bytes.
            for index in 0..<count {
                let number = bytes.loadUnaligned(fromByteOffset: position + index * size, as: type)
                numbers.append(Number(littleEndian: number))
            }
        }
        position += count * size
        return numbers
    }
}
