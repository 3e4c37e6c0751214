import MetricModel

extension CronSchedule {
    /// The shortest and the longest time between two neighbouring occurrences in the local time of `zone`.
    ///
    /// Both are exact for the eight days that begin with the first occurrence in or after the local hour of `moment`, and the pause
    /// behind them; where the schedule comes on fewer than three days by then, up to the third (`0 0 1 * *`: two months). So neither
    /// depends on where within a day or a week `moment` lies, but for a change of the clocks, which counts in the week before it
    /// (`0 0 * * *` is then 23 h or 25 h apart). What differs beyond those days is not seen: `0 9 1 1-6 *` pauses for half a year, but
    /// when it is asked in January, 31 days are its longest gap.
    ///
    /// One search for each hour in which the schedule comes, at most about 200, not one for each occurrence.
    public func gaps(around moment: Timestamp, in zone: TimeZoneRules) -> (shortest: Duration, longest: Duration) {
        var walk = GapWalk(hour: HourOfSchedule(minutes: minutes, seconds: seconds), zone: zone)
        let local = moment.seconds + zone.offset(at: moment.seconds)
        var probe = moment.seconds - secondOfHour(local) - 1
        while !walk.isFinished, let next = next(after: Timestamp(seconds: probe), in: zone) {
            probe = walk.step(to: next.seconds)
        }
        return walk.gaps
    }
}

/// Goes from hour to hour: within an hour that no change of the clocks touches, all gaps are those of any other such hour.
private struct GapWalk {
    private static let length: Int64 = 8 * 86_400
    private static let fewestDays = 3

    let hour: HourOfSchedule
    let zone: TimeZoneRules
    private var shortest: Int64?
    private var longest: Int64?
    private var first: Int64?
    private var last: Int64?
    private var lastDay: Int64?
    private var days = 0

    init(hour: HourOfSchedule, zone: TimeZoneRules) {
        self.hour = hour
        self.zone = zone
    }

    var isFinished: Bool {
        guard let first, let last else { return false }
        return last - first >= Self.length && days >= Self.fewestDays
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
        let day = (next + offset) / 86_400
        if day != lastDay { days += 1 }
        lastDay = day
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

    private mutating func see(shortest short: Int64, longest long: Int64) {
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
