import MetricModel
import Testing

@testable import Declaration

@Suite struct CronGapsTests {
    /// Schedule, shortest and longest gap in seconds.
    static let plain: [(String, Int, Int)] = [
        ("* * * * *", 60, 60), ("* * * * * *", 1, 1), ("*/5 * * * *", 300, 300), ("0,10 * * * *", 600, 3000),
        ("0 8,9 * * *", 3600, 82_800), ("59 * * * *", 3600, 3600), ("0 0 * * *", 86_400, 86_400),
        ("*/40 * * * *", 1200, 2400), ("0 */7 * * *", 10_800, 25_200), ("0 0 * * 1", 604_800, 604_800),
        ("15,45 30 8 * * *", 30, 86_370), ("58-1 9 * * *", 60, 86_400 - 59 * 60),
        // From Friday, 18:55, to Monday, 08:00.
        ("*/5 8-18 * * MON-FRI", 300, (61 * 60 + 5) * 60),
        ("*/5 * * * MON", 300, 6 * 86_400 + 300),
        ("0 0 1 * *", 28 * 86_400, 31 * 86_400), ("0 0 31 * *", 31 * 86_400, 61 * 86_400),
        ("0 0 1 1 *", 365 * 86_400, 366 * 86_400), ("0 0 1-3 * *", 86_400, 29 * 86_400),
        ("0 0 1,20 * *", 9 * 86_400, 19 * 86_400), ("0 9 1 1-6 *", 28 * 86_400, 214 * 86_400),
        ("0 0 29 2 *", 1461 * 86_400, 1461 * 86_400), ("0 0 * * 5#5", 63 * 86_400, 119 * 86_400),
        ("0 0 * * 5#2", 28 * 86_400, 35 * 86_400), ("0 0 * * 5L", 28 * 86_400, 35 * 86_400),
        ("0 0 L * *", 28 * 86_400, 31 * 86_400), ("0 0 LW * *", 28 * 86_400, 33 * 86_400),
        ("0 0 1W * *", 28 * 86_400, 33 * 86_400), ("0 0 L-30 * *", 31 * 86_400, 61 * 86_400),
        ("*/10 8-9 L * *", 600, 31 * 86_400 - 110 * 60), ("0 0 */2 * *", 86_400, 2 * 86_400),
        ("0 0 29 2 1", 28 * 1461 / 4 * 86_400, 40 * 1461 / 4 * 86_400 - 86_400),
    ]

    static let moments = [
        "2031-01-01T00:00:00Z", "2031-01-03T18:54:59Z", "2031-01-03T18:55:00Z", "2031-01-04T12:00:01Z",
        "2031-01-05T23:59:59Z", "2031-01-06T08:00:00Z", "2031-01-06T08:30:00Z", "2031-01-06T09:00:00Z",
    ]

    @Test("the gaps do not depend on the moment", arguments: plain, moments)
    func gaps(expected: (text: String, shortest: Int, longest: Int), moment: String) throws {
        let start = try #require(Timestamp(iso8601: moment))
        let gaps = try CronSchedule(expected.text).gaps(around: start, in: .utc)
        #expect(gaps.shortest == .seconds(expected.shortest))
        #expect(gaps.longest == .seconds(expected.longest))
    }

    /// Schedule, a day on which it comes, shortest and longest gap in seconds; several hours of a day, on few days of a month.
    static let fewDays: [(String, String, Int, Int)] = [
        ("0 8,9 1 * *", "2031-01-01", 3600, 31 * 86_400 - 3600),
        ("0 0,12 L * *", "2031-01-31", 43_200, 31 * 86_400 - 43_200),
        ("*/30 8,20 LW * *", "2031-01-31", 1800, 33 * 86_400 - 43_200 - 1800),
        ("15,45 8-10 * * FRI#2", "2031-01-10", 1800, 35 * 86_400 - 9000),
    ]

