import MetricModel

/// What is left of a subscription's reads behind one front end, and of its getBatch calls.
struct ReadThrottle: Sendable {
    /// Whose reads are counted together.
    struct Lane: Hashable, Sendable {
        /// `nil` = all of them.
        var principal: String?
        /// In lower case.
        let subscription: String
        /// Of the front end; `nil` = the one without a region.
        let region: String?
    }

    /// What a caller learns of it.
    struct Allowance: Equatable, Sendable {
        /// Reads that are left to the principal.
        let left: Int64
        /// Reads that are left to all; `nil` = not counted.
        let globalLeft: Int64?
        /// Seconds to wait, because this read is refused; 0 = it is not.
        let wait: Int64
    }

    let limits: ReadLimits
    private var buckets: [Lane: TokenBucket] = [:]
    private var hours: [Lane: (end: Timestamp, reads: Int)] = [:]
    private var batches: [Lane: TokenBucket] = [:]

    init(_ limits: ReadLimits) {
        self.limits = limits
    }

    /// Counts a read at `now`, unless it is refused; `nil` = nothing is counted.
    mutating func read(_ lane: Lane, at now: Timestamp) -> Allowance? {
        switch limits.scheme {
        case .unlimited: return nil
        case .hourly(let limit): return read(lane, hourly: limit, at: now)
        case .buckets(let principal, let all):
            var allLane = lane
            allLane.principal = nil
            var own = buckets[lane] ?? TokenBucket(principal, at: now)
            var shared = buckets[allLane] ?? TokenBucket(all, at: now)
            own.refill(at: now)
            shared.refill(at: now)
            let wait = max(own.wait(at: now), shared.wait(at: now))
            if wait == 0 {
                own.take()
                shared.take()
            }
            buckets[lane] = own
            buckets[allLane] = shared
            return Allowance(left: Int64(own.level), globalLeft: Int64(shared.level), wait: wait)
        }
    }

    private mutating func read(_ lane: Lane, hourly limit: Int, at now: Timestamp) -> Allowance {
        var hour = hours[lane] ?? (now + .seconds(3600), 0)
        if hour.end <= now { hour = (now + .seconds(3600), 0) }
        let isRefused = hour.reads >= limit
        if !isRefused { hour.reads += 1 }
        hours[lane] = hour
        let wait = isRefused ? Int64((hour.end - now).secondsAsDouble.rounded(.up)) : 0
        return Allowance(left: Int64(limit - hour.reads), globalLeft: nil, wait: wait)
    }

    /// Counts a getBatch call at `now`; whether it is one too many.
    mutating func refusesBatch(_ lane: Lane, at now: Timestamp) -> Bool {
        guard let rate = limits.batchesPerSecond else { return false }
        var lane = lane
        lane.principal = nil
        var bucket = batches[lane] ?? TokenBucket(.init(capacity: max(1, rate), perSecond: rate), at: now)
        bucket.refill(at: now)
        defer { batches[lane] = bucket }
        guard bucket.level >= 1 else { return true }
        bucket.take()
        return false
    }
}
