import MetricModel

/// What a pair leaves whose resource is gone (rule T12).
public struct SeriesEnding: Hashable, Sendable {
    /// The last point of its series without dimensions, which has no value; `nil` when there is none. Its time is a second
    /// after the newest that was sent, where no bucket ends: it stands in nobody's place, whatever comes later.
    public struct Marker: Hashable, Sendable {
        public var kind: PointKind
        /// Start of the newest sent bucket, or of the cumulative series, in seconds since 1970.
        public var start: Int64
        /// In seconds since 1970.
        public var time: Int64
    }

    public var marker: Marker?
    /// Buckets of its series that were still empty: they are given up.
    public var skippedCount: Int
}

extension BlockLedger {
    /// Ends the series of `slot`. The mark stays: should the resource return, what Azure has from there on is read as after
    /// every failure, and sums begin anew.
    /// - Returns: `nil` when nothing is known of any series, that is when they ended before or never began.
    public mutating func endSeries(_ slot: Int, at now: Timestamp, times: SettlementTimes) -> SeriesEnding? {
        let pair = pairs[slot]
        guard !pair.isFree, let newest = newestEnd(slot, times) else { return nil }
        var ending = SeriesEnding(marker: nil, skippedCount: 0)
        let first = series(slot).lowerBound
        // Of others the ledger knows a hash only, not the dimension values that a point needs.
        if keys[first] == .only {
            let last = isCumulative ? max(newest, Int64(totals[first].last >> 1) * times.grain) : newest
            ending.marker = SeriesEnding.Marker(
                kind: last < now.seconds - times.reachBackWidth - times.settle ? .catchUp : .live,
                start: isCumulative ? Int64(totals[first].start) : newest - times.grain, time: last + 1)
        }
        ending.skippedCount = advance(slot, to: pair.mark, times: times)
        // As after a look back: what lies before is decided.
        let reach = Int64(pair.mark) + times.overlap + times.grain
        pairs[slot].reach = max(pair.reach, UInt32(clamping: reach))
        removeSeries(of: slot)
        return ending
    }
}
