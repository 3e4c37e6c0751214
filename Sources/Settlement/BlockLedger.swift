import MetricModel

/// What was sent of one declared metric of up to 64 resources, its *slots*: rules T3 to T11, S3 and L3, without I/O and
/// without a clock.
///
/// Flat columns, so that 400,000 series take 32 bytes each. `now` is always Azure's now (rule T1), and for an answer at
/// most the answer's own `Date`.
public struct BlockLedger: Sendable {
    /// Slots of one ledger: the resources that one call of getBatch may ask about.
    public static let slotCount = 50

    /// How far one pair (declared metric, resource) has come. Seconds since 1970, all 0 where a slot is free.
    struct Pair: Sendable, Equatable {
        /// Nothing that starts before it is asked for or sent any more: the birth at first, then what a look back sees.
        var known: UInt32 = 0
        /// End of what is read: every settled bucket before it is decided or empty.
        var mark: UInt32 = 0
        /// The time of the last look back.
        var reach: UInt32 = 0
        /// What begins before it is decided for good, whatever the form of the metric was then (rule L2): the end of the
        /// newest bucket that an earlier form sent, or else as far as `known` has moved. 0 as long as nothing is.
        var floor: UInt32 = 0

        var isFree: Bool { mark == 0 }
    }

    /// The running sum of one cumulative series (rule S3).
    struct Total: Sendable, Equatable {
        var value = 0.0
        /// Start of the first bucket that it holds.
        var start: UInt32 = 0
        /// Time of the newest point that was sent, in grains; the lowest bit says that a late value waits for the next.
        var last: UInt32 = 0
    }

    var pairs = [Pair](repeating: Pair(), count: slotCount)
    /// Where the series of each slot end; they begin where those of the slot before end, and are sorted by key.
    var ends = [UInt32](repeating: 0, count: slotCount)
    var keys: [SeriesKey] = []
    /// Which buckets were sent, `words` words a series: bit 0 of the first is the bucket at the pair's `known`.
    var bits: [UInt64] = []
    var words = 1
    /// Empty unless the metric is a cumulative sum.
    var totals: [Total] = []

    // Not kept over a restart.
    /// When the open buckets of a slot were last looked at (rule T8); empty at one minute.
    var looks: [UInt32] = []
    /// A hash of each value that a look back sees again (rule T9), `printCount` a series; 0 = not known.
    var prints: [UInt16] = []
    let printCount: Int

    let isCumulative: Bool

    /// An empty ledger of a metric that is settled by `times`.
    /// - Parameter isCumulative: Whether points carry the sum of all that was sent.
    public init(times: SettlementTimes, isCumulative: Bool = false) {
        self.isCumulative = isCumulative
        printCount = Int(min(64, times.reachBackWidth / times.grain + 4))
        if times.grain > 60 { looks = [UInt32](repeating: 0, count: Self.slotCount) }
    }

    /// The slots that have a pair.
    public var occupied: UInt64 {
        var mask: UInt64 = 0
        for slot in pairs.indices where !pairs[slot].isFree { mask |= 1 << UInt64(slot) }
        return mask
    }

    /// End of what is read of the pair in `slot`; `nil` where there is none.
    public func mark(_ slot: Int) -> Timestamp? {
        pairs[slot].isFree ? nil : Timestamp(seconds: Int64(pairs[slot].mark))
    }

    /// The slots in which something was read since the ledger was `old`, if only by a look back that found nothing new.
    public func moved(since old: BlockLedger) -> UInt64 {
        var moved: UInt64 = 0
        for slot in pairs.indices
        where pairs[slot].mark != old.pairs[slot].mark || pairs[slot].reach != old.pairs[slot].reach {
            moved |= 1 << UInt64(slot)
        }
        return moved
    }

    func series(_ slot: Int) -> Range<Int> {
        Int(slot == 0 ? 0 : ends[slot - 1])..<Int(ends[slot])
    }

    // MARK: Birth and end

    /// Begins the pair of `slot`, which is planned for the first time at `now` (rule T3). What a pair that was there has
    /// decided stays so.
    public mutating func begin(_ slot: Int, at now: Timestamp, times: SettlementTimes) {
        // Nothing that ends after now was ever sent: that is the mistake of a clock.
        let decided = Int64(pairs[slot].floor) <= now.seconds ? Int64(pairs[slot].floor) : 0
        begin(slot, birth: max(times.birth(at: now), times.raised(decided)), floor: decided, times: times)
    }

