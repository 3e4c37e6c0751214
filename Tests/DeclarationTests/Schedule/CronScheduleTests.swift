import Declaration
import MetricModel
import Testing

@Suite struct CronScheduleTests {
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

    static let lines = cronOccurrenceTable.split(separator: "\n").map(String.init)

    @Test("occurrences are those that an independent library computes", arguments: lines)
    func occurrences(line: String) throws {
        let parts = line.split(separator: "|").map { $0.drop { $0 == " " } }
        let schedule = try CronSchedule(String(parts[0]))
        let moment = try #require(Timestamp(iso8601: parts[1].prefix { $0 != " " }))
        let expected = parts[2].split(separator: " ").map(String.init)
        #expect(expected.count == 4)
        #expect(Self.times(of: schedule, after: moment, in: .utc, count: 4) == expected)
    }

    @Test("all the lines are there")
    func complete() {
        #expect(Self.lines.count == 160)
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

    @Test("schedules are equal when their trimmed texts are")
    func equality() throws {
        #expect(try CronSchedule(" */5 * * * *\t") == CronSchedule("*/5 * * * *"))
        #expect(try CronSchedule("\n0 0 1 1 *").text == "0 0 1 1 *")
        #expect(try CronSchedule("*/5 * * * *") != CronSchedule("0 */5 * * * *"))
    }

    static let refused: [(String, Int, String)] = [
        ("", 0, "five fields"),
        ("   ", 3, "not 0"),
        ("* * * *", 7, "not 4"),
        ("* * * * * * *", 12, "not 7"),
        ("@often", 6, "not 1"), ("@hourly *", 9, "not 2"),
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
        ("*/ * * * *", 2, "a number is missing behind `/`"),
        ("1, * * * *", 2, "a number is missing"),
        ("1- * * * *", 2, "a number is missing"),
        ("-1 * * * *", 0, "`-` is no minute"),
        ("1--2 * * * *", 2, "`-` is no minute"),
        ("1.5 * * * *", 1, "`.` is not expected"),
        ("99999 * * * *", 0, "too long"),
        ("x * * * *", 0, "`x` is no minute"),
        ("* * * FOO *", 6, "`FOO` is no month"),
        ("* * * * JAN", 8, "`JAN` is no day of week"),
        ("* JAN * * *", 2, "`JAN` is no hour"),
        ("* * L-31 * *", 4, "`L` is no day of month"),
        ("* * L- * *", 4, "`L` is no day of month"),
        ("* * Lx * *", 4, "`Lx` is no day of month"),
        ("* * 32W * *", 4, "not 32"),
        ("* * 1,L * *", 6, "`L` is no day of month"),
        ("* * * * W", 8, "`W` is no day of week"),
        ("* * * * 5#6", 9, "`#` is not expected"),
        ("* * * * FRI# ", 11, "`#` is not expected"),
        ("* L * * *", 2, "`L` is no hour"),
        ("* * L * 8", 8, "not 8"),
        ("0 0 30 2 *", 0, "never comes"),
        ("0 0 31 2,4,6,9,11 *", 0, "never comes"),
    ]

    @Test("what is no schedule is refused at its place", arguments: refused)
    func refuses(text: String, offset: Int, message: String) {
        do throws(CronError) {
            let schedule = try CronSchedule(text)
            Issue.record("`\(schedule.text)` was accepted")
        } catch {
            #expect(error.offset == offset, "\(error.message)")
            #expect(error.message.contains(message), "\(error.message)")
            #expect(!error.isUnsupported)
        }
    }

    static let unsupported: [(String, Int, String)] = [
        ("@hourly", 0, "macros such as `@hourly` are not supported yet"), (" @Every_Minute ", 1, "macros"),
        ("* * L * *", 4, "not supported yet in the day of month"), ("* * l-0 * *", 4, "day of month"),
        ("* * L-30W * *", 4, "day of month"), ("* * LW * *", 4, "day of month"),
        ("0 * * 15W * *", 8, "day of month"), ("* * * * 5L", 9, "not supported yet in the day of week"),
        ("* * * * FRIL", 11, "day of week"), ("* * * * 5#1", 9, "day of week"), ("* * * * fri#5", 11, "day of week"),
        ("* * L * 5#2", 4, "day of month"),
    ]

    @Test("what cannot be kept yet is told from nonsense", arguments: unsupported)
    func recognizes(text: String, offset: Int, message: String) {
        do throws(CronError) {
            let schedule = try CronSchedule(text)
            Issue.record("`\(schedule.text)` was accepted")
        } catch {
            #expect(error.isUnsupported)
            #expect(error.offset == offset, "\(error.message)")
            #expect(error.message.contains(message), "\(error.message)")
        }
    }
}
