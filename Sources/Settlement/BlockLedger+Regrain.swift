import MetricModel

/// A metric that is read in another form from now on (rule L2).
extension BlockLedger {
    /// The same pairs, read anew by `times`: each begins at the first bucket that starts at or after the newest end that
    /// it already sent, in this form or in an earlier one. What has never had a value begins no later than it did; what was
    /// never read, nor than if it were planned first at `now`. A cumulative sum begins anew with it.
    /// - Parameter old: What it was settled by.
    public func reformed(
        from old: SettlementTimes, to times: SettlementTimes, isCumulative: Bool, at now: Timestamp
    ) -> BlockLedger {
        var new = BlockLedger(times: times, isCumulative: isCumulative)
        for slot in pairs.indices where !pairs[slot].isFree {
            let floor = newestEnd(slot, old) ?? Int64(pairs[slot].floor)
            let birth = floor > 0 ? times.raised(floor) : undecidedBirth(slot, times, at: now)
            new.begin(slot, birth: birth, floor: floor, times: times)
        }
        return new
    }

    /// Of a pair that has decided nothing yet.
    private func undecidedBirth(_ slot: Int, _ times: SettlementTimes, at now: Timestamp) -> Int64 {
        let pair = pairs[slot]
        let known = times.floored(Int64(pair.known))
        guard pair.mark == pair.known else { return known }
        var fresh = BlockLedger(times: times)
        fresh.begin(slot, at: now, times: times)
        return min(known, Int64(fresh.pairs[slot].known))
    }

    /// The end of the newest bucket that was sent in `slot`; `nil` when none is known.
    func newestEnd(_ slot: Int, _ times: SettlementTimes) -> Int64? {
        let newest = series(slot).map { newestSent($0) }.max() ?? -1
        return newest < 0 ? nil : Int64(pairs[slot].known) + (newest + 1) * times.grain
    }
}