    @Test("the hours of a day count, also from the last of them on", arguments: fewDays, [7, 8, 9, 12, 20, 23])
    func lastHour(expected: (text: String, day: String, shortest: Int, longest: Int), hour: Int) throws {
        let start = try #require(Timestamp(iso8601: expected.day + "T00:00:00Z")) + .seconds(hour * 3600 + 1)
        let gaps = try CronSchedule(expected.text).gaps(around: start, in: .utc)
        #expect(gaps.shortest == .seconds(expected.shortest))
        #expect(gaps.longest == .seconds(expected.longest))
    }

    static let zones: [(name: String, zone: TimeZoneRules, changes: [String])] = [
        ("Central Europe", centralEurope, ["2031-03-30T01:00:00Z", "2031-10-26T01:00:00Z"]),
        ("New York", newYork, ["2031-03-09T07:00:00Z", "2031-11-02T06:00:00Z"]),
        ("Lord Howe", lordHowe, ["2031-04-05T15:00:00Z", "2031-10-04T15:30:00Z"]),
    ]

    static let local = [
        "0 0 * * *", "30 2 * * *", "0,30 * * * *", "30 * * * *", "*/20 1-3 * * *", "0,45 1,2 * * *", "0 8,9 * * *",
        "20/25 10/7 * * * *", "0 0 12 * * MON-FRI", "45 2 * * *",
    ]

    @Test("a change of the clocks is seen: the gaps are those of all occurrences", arguments: local, zones.indices)
    func change(text: String, index: Int) throws {
        let schedule = try CronSchedule(text)
        let zone = Self.zones[index].zone
        for change in Self.zones[index].changes {
            for hours in [-9 * 24, -30, -1, 0, 1] {
                let start = try #require(Timestamp(iso8601: change)) + .seconds(hours * 3600)
                let gaps = schedule.gaps(around: start, in: zone)
                let expected = try #require(Self.everyGap(of: schedule, from: start, in: zone))
                #expect(gaps.shortest == expected.shortest, "\(Self.zones[index].name), \(change), \(hours) h")
                #expect(gaps.longest == expected.longest, "\(Self.zones[index].name), \(change), \(hours) h")
            }
        }
    }

    @Test("a daily schedule is 23 or 25 hours apart where the clocks change")
    func daily() throws {
        let schedule = try CronSchedule("0 12 * * *")
        let march = try #require(Timestamp(iso8601: "2031-03-27T00:00:00Z"))
        let october = try #require(Timestamp(iso8601: "2031-10-22T00:00:00Z"))
        let spring = schedule.gaps(around: march, in: centralEurope)
        #expect(spring.shortest == .seconds(23 * 3600) && spring.longest == .seconds(86_400))
        let autumn = schedule.gaps(around: october, in: centralEurope)
        #expect(autumn.shortest == .seconds(86_400) && autumn.longest == .seconds(25 * 3600))
    }

    @Test(
        "few searches are enough",
        arguments: ["* * * * * *", "* * * * *", "*/2 0-58 * * * *", "0 0 1 1 *", "0 * L * *"])
    func cost(text: String) throws {
        let asked = Lock(0)
        let zone = TimeZoneRules { _ in
            asked.withLock { $0 += 1 }
            return 3600
        }
        let moment = try #require(Timestamp(iso8601: "2031-01-01T11:30:30Z"))
        _ = try CronSchedule(text).gaps(around: moment, in: zone)
        // 193 hours, each with a search of at most ten questions and two of its own.
        #expect(asked.withLock { $0 } < 2500)
    }

    /// By all occurrences, one after the other, over the same days.
    private static func everyGap(
        of schedule: CronSchedule, from moment: Timestamp, in zone: TimeZoneRules
    ) -> (shortest: Duration, longest: Duration)? {
        var gaps: [Duration] = []
        let secondOfHour = (moment.seconds + zone.offset(at: moment.seconds)) % 3600
        let start = moment - .seconds(secondOfHour)
        guard let first = schedule.next(after: start - .seconds(1), in: zone) else { return nil }
        var last = first
        while last - first < .seconds(8 * 86_400), let next = schedule.next(after: last, in: zone) {
            gaps.append(next - last)
            last = next
        }
        guard let shortest = gaps.min(), let longest = gaps.max() else { return nil }
        return (shortest, longest)
    }
}
