import MetricModel

/// Marks that a clock set which was ahead (rule T1).
extension BlockLedger {
    /// Takes back what the pair in `slot` counts as read although it has not happened yet; what was sent stays sent.
    ///
    /// Where the ledger still knows what it sent, all the rest is read again and nothing is missing. Where it has forgotten
    /// even buckets that are yet to come, it begins at the first that has not begun: what Azure filled in since the clock
    /// was wrong cannot be told from what was sent.
    /// - Parameter now: The right time: of all clocks the latest.
    /// - Returns: Whether there was anything to take back.
    public mutating func takeBackFuture(_ slot: Int, at now: Timestamp, times: SettlementTimes) -> Bool {
        let pair = pairs[slot]
        let (known, mark) = (Int64(pair.known), Int64(pair.mark))
        let next = times.floored(now.seconds) + times.grain
        guard !pair.isFree, mark > next else { return false }
        if known > next {
            guard newestEnd(slot, times) == nil else { return false }
            setBack(slot, known: next, mark: next, times: times)
        } else {
            let start = max(known, times.settledEnd(at: now.seconds), newestEnd(slot, times) ?? 0)
            guard start < mark else { return false }
            setBack(slot, known: known, mark: start, times: times)
        }
        return true
    }

    private mutating func setBack(_ slot: Int, known: Int64, mark: Int64, times: SettlementTimes) {
        pairs[slot] = Pair(
            known: UInt32(clamping: known), mark: UInt32(clamping: mark),
            reach: min(pairs[slot].reach, UInt32(clamping: known + times.overlap + times.grain)))
        if !looks.isEmpty { looks[slot] = 0 }
    }
}