    /// Begins the pair of `slot` at `birth`, as far back as `catchUp` allows (rule L5).
    /// - Parameter born: Not before what a pair begins with that is first planned then.
    public mutating func begin(
        _ slot: Int, from birth: Timestamp, at now: Timestamp, times: SettlementTimes, born: Timestamp? = nil
    ) {
        let start = max(times.floored(birth.seconds), born.map { times.birth(at: $0) } ?? .min)
        let oldest = times.floored(now.seconds - times.catchUp) + times.grain
        let newest = times.settledEnd(at: now.seconds) - times.grain
        begin(slot, birth: min(max(start, oldest), newest), floor: 0, times: times)
    }

    /// Begins the pair of `slot` with a sum whose total was lost: at the first bucket that begins at or after `now`, for
    /// every bucket before it may be in what was sent (rule S4).
    /// - Parameters:
    ///   - loss: All that ended before it is known to be sent; `nil` when nothing is known of the pair.
    ///   - born: Nothing was asked before what a pair begins with that is first planned then.
    /// - Returns: The buckets that are in no sum; `nil` when there is none, or when it was said before.
    public mutating func beginSum(
        _ slot: Int, lostSince loss: Timestamp?, at now: Timestamp, times: SettlementTimes, born: Timestamp? = nil
    ) -> Range<Timestamp>? {
        let isNew = pairs[slot].isFree
        if let loss {
            begin(slot, from: loss - .seconds(1), at: now, times: times, born: born)
        } else {
            begin(slot, at: now, times: times)
        }
        let resumed = Int64(pairs[slot].mark)
        begin(slot, birth: times.raised(now.seconds), floor: times.floored(now.seconds), times: times)
        let begun = Int64(pairs[slot].mark)
        return isNew && resumed < begun ? Timestamp(seconds: resumed)..<Timestamp(seconds: begun) : nil
    }

    mutating func begin(_ slot: Int, birth: Int64, floor: Int64, times: SettlementTimes) {
        removeSeries(of: slot)
        // What is kept fits 32 bits: no clock of ours is before 1970 or after 2106.
        let start = UInt32(clamping: max(times.grain, birth))
        pairs[slot] = Pair(
            known: start, mark: start, reach: UInt32(clamping: birth + times.overlap + times.grain),
            floor: UInt32(clamping: floor))
    }

    /// Frees `slot`: its pair is forgotten.
    public mutating func end(_ slot: Int) {
        removeSeries(of: slot)
        pairs[slot] = Pair()
    }

    /// True when the pair was planned by a clock that was ahead: what it waits for has not begun yet. It has read nothing
    /// then, so it may begin again by the right time.
    public func beginsInFuture(_ slot: Int, at now: Timestamp, times: SettlementTimes) -> Bool {
        let pair = pairs[slot]
        return pair.mark == pair.known && Int64(pair.known) > times.settledEnd(at: now.seconds)
    }

    /// Gives up what is older than `catchUp` (rule T10).
    /// - Returns: The range of buckets that is skipped, unread and still empty ones alike; `nil` when there is none.
    public mutating func skipOlderThanCatchUp(
        _ slot: Int, at now: Timestamp, times: SettlementTimes
    ) -> Range<Timestamp>? {
        let horizon = times.floored(now.seconds - times.catchUp)
        let pair = pairs[slot]
        guard !pair.isFree, Int64(pair.mark) < horizon else { return nil }
        pairs[slot].mark = UInt32(clamping: horizon)
        pairs[slot].reach = max(pair.reach, UInt32(clamping: horizon + times.overlap + times.grain))
        advance(slot, to: UInt32(clamping: horizon), times: times)
        if isCumulative { removeSeries(of: slot) }
        return Timestamp(seconds: Int64(pair.known))..<Timestamp(seconds: horizon)
    }

    // MARK: Series

    /// Puts series that have sent nothing among those of `slot`. They are not there yet.
    mutating func insertSeries(_ new: [SeriesKey], of slot: Int) {
        var old = series(slot)[...]
        var merged: [(key: SeriesKey, source: Int?)] = []
        for key in Set(new).sorted() {
            while let next = old.first, keys[next] < key {
                merged.append((keys[next], next))
                old.removeFirst()
            }
            merged.append((key, nil))
        }
        for next in old { merged.append((keys[next], next)) }
        replaceSeries(of: slot, by: merged)
    }

