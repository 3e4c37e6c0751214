import MetricModel

extension CronSchedule {
    /// The shortest and the longest time between two neighbouring occurrences in the local time of `zone`.
    ///
    /// They are those of the 28 years after `moment`, in which every date has had every week day, and longer for what comes on fewer than
    /// three days by then (`0 0 29 2 1`). So neither depends on where within a week or a year `moment` lies, but for a change of the
    /// clocks, which counts in the eight days before it (`0 0 * * *` is then 23 h or 25 h apart).
    ///
    /// Those eight days, from the first occurrence in or after the local hour of `moment`, cost one search for each hour in which the
    /// schedule comes, at most about 200; the years behind them a look at each day, unless every week is like any other.
    public func gaps(around moment: Timestamp, in zone: TimeZoneRules) -> (shortest: Duration, longest: Duration) {
        let hour = HourOfSchedule(minutes: rules.minutes, seconds: rules.seconds)
        var walk = GapWalk(hour: hour, zone: zone)
        let local = moment.seconds + zone.offset(at: moment.seconds)
        var probe = moment.seconds - secondOfHour(local) - 1
        while !walk.isFinished, let next = next(after: Timestamp(seconds: probe), in: zone) {
            probe = walk.step(to: next.seconds)
        }
        if !rules.isWeekly {
            seeDay(of: hour, in: &walk)
            seePauses(from: local / 86_400, in: &walk)
        }
        return walk.gaps
    }

    /// The gaps between the hours of a day on which it comes: the walk may begin in the last of them and not see another such day.
    private func seeDay(of hour: HourOfSchedule, in walk: inout GapWalk) {
        let comes = (0..<24).filter(rules.hours.contains)
        for (next, previous) in zip(comes.dropFirst(), comes) {
            let gap = Int64(next - previous) * 3600 + hour.first - hour.last
            walk.see(shortest: gap, longest: gap)
        }
    }

    /// The pauses between the days on which it comes, as if the clocks never changed.
    private func seePauses(from first: Int64, in walk: inout GapWalk) {
        guard let day = firstDay(from: first) else { return }
        let night = 86_400 + Int64(rules.firstTime - rules.lastTime)
        var (last, days) = (day, 1)
        while last - day < 28 * 366 || days < 3, let next = firstDay(from: last + 1) {
            let pause = (next - last - 1) * 86_400 + night
            walk.see(shortest: pause, longest: pause)
            last = next
            days += 1
        }
    }
}

extension CronRules {
    /// The first second of a day on which it comes.
    fileprivate var firstTime: Int {
        (hours.first(from: 0) ?? 0) * 3600 + (minutes.first(from: 0) ?? 0) * 60 + (seconds.first(from: 0) ?? 0)
    }

    /// The last one.
    fileprivate var lastTime: Int { (hours.last ?? 0) * 3600 + (minutes.last ?? 0) * 60 + (seconds.last ?? 0) }
}

/// Goes from hour to hour: within an hour that no change of the clocks touches, all gaps are those of any other such hour.
private struct GapWalk {
    private static let length: Int64 = 8 * 86_400

    let hour: HourOfSchedule
    let zone: TimeZoneRules
    private var shortest: Int64?
    private var longest: Int64?
    private var first: Int64?
    private var last: Int64?

    init(hour: HourOfSchedule, zone: TimeZoneRules) {
        self.hour = hour
        self.zone = zone
    }

    var isFinished: Bool {
        guard let first, let last else { return false }
        return last - first >= Self.length
    }

    /// What was seen. A schedule that comes once in a lifetime has no gaps; 50 years is as far as its next occurrence is looked for.
    var gaps: (shortest: Duration, longest: Duration) {
        let never: Int64 = 50 * 366 * 86_400
        return (.seconds(shortest ?? never), .seconds(longest ?? never))
    }

    /// Takes the next occurrence, and all others in its hour if they are as in any hour.
    /// - Returns: The last that was taken.
    mutating func step(to next: Int64) -> Int64 {
        if let last { see(shortest: next - last, longest: next - last) }
        first = first ?? next
        let offset = zone.offset(at: next)
        var end = next
        if let inner = hour.gaps, secondOfHour(next + offset) == hour.first,
            zone.offset(at: next + hour.last - hour.first) == offset
        {
            see(shortest: inner.shortest, longest: inner.longest)
            end += hour.last - hour.first
        }
        last = end
        return end
    }

    mutating func see(shortest short: Int64, longest long: Int64) {
        shortest = min(shortest ?? short, short)
        longest = max(longest ?? long, long)
    }
}

/// The occurrences within any hour in which the schedule comes, in seconds from the hour's beginning.
private struct HourOfSchedule {
    private(set) var first: Int64 = 0
    private(set) var last: Int64 = 0
    /// `nil` when there is one occurrence only.
    private(set) var gaps: (shortest: Int64, longest: Int64)?

    init(minutes: CronSet, seconds: CronSet) {
        let within = (0..<60).filter(seconds.contains)
        let times = (0..<60).filter(minutes.contains).flatMap { minute in within.map { Int64(minute * 60 + $0) } }
        first = times.first ?? 0
        last = times.last ?? 0
        let between = zip(times.dropFirst(), times).map { $0 - $1 }
        if let shortest = between.min(), let longest = between.max() { gaps = (shortest, longest) }
    }
}

private func secondOfHour(_ local: Int64) -> Int64 {
    let remainder = local % 3600
    return remainder < 0 ? remainder + 3600 : remainder
}
