import Declaration
import Foundation
import MetricModel
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct CronScheduleTests {
    static func times(of schedule: CronSchedule, after moment: Timestamp, in zone: TimeZoneRules, count: Int)
        -> [String]
    {
        var times: [String] = []
        var moment = moment
        while times.count < count, let next = schedule.next(after: moment, in: zone) {
            times.append(next.description)
            moment = next
        }
        return times
    }

    /// Schedule, moment and the next four occurrences in UTC, by an independent library, and by hand where that reads otherwise.
    static let lines = ["cron-occurrences.txt", "cron-occurrences-by-hand.txt"].flatMap { name in
        let table = (try? String(contentsOfFile: fixture(name), encoding: .utf8)) ?? ""
        return table.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    private static func fixture(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/\(name)").standardized.path
    }

    @Test("occurrences are those computed without us, over leap years and the ends of months", arguments: lines)
    func occurrences(line: String) throws {
        let parts = line.split(separator: "|").map { $0.drop { $0 == " " } }
        try #require(parts.count == 3)
        let schedule = try CronSchedule(String(parts[0]))
        let moment = try #require(Timestamp(iso8601: parts[1].prefix { $0 != " " }))
        let expected = parts[2].split(separator: " ").map(String.init)
        #expect(expected.count == 4)
        #expect(Self.times(of: schedule, after: moment, in: .utc, count: 4) == expected)
    }

    @Test("all the lines are there")
    func complete() {
        #expect(Self.lines.count == 364 + 66)
    }

    @Test("the table is what the library croniter computes today")
    func recomputed() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let python = root.appending(path: ".test-tools/venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "the tests' Python environment is missing; run: make deps-test")
        let said = try await Child.run(
            python.path,
            [root.appending(path: "Tests/Tools/cron_occurrences.py").path, Self.fixture("cron-occurrences.txt")])
        #expect(said == "364 lines")
    }

    /// Ranges that run past their end, which begin again at the first number.
    static let reversed: [(String, String, [String])] = [
        ("0 22-2 * * *", "2031-03-01T21:30:00Z", ["22:00", "23:00", "00:00", "01:00", "02:00", "22:00"]),
        ("0 22-2/3 * * *", "2031-03-01T21:30:00Z", ["22:00", "01:00", "22:00", "01:00"]),
        ("58-1 9 * * *", "2031-03-01T08:00:00Z", ["09:00", "09:01", "09:58", "09:59", "09:00"]),
    ]

    @Test("a reversed range wraps", arguments: reversed)
    func wraps(text: String, moment: String, expected: [String]) throws {
        let start = try #require(Timestamp(iso8601: moment))
        let times = Self.times(of: try CronSchedule(text), after: start, in: .utc, count: expected.count)
        #expect(times.map { String($0.dropFirst(11).prefix(5)) } == expected)
    }

    static let reversedDays: [(String, [String])] = [
        ("0 0 * NOV-FEB *", ["2031-01-01", "2031-01-02"]),
        ("0 0 30-2 * *", ["2031-01-01", "2031-01-02", "2031-01-30", "2031-01-31", "2031-02-01"]),
        ("0 0 * * FRI-MON", ["2031-01-03", "2031-01-04", "2031-01-05", "2031-01-06", "2031-01-10"]),
        ("0 0 * * 6-0", ["2031-01-04", "2031-01-05", "2031-01-11"]),
        ("0 0 * * 7-1", ["2031-01-05", "2031-01-06", "2031-01-12"]),
        ("0 0 * * 5-7", ["2031-01-03", "2031-01-04", "2031-01-05", "2031-01-10"]),
    ]

    @Test("a reversed range of days wraps", arguments: reversedDays)
    func wrapsDays(text: String, expected: [String]) throws {
        let start = try #require(Timestamp(iso8601: "2030-12-31T12:00:00Z"))
        // 2030-12-31 is a Tuesday.
        let times = Self.times(of: try CronSchedule(text), after: start, in: .utc, count: expected.count)
        #expect(times.map { String($0.prefix(10)) } == expected)
    }

    @Test("an occurrence is strictly later, to the nanosecond")
    func strictlyLater() throws {
        let schedule = try CronSchedule("*/5 * * * *")
        let noon = try #require(Timestamp(iso8601: "2031-01-01T12:00:00Z"))
        #expect(schedule.next(after: noon, in: .utc) == noon + .seconds(300))
        #expect(schedule.next(after: noon - .nanoseconds(1), in: .utc) == noon)
        #expect(schedule.next(after: noon + .nanoseconds(1), in: .utc) == noon + .seconds(300))
    }

    /// Schedules of one meaning each.
    static let same = [
        [
            "* * * * *", " * * * * *\t", "0 * * * * *", "@every_minute", "@EVERY_MINUTE ", "*/1 ? * * ?",
            "0-59 * 1-31 1-12 0-6",
        ],
        ["* * * * * *", "@every_second", "*/1 * * * * 0-7"],
        ["@hourly", "0 * * * *", "0 0 * * * *", "\n0 0-23 * JAN-DEC SUN-SAT", "0 */1 * * *"],
        ["@daily", "@midnight", "0 0 * * *", "0 0 0 ? * ?"], ["@weekly", "0 0 * * 0", "0 0 * * 7", "0 0 * * sun"],
        ["@monthly", "0 0 1 * *"], ["@yearly", "@annually", "0 0 1 1 *", "0 0 0 1 jan *"],
        ["0 0 L * *", "0 0 l * *", "0 0 L-0 * ?"], ["0 0 LW * *", "0 0 L-0w * *"], ["0 0 * * 5L", "0 0 * * FRIL"],
        ["0 0 * * 7#2", "0 0 * * SUN#2", "0 0 ? * 0#2"], ["0 0 * * 0L", "0 0 * * 7L", "0 0 * * sunl"],
        ["0,30 * * * *", "*/30 * * * *", "30,0 * * * *"], ["0 22-2 * * *", "0 22-23,0-2 * * *"],
    ]

    @Test("schedules are equal when they say the same", arguments: same)
    func equality(texts: [String]) throws {
        let schedules = try texts.map { try CronSchedule($0) }
        #expect(Set(schedules).count == 1)
        for others in Self.same where others != texts {
            #expect(try !schedules.contains(CronSchedule(others[0])), "\(others[0])")
        }
    }

    static let different = [
        ("0 0 LW * *", "0 0 L * *"), ("0 0 L-1 * *", "0 0 L * *"), ("0 0 15W * *", "0 0 15 * *"),
        ("0 0 * * 5L", "0 0 * * 5"), ("0 0 * * 5#1", "0 0 * * 5#2"), ("0 0 * * 5#5", "0 0 * * 5L"),
        // They part where the clocks are put back: the second goes on through the repeated hour.
        ("0 0,1,2 * * *", "0 0-2 * * *"),
    ]

    @Test("schedules differ when a day or an hour differs", arguments: different)
    func inequality(one: String, other: String) throws {
        #expect(try CronSchedule(one) != CronSchedule(other))
    }

    @Test("the text is kept as written, but for white space around it")
    func text() throws {
        #expect(try CronSchedule("\n0 0 1 1 *").text == "0 0 1 1 *")
        #expect(try CronSchedule(" @Hourly ").text == "@Hourly")
    }

    static let refused: [(String, Int, String)] = [
        ("", 0, "five fields"),
        ("   ", 3, "not 0"),
        ("* * * *", 7, "not 4"),
        ("* * * * * * *", 12, "not 7"),
        ("@often", 0, "`@often` is no macro; these are: `@every_second`, `@every_minute`, `@hourly`"),
        (" @", 1, "`@` is no macro"), ("@hourly *", 8, "nothing may follow `@hourly`"), ("@reboot", 0, "is no macro"),
        ("60 * * * *", 0, "the minute is 0 to 59, not 60"),
        ("60 0 * * * *", 0, "the second is 0 to 59, not 60"),
        ("* 24 * * *", 2, "the hour is 0 to 23, not 24"),
        ("* * 0 * *", 4, "the day of month is 1 to 31, not 0"),
        ("* * 32 * *", 4, "not 32"),
        ("* * * 13 *", 6, "the month is 1 to 12, not 13"),
        ("* * * * 8", 8, "the day of week is 0 to 7, not 8"),
        ("* * * * 1-8", 10, "not 8"),
        ("*/0 * * * *", 2, "the step of the minute is 1 to 59, not 0"),
        ("*/60 * * * *", 2, "not 60"),
        ("*/ * * * *", 2, "a number is missing: the step of the minute"),
        ("1, * * * *", 2, "a number is missing"),
        ("1- * * * *", 2, "a number is missing"),
        ("-1 * * * *", 0, "`-` is no minute"),
        ("1--2 * * * *", 2, "`-` is no minute"),
        ("1.5 * * * *", 1, "`.` is not expected"),
        ("99999 * * * *", 0, "too long"),
        ("x * * * *", 0, "`x` is no minute"), ("5\u{301} * * * *", 0, "is no minute"), ("* * * * ſun", 8, "`ſ` is no"),
        ("* * * FOO *", 6, "`FOO` is no month"),
        ("* * * * JAN", 8, "`JAN` is no day of week"),
        ("* JAN * * *", 2, "`JAN` is no hour"),
        ("* * L-31 * *", 6, "the distance from the last day is 0 to 30, not 31"),
        ("* * L- * *", 6, "a number is missing: the distance from the last day"),
        ("* * Lx * *", 5, "`x` is not expected here in the day of month"), ("* * LWW * *", 6, "`W` is not expected"),
        ("* * 32W * *", 4, "the day of month is 1 to 31, not 32"), ("* * 0W * *", 4, "not 0"),
        ("* * 1,L * *", 6, "`L` is no day of month; what has `*`, `L`, `W` or `#` stands alone"),
        ("* * L,1 * *", 5, "`,` is not expected here in the day of month; what has"),
        ("* * 1W,15W * *", 6, "`,` is not expected"), ("* * 1,15W * *", 8, "`W` is not expected"),
        ("* * 1-15W * *", 8, "`W` is not expected"), ("* * W * *", 4, "`W` is no day of month"),
        ("* * WL * *", 4, "`WL` is no day of month"), ("* * 5L * *", 5, "`L` is not expected"),
        ("* * * L *", 6, "`L` is no month"), ("* * * * L", 8, "`L` is no day of week"),
        ("* * * * 5W", 9, "`W` is not expected"), ("* * * * 5L,1", 10, "`,` is not expected"),
        ("* * * * 1,5L", 11, "`L` is not expected"), ("* * * * MON-FRIL", 15, "`L` is not expected"),
        ("* * * * FRI#", 12, "a number is missing: the week behind `#`"), ("* * * * 5#0", 10, "is 1 to 5, not 0"),
        ("* * * * 5#2,3", 11, "`,` is not expected"), ("* * * * 8L", 8, "the day of week is 0 to 7, not 8"),
        ("* * * * FRIDAY", 8, "`FRIDAY` is no day of week"), ("* * * MAYL *", 6, "`MAYL` is no month"),
        ("*,5 * * * *", 1, "`,` is not expected here in the minute; `*` stands alone"),
        ("5,* * * * *", 2, "`*` is no minute; `*` stands alone in its field"),
        ("*/5,7 * * * *", 3, "`,` is not expected"),
        ("005 * * * *", 0, "the number `005` is too long"), ("*/010 * * * *", 2, "the number `010` is too long"),
        ("* * * * W", 8, "`W` is no day of week"),
        ("* * * * 5#6", 10, "the week behind `#` is 1 to 5, not 6"),
        ("* L * * *", 2, "`L` is no hour"),
        ("* * L * 8", 8, "not 8"),
        ("0 0 30 2 *", 0, "never comes"),
        ("0 0 31 2,4,6,9,11 *", 0, "never comes"),
        ("0 0 31W 2,4 *", 0, "never comes"), ("0 0 LW * 6", 0, "never comes"), ("0 0 L-29 2 *", 0, "never comes"),
        ("0 0 1-7 * 1#2", 0, "never comes"), ("0 0 1-21 * 1L", 0, "never comes"),
    ]

    @Test("what is no schedule is refused at its place", arguments: refused)
    func refuses(text: String, offset: Int, message: String) {
        do throws(CronError) {
            let schedule = try CronSchedule(text)
            Issue.record("`\(schedule.text)` was accepted")
        } catch {
            #expect(error.offset == offset, "\(error.message)")
            #expect(error.message.contains(message), "\(error.message)")
        }
    }
}