    /// Gives `slot` these series: each is one that it has, or one that has sent nothing.
    private mutating func replaceSeries(of slot: Int, by new: [(key: SeriesKey, source: Int?)]) {
        let old = series(slot)
        func rearrange<Element>(_ column: inout [Element], width: Int, blank: Element) {
            var block: [Element] = []
            block.reserveCapacity(new.count * width)
            for series in new {
                if let source = series.source {
                    block.append(contentsOf: column[source * width..<(source + 1) * width])
                } else {
                    block.append(contentsOf: repeatElement(blank, count: width))
                }
            }
            column.replaceSubrange(old.lowerBound * width..<old.upperBound * width, with: block)
        }
        keys.replaceSubrange(old, with: new.map(\.key))
        rearrange(&bits, width: words, blank: 0)
        rearrange(&prints, width: printCount, blank: 0)
        if isCumulative { rearrange(&totals, width: 1, blank: Total()) }
        for later in slot..<ends.count { ends[later] = UInt32(Int(ends[later]) - old.count + new.count) }
    }

    mutating func removeSeries(of slot: Int) {
        if !series(slot).isEmpty { replaceSeries(of: slot, by: []) }
    }

    /// Gives every series room for `count` buckets.
    mutating func widen(to count: Int64) {
        let needed = Int((count + 63) / 64)
        guard needed > words else { return }
        var wider = [UInt64](repeating: 0, count: keys.count * needed)
        for series in keys.indices {
            for word in 0..<words { wider[series * needed + word] = bits[series * words + word] }
        }
        bits = wider
        words = needed
    }

    /// Moves `known` of `slot` to `start`: what lies before is never sent again.
    /// - Returns: Buckets before it that stayed empty in series that have others.
    @discardableResult
    mutating func advance(_ slot: Int, to start: UInt32, times: SettlementTimes) -> Int {
        let old = pairs[slot].known
        guard start > old else { return 0 }
        pairs[slot].known = start
        pairs[slot].floor = start
        let count = (Int64(start) - Int64(old)) / times.grain
        var absent = 0
        var isAnyForgettable = false
        for index in series(slot) {
            // A sum that is only kept for later is not one that buckets are missed of.
            if !isEmpty(index) { absent += Int(count) - shift(index, by: count) }
            if isForgettable(index, at: start, times: times) { isAnyForgettable = true }
        }
        if isAnyForgettable {
            let kept = series(slot).filter { !isForgettable($0, at: start, times: times) }
            replaceSeries(of: slot, by: kept.map { (keys[$0], $0) })
        }
        return absent
    }

    private func isEmpty(_ index: Int) -> Bool {
        for word in index * words..<(index + 1) * words where bits[word] != 0 { return false }
        return true
    }

    /// A gauge without a sent bucket says nothing any more; a sum is kept as long as its series may come back.
    private func isForgettable(_ index: Int, at start: UInt32, times: SettlementTimes) -> Bool {
        guard isEmpty(index) else { return false }
        guard isCumulative else { return true }
        return Int64(totals[index].last >> 1) * times.grain + times.catchUp < Int64(start)
    }

    /// Drops the oldest `count` buckets of a series.
    /// - Returns: How many of them were sent.
    private mutating func shift(_ index: Int, by count: Int64) -> Int {
        let first = index * words
        let (wordShift, bitShift) = (Int(count >> 6), UInt64(count & 63))
        var sent = 0
        for word in 0..<min(wordShift, words) { sent += bits[first + word].nonzeroBitCount }
        if wordShift < words { sent += (bits[first + wordShift] & ((1 << bitShift) - 1)).nonzeroBitCount }
        for word in 0..<words {
            let low = word + wordShift < words ? bits[first + word + wordShift] : 0
            let high = word + wordShift + 1 < words ? bits[first + word + wordShift + 1] : 0
            bits[first + word] = bitShift == 0 ? low : low >> bitShift | high << (64 - bitShift)
        }
        return sent
    }
}

/// Ledgers are equal when they decide alike, that is when they would be stored alike.
extension BlockLedger: Equatable {
    public static func == (left: BlockLedger, right: BlockLedger) -> Bool {
        left.isCumulative == right.isCumulative && left.pairs == right.pairs && left.ends == right.ends
            && left.keys == right.keys && left.words == right.words && left.bits == right.bits
            && left.totals == right.totals
    }
}

extension SettlementTimes {
    /// Where a pair begins that is first planned at `now` (rule T3), in seconds since 1970.
    fileprivate func birth(at now: Timestamp) -> Int64 {
        settledEnd(at: now.seconds) - max(floored(backfill + grain - 1), grain)
    }
}
