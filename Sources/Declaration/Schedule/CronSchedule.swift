import MetricModel

/// When a metric is scraped: a cron expression as Promitor's library reads it.
///
/// Five fields, or six with the seconds first; `*`, `?` (the same), lists, ranges (also reversed: `22-2`), steps, names of months and week
/// days; `L`, `L-3`, `LW`, `15W` for days of the month, `5L` and `5#2` for week days; macros like `@hourly`. When day of month and day of
/// week are both restricted, **both** must match, unlike in Vixie cron.
///
/// Two schedules are equal when they say the same, however they are written: `* * * * *` is `0 * * * * *` and `@every_minute`.
public struct CronSchedule: Hashable, Sendable {
    /// As declared, without white space around it.
    public let text: String
    let rules: CronRules

    /// Reads a schedule.
    /// - Throws: ``CronError`` when the text is no schedule, or one that never comes (`0 0 30 2 *`).
    public init(_ text: String) throws(CronError) {
        rules = try CronParser(text).rules
        self.text = String(text.trimmingWhitespace)
        guard firstMatch(from: 0) != nil else {
            throw CronError(message: "no day is ever like this, so the schedule never comes", offset: 0)
        }
    }

    public static func == (left: CronSchedule, right: CronSchedule) -> Bool { left.rules == right.rules }

    public func hash(into hasher: inout Hasher) { hasher.combine(rules) }

    /// The first occurrence after `moment`, itself excluded, in the local time of `zone`.
    ///
    /// What falls into a skipped hour comes at its end. In an hour that the clocks repeat, a schedule of intervals (`*/5 * * * *`)
    /// goes on, any other (`30 2 * * *`) comes the first time only.
    /// - Returns: `nil` when there is none within the next 50 years.
    public func next(after moment: Timestamp, in zone: TimeZoneRules) -> Timestamp? {
        let offset = zone.offset(at: moment.seconds)
        // The hour is judged by the moment itself: the second after it may lie behind a change of the clocks.
        let shown = zone.moments(ofLocal: moment.seconds + offset)
        var local = moment.seconds + offset + 1
        if case .repeated(let early, let late, let transition) = shown {
            let end = transition + early
            if offset == early {
                if let found = firstMatch(from: local, before: end) { return Timestamp(seconds: found - early) }
                local = transition + late
            }
            if rules.isInterval, let found = firstMatch(from: local, before: end) {
                return Timestamp(seconds: found - late)
            }
            local = end
        }
        return firstMatch(from: local).map { Timestamp(seconds: zone.firstMoment(ofLocal: $0)) }
    }
}

/// The search. Local times are seconds since 1970-01-01T00:00 on the local clock.
extension CronSchedule {
    /// 29 February on a given week day comes every 28 years, across a century without leap year every 40.
    private static let longestGap: Int64 = 50 * 366

    private func firstMatch(from local: Int64, before end: Int64) -> Int64? {
        firstMatch(from: local).flatMap { $0 < end ? $0 : nil }
    }

    private func firstMatch(from local: Int64) -> Int64? {
        let remainder = local % 86_400
        let secondOfDay = Int(remainder < 0 ? remainder + 86_400 : remainder)
        let today = (local - Int64(secondOfDay)) / 86_400
        if rules.matches(CivilDate(daysSince1970: today)), let time = firstTime(from: secondOfDay) {
            return today * 86_400 + Int64(time)
        }
        guard let day = firstDay(from: today + 1) else { return nil }
        return firstTime(from: 0).map { day * 86_400 + Int64($0) }
    }

    /// The first day on which it comes, in days since 1970-01-01, not before `first`.
    func firstDay(from first: Int64) -> Int64? {
        var day = first
        while day < first + Self.longestGap {
            let date = CivilDate(daysSince1970: day)
            if rules.matches(date) { return day }
            let skipsMonth = !rules.months.contains(Int(date.month))
            day = skipsMonth ? firstDayOfNextMonth(date) : day + 1
        }
        return nil
    }

    private func firstDayOfNextMonth(_ date: CivilDate) -> Int64 {
        let isDecember = date.month == 12
        return CivilDate(year: isDecember ? date.year + 1 : date.year, month: isDecember ? 1 : date.month + 1, day: 1)
            .daysSince1970
    }

    /// The first matching second of a day that is not before `second`.
    private func firstTime(from second: Int) -> Int? {
        let (hour, minute) = (second / 3600, second / 60 % 60)
        guard let firstMinute = rules.minutes.first(from: 0), let firstSecond = rules.seconds.first(from: 0) else {
            return nil
        }
        if rules.hours.contains(hour) {
            if rules.minutes.contains(minute), let next = rules.seconds.first(from: second % 60) {
                return hour * 3600 + minute * 60 + next
            }
            if let next = rules.minutes.first(from: minute + 1) { return hour * 3600 + next * 60 + firstSecond }
        }
        return rules.hours.first(from: hour + 1).map { $0 * 3600 + firstMinute * 60 + firstSecond }
    }
}

extension String {
    fileprivate var trimmingWhitespace: Substring {
        let front = drop(while: \.isWhitespace)
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return front[...last]
    }
}
