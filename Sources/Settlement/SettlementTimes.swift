import MetricModel

/// ``SettlementRules`` in whole seconds: what is reckoned with for every pair of every answer.
public struct SettlementTimes: Hashable, Sendable {
    let grain: Int64
    let settle: Int64
    let overlap: Int64
    let backfill: Int64
    let catchUp: Int64
    let cycle: Int64
    let reachBackInterval: Int64
    let reachBackWidth: Int64

    /// The same times; fractions of seconds count as whole ones.
    public init(_ rules: SettlementRules) {
        grain = rules.grain.seconds
        settle = rules.settle.wholeSecondsUp
        overlap = rules.overlap.wholeSecondsUp
        backfill = rules.backfill.wholeSecondsUp
        catchUp = rules.catchUp.wholeSecondsUp
        cycle = rules.cycle.wholeSecondsUp
        reachBackInterval = rules.reachBackInterval.wholeSecondsUp
        reachBackWidth = rules.reachBackWidth.wholeSecondsUp
    }

    /// The start of the bucket that holds `time`.
    func floored(_ time: Int64) -> Int64 {
        let rest = time % grain
        return time - (rest < 0 ? rest + grain : rest)
    }

    /// The first bucket start that is not before `time`.
    func raised(_ time: Int64) -> Int64 {
        let start = floored(time)
        return start < time ? start + grain : start
    }

    /// The end of the newest bucket that is settled at `now`.
    func settledEnd(at now: Int64) -> Int64 { floored(now - settle) }
}

extension Duration {
    fileprivate var wholeSecondsUp: Int64 {
        let parts = components
        return parts.attoseconds > 0 ? parts.seconds + 1 : parts.seconds
    }
}
