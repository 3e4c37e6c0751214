import MetricModel

/// What some slots of one ledger need asked.
public struct SlotsRequest: Sendable, Hashable {
    /// Bit by slot.
    public var slots: UInt64
    /// The buckets to ask for, grain-aligned.
    public var window: Range<Timestamp>
    /// The oldest end of what is read among them.
    public var mark: Timestamp
}

/// What has to be asked (rules T6 to T8, T11).
extension BlockLedger {
    /// What the pairs need at `now`.
    ///
    /// - Parameters:
    ///   - slots: Those that may be asked.
    ///   - turn: Of these slots among all that share an interval of looks back: each looks back in its own cycle, so
    ///     that the bytes spread.
    /// - Returns: One request for those that are up to date, and one for each mark of those that are behind them by more
    ///   than a look back.
    public func requests(_ slots: UInt64, at now: Timestamp, turn: Int, times: SettlementTimes) -> [SlotsRequest] {
        let moment = Moment(now: now.seconds, turn: turn, times: times)
        var newest: UInt32 = 0
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 { newest = max(newest, pairs[slot].mark) }
        var upToDate: Need?
        var behind: [Need] = []
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 {
            guard let window = window(slot, moment, times) else { continue }
            let need = Need(slots: 1 << UInt64(slot), window: window, mark: Int64(pairs[slot].mark))
            if Int64(newest) - need.mark <= times.reachBackWidth {
                upToDate = upToDate?.joined(need) ?? need
            } else if let place = behind.firstIndex(where: { $0.mark == need.mark }) {
                behind[place] = behind[place].joined(need)
            } else {
                behind.append(need)
            }
        }
        return ((upToDate.map { [$0] } ?? []) + behind).map(\.request)
    }

    private struct Need {
        var slots: UInt64
        var window: Range<Int64>
        var mark: Int64

        func joined(_ other: Need) -> Need {
            let start = min(window.lowerBound, other.window.lowerBound)
            return Need(
                slots: slots | other.slots, window: start..<max(window.upperBound, other.window.upperBound),
                mark: min(mark, other.mark))
        }

        var request: SlotsRequest {
            let (start, end) = (Timestamp(seconds: window.lowerBound), Timestamp(seconds: window.upperBound))
            return SlotsRequest(slots: slots, window: start..<end, mark: Timestamp(seconds: mark))
        }
    }

    /// What is the same for all slots at one time.
    private struct Moment {
        let now: Int64
        /// The end of the newest settled bucket.
        let end: Int64
        /// How long ago the last look back has to be for the next.
        let lookBackAge: Int64

        /// After an interval at the latest; in its own turn already when a cycle has passed, so that ledgers that began
        /// together spread over the interval.
        init(now: Int64, turn: Int, times: SettlementTimes) {
            self.now = now
            end = times.settledEnd(at: now)
            let turns = times.reachBackInterval / times.cycle
            let isTurn = (now / times.cycle + Int64(turn)) % turns == 0
            // The last answer came up to some seconds after its cycle began.
            lookBackAge = (isTurn ? times.cycle : times.reachBackInterval) - 15
        }
    }

    /// What a call has to cover for the pair in `slot`; `nil` when there is nothing to ask.
    private func window(_ slot: Int, _ moment: Moment, _ times: SettlementTimes) -> Range<Int64>? {
        let pair = pairs[slot]
        guard !pair.isFree else { return nil }
        var start = Int64(pair.mark)
        if moment.now - Int64(pair.reach) >= moment.lookBackAge {
            start = Int64(pair.known)
        } else if times.grain == 60 {
            start = max(Int64(pair.known), min(start, moment.end - 3 * times.grain))
        } else if let open = oldestOpen(slot, at: moment.now, times: times) {
            start = min(start, open)
        }
        return start < moment.end ? start..<moment.end : nil
    }
}

/// Empty buckets of live series are looked at again (rule T8).
extension BlockLedger {
    /// Minutes after its end at which one is.
    private static let looksAfter: [Int64] = [10, 20, 40, 80, 120]
    private static let sixHours: Int64 = 6 * 3600

    /// The oldest bucket that is due for another look.
    private func oldestOpen(_ slot: Int, at now: Int64, times: SettlementTimes) -> Int64? {
        var oldest: Int64?
        forEachLook(slot, times) { start, look in
            if look <= now, oldest == nil { oldest = start }
        }
        return oldest
    }

    /// An answer that was made at `now` covers `range`: looks that fell due by then are done, but for those outside.
    mutating func noteLook(_ slot: Int, _ range: Range<Int64>, at now: Int64, times: SettlementTimes) {
        var done = now
        forEachLook(slot, times) { start, look in
            if !range.contains(start) { done = min(done, look - 1) }
        }
        looks[slot] = max(looks[slot], UInt32(clamping: done))
    }

    /// Calls `body` with the start and the next look of each bucket that is empty in a series that had a value in one
    /// of the three buckets before, oldest first.
    private func forEachLook(_ slot: Int, _ times: SettlementTimes, _ body: (_ start: Int64, _ look: Int64) -> Void) {
        let pair = pairs[slot]
        for word in 0..<words {
            var open = openBuckets(slot, word)
            while open != 0 {
                let bucket = Int64(word * 64 + open.trailingZeroBitCount)
                open &= open - 1
                let start = Int64(pair.known) + bucket * times.grain
                guard start < Int64(pair.mark) else { return }
                if let look = nextLook(end: start + times.grain, after: Int64(looks[slot]), times) { body(start, look) }
            }
        }
    }

    /// Bit by bit, whether one of the 64 buckets of `word` is empty in a live series.
    private func openBuckets(_ slot: Int, _ word: Int) -> UInt64 {
        var open: UInt64 = 0
        for index in series(slot) {
            let sent = bits[index * words + word]
            let before = word == 0 ? 0 : bits[index * words + word - 1]
            let isLive = sent << 1 | before >> 63 | sent << 2 | before >> 62 | sent << 3 | before >> 61
            open |= isLive & ~sent
        }
        return open
    }

    /// When the bucket that ended at `end` is looked at next, after what was done at `last`.
    private func nextLook(end: Int64, after last: Int64, _ times: SettlementTimes) -> Int64? {
        var next: Int64?
        for minutes in Self.looksAfter where next == nil && end + minutes * 60 > last { next = minutes * 60 }
        if times.grain >= 12 * 3600 {
            let sixHourly = max(1, (last - end) / Self.sixHours + 1) * Self.sixHours
            next = min(next ?? sixHourly, sixHourly)
        }
        guard let next, next <= times.overlap else { return nil }
        return end + next
    }
}
