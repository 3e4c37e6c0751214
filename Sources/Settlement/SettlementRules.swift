import MetricModel

/// The times by which buckets of one pair (declared metric, resource) are decided: rules T2, T7 and T10.
public struct SettlementRules: Hashable, Sendable {
    /// The width of a bucket.
    public var grain: TimeGrain
    /// How long after its end a bucket is taken as final.
    public var settle: Duration
    /// How long after its end an empty bucket may still fill.
    public var overlap: Duration
    /// How far before its first planning a pair begins, at least one grain.
    public var backfill: Duration
    /// How far back a pair that fell behind is caught up: at least to its birth, and over two gaps of its schedule.
    public var catchUp: Duration
    /// The longer of the schedule's interval and the grain: a reach-back is due after five of them, or one.
    public var cycle: Duration

    /// The rules of one pair. `nil` stands for the default by grain.
    /// - Parameters:
    ///   - scheduleInterval: The shortest time between two occurrences of its schedule.
    ///   - longestGap: The longest; `nil` = the same.
    public init(
        grain: TimeGrain, settle: Duration? = nil, overlap: Duration? = nil, backfill: Duration = .zero,
        catchUp: Duration = .seconds(86_400), scheduleInterval: Duration, longestGap: Duration? = nil
    ) {
        self.grain = grain
        self.settle = settle ?? Self.defaultSettle(for: grain)
        self.overlap = overlap ?? Self.defaultOverlap(for: grain)
        self.backfill = backfill
        // A pair must be able to reach back to its own birth, or a long backfill would be given up before it began, and
        // over two gaps of its schedule, or a daily one would give buckets up although nothing failed, or failed once.
        let reachable = self.settle + self.overlap + grain.duration * 2
        let gaps = (longestGap ?? scheduleInterval) * 2
        self.catchUp = max(catchUp, reachable + max(max(backfill, grain.duration), gaps))
        cycle = max(scheduleInterval, grain.duration)
    }

    /// max(3 min, min(1 grain, 10 min)): users see buckets of one minute change for two to three minutes.
    public static func defaultSettle(for grain: TimeGrain) -> Duration {
        max(.seconds(180), min(grain.duration, .seconds(600)))
    }

    /// 10 min at PT1M, else max(2 h, 2 grains).
    public static func defaultOverlap(for grain: TimeGrain) -> Duration {
        grain == .oneMinute ? .seconds(600) : max(.seconds(7200), grain.duration * 2)
    }

    /// Time between two looks back: five cycles, or one where five are longer than `overlap`.
    public var reachBackInterval: Duration {
        cycle * 5 <= overlap ? cycle * 5 : cycle
    }

    /// What a look back spans at most; a pair farther behind than this is a laggard (rule T11).
    public var reachBackWidth: Duration {
        overlap + grain.duration + reachBackInterval
    }

    /// How long after `now` the next bucket is settled; at most one grain.
    public func timeToNextSettled(at now: Timestamp) -> Duration {
        settledEnd(at: now) + grain.duration + settle - now
    }

    /// The end of the newest bucket that is settled at `now`.
    public func settledEnd(at now: Timestamp) -> Timestamp {
        (now - settle).floored(to: grain)
    }
}

/// What a metric is settled by, whatever its grain turns out to be.
public struct SettlementSettings: Hashable, Sendable {
    /// As in ``SettlementRules``; `nil` follows the grain.
    public var settle: Duration?
    public var overlap: Duration?
    public var backfill: Duration
    public var catchUp: Duration
    /// The shortest time between two occurrences of the schedule.
    public var scheduleInterval: Duration
    /// The longest; `nil` = the same.
    public var longestGap: Duration?

    /// These settings; by default no history and a day of catching up.
    public init(
        settle: Duration? = nil, overlap: Duration? = nil, backfill: Duration = .zero,
        catchUp: Duration = .seconds(86_400), scheduleInterval: Duration, longestGap: Duration? = nil
    ) {
        self.settle = settle
        self.overlap = overlap
        self.backfill = backfill
        self.catchUp = catchUp
        self.scheduleInterval = scheduleInterval
        self.longestGap = longestGap
    }

    /// The rules at `grain`.
    public func rules(grain: TimeGrain) -> SettlementRules {
        SettlementRules(
            grain: grain, settle: settle, overlap: overlap, backfill: backfill, catchUp: catchUp,
            scheduleInterval: scheduleInterval, longestGap: longestGap)
    }
}
