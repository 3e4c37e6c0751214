import MetricModel

/// What others want to know of a ledger.
extension BlockLedger {
    /// Whether points carry the sum of all that was sent.
    public var isSum: Bool { isCumulative }

    /// Those of `slots` of which buckets have to be given up (rule T10).
    public func olderThanCatchUp(_ slots: UInt64, at now: Timestamp, times: SettlementTimes) -> UInt64 {
        begun(slots, before: times.floored(now.seconds - times.catchUp))
    }

    /// Those of `slots` that have not read everything that is settled at `now`.
    public func behind(_ slots: UInt64, at now: Timestamp, times: SettlementTimes) -> UInt64 {
        begun(slots, before: times.settledEnd(at: now.seconds))
    }

    /// Those of `slots` that have no pair, or one that begins in the future: see ``beginsInFuture(_:at:times:)``.
    public func unbegun(_ slots: UInt64, at now: Timestamp, times: SettlementTimes) -> UInt64 {
        var unbegun: UInt64 = 0
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 {
            if pairs[slot].isFree || beginsInFuture(slot, at: now, times: times) { unbegun |= 1 << UInt64(slot) }
        }
        return unbegun
    }

    /// Those of `slots` that have a pair which is read up to a time before `end`.
    private func begun(_ slots: UInt64, before end: Int64) -> UInt64 {
        var begun: UInt64 = 0
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 && !pairs[slot].isFree {
            if Int64(pairs[slot].mark) < end { begun |= 1 << UInt64(slot) }
        }
        return begun
    }

    /// Whether both have read and sent the same: whoever follows one of them may follow the other (rule D4). Totals may
    /// differ in the last digit, because they were added up in another order.
    public func isLevel(with other: BlockLedger) -> Bool {
        pairs == other.pairs && ends == other.ends && keys == other.keys && words == other.words && bits == other.bits
    }

    /// What brings pairs that are nearly level with `others` level for good: one answer that looks back for both, given
    /// to both.
    /// - Returns: The request for those of `slots` that are no more than a look back behind; `nil` when there are none.
    public func levelling(
        _ slots: UInt64, with others: BlockLedger, at now: Timestamp, times: SettlementTimes
    ) -> SlotsRequest? {
        let end = times.settledEnd(at: now.seconds)
        var near: UInt64 = 0
        var (start, mark) = (end, Int64.max)
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 && !pairs[slot].isFree {
            let other = others.pairs[slot]
            guard Int64(other.mark) - Int64(pairs[slot].mark) <= times.reachBackWidth else { continue }
            near |= 1 << UInt64(slot)
            start = min(start, Int64(other.isFree ? pairs[slot].known : min(pairs[slot].known, other.known)))
            mark = min(mark, Int64(pairs[slot].mark))
        }
        guard near != 0, start < end else { return nil }
        return SlotsRequest(
            slots: near, window: Timestamp(seconds: start)..<Timestamp(seconds: end), mark: Timestamp(seconds: mark))
    }

    /// The least that any of `slots` has read; `nil` when none of them has a pair.
    public func oldestMark(_ slots: UInt64) -> Timestamp? {
        var oldest = UInt32.max
        for slot in pairs.indices where slots & (1 << UInt64(slot)) != 0 && !pairs[slot].isFree {
            oldest = min(oldest, pairs[slot].mark)
        }
        return oldest == .max ? nil : Timestamp(seconds: Int64(oldest))
    }
}
