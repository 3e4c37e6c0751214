import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// How far local clocks are ahead of UTC, and when that changes.
public struct TimeZoneRules: Sendable {
    private let offsetAtUTC: @Sendable (Int64) -> Int64

    /// Rules by a function from seconds since 1970 in UTC to seconds that local clocks are ahead then.
    ///
    /// Two changes must be more than two days apart.
    public init(offset: @escaping @Sendable (Int64) -> Int64) {
        offsetAtUTC = offset
    }

    /// Local time is UTC.
    public static let utc = TimeZoneRules { _ in 0 }

    /// The zone of this process: the variable `TZ`, else the machine's, as the C library knows it.
    public static let process: TimeZoneRules = {
        tzset()
        return TimeZoneRules { utc in
            var seconds = time_t(utc)
            var local = tm()
            // Fails only for years that do not fit into an `int`.
            guard localtime_r(&seconds, &local) != nil else { return 0 }
            return Int64(local.tm_gmtoff)
        }
    }()

    /// Seconds that local clocks are ahead of UTC at `utc`, in seconds since 1970.
    func offset(at utc: Int64) -> Int64 { offsetAtUTC(utc) }

    /// What a time on the local clock stands for.
    enum LocalTime: Equatable {
        /// One moment, with this offset.
        case once(offset: Int64)
        /// None: the clocks were put forward over it at `transition`.
        case skipped(transition: Int64)
        /// Two: the clocks were put back at `transition`, from the `early` to the `late` offset.
        case repeated(early: Int64, late: Int64, transition: Int64)
    }

    /// The moments at which local clocks show `local`, in seconds since 1970-01-01T00:00 on the local clock.
    func moments(ofLocal local: Int64) -> LocalTime {
        // No zone is a day away from UTC, so the moments lie between these two.
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        let isBefore = offset(at: local - before) == before
        let isAfter = offset(at: local - after) == after
        switch (isBefore, isAfter) {
        case (true, true) where before != after:
            return .repeated(early: before, late: after, transition: transition(around: local, to: after))
        case (true, _): return .once(offset: before)
        case (false, true): return .once(offset: after)
        case (false, false): return .skipped(transition: transition(around: local, to: after))
        }
    }

    /// The first moment at which local clocks show `local`, or the end of the gap that swallows it; seconds since 1970 in UTC.
    func firstMoment(ofLocal local: Int64) -> Int64 {
        switch moments(ofLocal: local) {
        case .once(let offset), .repeated(let offset, _, _): local - offset
        case .skipped(let transition): transition
        }
    }

    /// The first second with the offset `after`, within a day of `local`.
    private func transition(around local: Int64, to after: Int64) -> Int64 {
        var (low, high) = (local - 86_400, local + 86_400)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == after { high = middle } else { low = middle }
        }
        return high
    }
}
