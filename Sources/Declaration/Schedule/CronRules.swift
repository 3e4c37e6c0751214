import MetricModel

/// What a schedule says, apart from how it is written: `@hourly`, `0 * * * *` and `0 0 */1 * * ?` are the same rules.
struct CronRules: Hashable {
    var seconds = CronSet(0)
    var minutes = CronSet()
    var hours = CronSet()
    var daysOfMonth = DayOfMonthRule.numbers(CronSet())
    var months = CronSet()
    var daysOfWeek = DayOfWeekRule.numbers(CronSet())
    /// Whether a field of the time of day says more than single numbers.
    var isInterval = false

    /// Whether it comes on this day: day of month **and** day of week must match.
    func matches(_ date: CivilDate) -> Bool {
        months.contains(Int(date.month)) && daysOfMonth.matches(date) && daysOfWeek.matches(date)
    }

    /// Whether each week is like any other.
    var isWeekly: Bool {
        guard case .numbers(let days) = daysOfMonth, case .numbers = daysOfWeek else { return false }
        return days.count == 31 && months.count == 12
    }
}

/// The days of a month.
enum DayOfMonthRule: Hashable {
    case numbers(CronSet)
    /// `L`, `L-3`: so many days before the last day; in a month that is too short, none.
    case last(before: Int)
    /// `LW`, `L-3W`: the working day that is nearest to it.
    case lastWorkday(before: Int)
    /// `15W`: the working day that is nearest to this day; in a month without this day, none.
    case workday(nearest: Int)

    func matches(_ date: CivilDate) -> Bool {
        let day = Int(date.day)
        return switch self {
        case .numbers(let days): days.contains(day)
        case .last(let before): day == date.daysInMonth - before
        case .lastWorkday(let before): day == Self.workday(nearest: date.daysInMonth - before, in: date)
        case .workday(let nearest): day == Self.workday(nearest: nearest, in: date)
        }
    }

    /// Monday to Friday, never in another month.
    private static func workday(nearest day: Int, in month: CivilDate) -> Int? {
        let last = month.daysInMonth
        guard (1...last).contains(day) else { return nil }
        switch (Int(month.weekday) + day - Int(month.day) + 35) % 7 {
        case 6: return day == 1 ? 3 : day - 1
        case 0: return day == last ? day - 2 : day + 1
        default: return day
        }
    }
}

/// The days of a week, 0 = Sunday.
enum DayOfWeekRule: Hashable {
    case numbers(CronSet)
    /// `5L`: the last of the month.
    case last(Int)
    /// `5#2`: the second of the month.
    case nth(Int, week: Int)

    func matches(_ date: CivilDate) -> Bool {
        let weekday = Int(date.weekday)
        return switch self {
        case .numbers(let days): days.contains(weekday)
        case .last(let day): weekday == day && Int(date.day) + 7 > date.daysInMonth
        case .nth(let day, let week): weekday == day && (Int(date.day) - 1) / 7 + 1 == week
        }
    }
}

extension CivilDate {
    /// 28 to 31.
    fileprivate var daysInMonth: Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
