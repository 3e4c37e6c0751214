import Declaration
import Foundation
import MetricModel
import Testing

@Suite struct CronTimeZoneTests {
    struct Case: Sendable {
        var text: String
        var after: String
        var expected: [String]
        var zone = centralEurope
    }

    static let cases: [Case] = [
        Case(text: "0 12 * * *", after: "2031-01-01T00:00:00Z", expected: ["2031-01-01T11:00:00Z"]),
        Case(text: "0 12 * * *", after: "2031-07-01T00:00:00Z", expected: ["2031-07-01T10:00:00Z"]),
        Case(text: "0 0 1 1 *", after: "2031-06-01T00:00:00Z", expected: ["2031-12-31T23:00:00Z"]),
        // 02:30 does not exist on 30 March: it comes at 03:00, and the day after at its own time.
        Case(
            text: "30 2 * * *", after: "2031-03-29T12:00:00Z",
            expected: ["2031-03-30T01:00:00Z", "2031-03-31T00:30:00Z"]),
        Case(
            text: "*/30 * * * *", after: "2031-03-30T00:00:00Z",
            expected: ["2031-03-30T00:30:00Z", "2031-03-30T01:00:00Z", "2031-03-30T01:30:00Z"]),
        // 02:30 comes twice on 26 October: once for a fixed time, in both hours for an interval.
        Case(
            text: "30 2 * * *", after: "2031-10-25T12:00:00Z",
            expected: ["2031-10-26T00:30:00Z", "2031-10-27T01:30:00Z"]),
        Case(
            text: "*/30 * * * *", after: "2031-10-25T23:59:00Z",
            expected: [
                "2031-10-26T00:00:00Z", "2031-10-26T00:30:00Z", "2031-10-26T01:00:00Z", "2031-10-26T01:30:00Z",
                "2031-10-26T02:00:00Z",
            ]),
        Case(
            text: "*/30 2 * * *", after: "2031-10-25T23:59:00Z",
            expected: [
                "2031-10-26T00:00:00Z", "2031-10-26T00:30:00Z", "2031-10-26T01:00:00Z", "2031-10-26T01:30:00Z",
                "2031-10-27T01:00:00Z",
            ]),
        // Begun within the second of the two hours.
        Case(text: "45 2 * * *", after: "2031-10-26T01:10:00Z", expected: ["2031-10-27T01:45:00Z"]),
        Case(text: "*/15 2 * * *", after: "2031-10-26T01:10:00Z", expected: ["2031-10-26T01:15:00Z"]),
        Case(text: "0 3 * * *", after: "2031-10-26T00:10:00Z", expected: ["2031-10-26T02:00:00Z"]),
        // Begun in the last second before the clocks change.
        Case(text: "*/30 * * * *", after: "2031-10-26T00:59:59Z", expected: ["2031-10-26T01:00:00Z"]),
        Case(text: "0 2 * * *", after: "2031-10-25T23:59:59Z", expected: ["2031-10-26T00:00:00Z"]),
        Case(text: "0 2 * * *", after: "2031-10-26T00:59:59Z", expected: ["2031-10-27T01:00:00Z"]),
        Case(
            text: "30 2 * * *", after: "2031-03-09T06:59:59Z",
            expected: ["2031-03-09T07:00:00Z", "2031-03-10T06:30:00Z"], zone: newYork),
        Case(
            text: "30 1 * * *", after: "2031-11-02T05:00:00Z",
            expected: ["2031-11-02T05:30:00Z", "2031-11-03T06:30:00Z"], zone: newYork),
        Case(
            text: "30 * * * *", after: "2031-11-02T05:00:00Z",
            expected: ["2031-11-02T05:30:00Z", "2031-11-02T06:30:00Z"], zone: newYork),
        // The new forms meet the clocks as any other: 30 March is the last Sunday and the day before the last day.
        Case(
            text: "30 2 L-1 3 *", after: "2031-03-01T00:00:00Z",
            expected: ["2031-03-30T01:00:00Z", "2032-03-30T01:30:00Z"]),
        Case(
            text: "0 0 * * SUNL", after: "2031-03-01T00:00:00Z",
            expected: ["2031-03-29T23:00:00Z", "2031-04-26T22:00:00Z"]),
        Case(
            text: "30 2 * 10 7L", after: "2031-10-01T00:00:00Z",
            expected: ["2031-10-26T00:30:00Z", "2032-10-31T01:30:00Z"]),
        Case(
            text: "*/30 2 * 10 7#4", after: "2031-10-26T00:00:00Z",
            expected: ["2031-10-26T00:30:00Z", "2031-10-26T01:00:00Z", "2031-10-26T01:30:00Z"]),
        // `@hourly` is a schedule of intervals, `@daily` is not.
        Case(
            text: "@hourly", after: "2031-10-25T23:00:00Z",
            expected: ["2031-10-26T00:00:00Z", "2031-10-26T01:00:00Z", "2031-10-26T02:00:00Z"]),
        Case(
            text: "@hourly", after: "2031-03-30T00:00:00Z", expected: ["2031-03-30T01:00:00Z", "2031-03-30T02:00:00Z"]),
        Case(
            text: "@every_second", after: "2031-10-26T00:59:59Z",
            expected: ["2031-10-26T01:00:00Z", "2031-10-26T01:00:01Z"]),
        // Half an hour is repeated on 6 April, and half an hour skipped on 5 October.
        Case(
            text: "45 1 * * *", after: "2031-04-05T14:00:00Z",
            expected: ["2031-04-05T14:45:00Z", "2031-04-06T15:15:00Z"], zone: lordHowe),
        Case(
            text: "45 * * * *", after: "2031-04-05T14:00:00Z",
            expected: ["2031-04-05T14:45:00Z", "2031-04-05T15:15:00Z", "2031-04-05T16:15:00Z"], zone: lordHowe),
        Case(
            text: "15 2 * * *", after: "2031-10-04T12:00:00Z",
            expected: ["2031-10-04T15:30:00Z", "2031-10-05T15:15:00Z"], zone: lordHowe),
        // A midnight that does not exist comes an hour late, and its day is not lost.
        Case(
            text: "@daily", after: "2031-03-08T12:00:00Z",
            expected: ["2031-03-09T05:00:00Z", "2031-03-10T04:00:00Z"], zone: havana),
        Case(
            text: "0 0 9 3 *", after: "2031-03-08T12:00:00Z",
            expected: ["2031-03-09T05:00:00Z", "2032-03-09T05:00:00Z"], zone: havana),
        Case(
            text: "30 0 * * *", after: "2031-11-02T03:59:59Z",
            expected: ["2031-11-02T04:30:00Z", "2031-11-03T05:30:00Z"], zone: havana),
    ]

    @Test("local clocks count, through the hours that are skipped and repeated", arguments: cases)
    func local(value: Case) throws {
        let moment = try #require(Timestamp(iso8601: value.after))
        let schedule = try CronSchedule(value.text)
        let times = CronScheduleTests.times(of: schedule, after: moment, in: value.zone, count: value.expected.count)
        #expect(times == value.expected)
    }

    @Test("`TZ` of the process counts, with its changes of the clocks")
    func variable() async {
        await #expect(processExitsWith: .success) {
            setenv("TZ", "Europe/Berlin", 1)
            // 30 March 2025 has no 02:30; 26 October 2025 has two.
            let expected = [
                "30 2 * * *": [
                    ("2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"), ("2025-03-30T01:00:00Z", "2025-03-31T00:30:00Z"),
                ],
                "*/30 2 * * *": [("2025-10-26T00:30:00Z", "2025-10-26T01:00:00Z")],
                "45 2 L-5 10 *": [("2025-10-01T00:00:00Z", "2025-10-26T00:45:00Z")],
                "@daily": [
                    ("2025-07-01T00:00:00Z", "2025-07-01T22:00:00Z"), ("2025-01-01T00:00:00Z", "2025-01-01T23:00:00Z"),
                ],
            ]
            for (text, times) in expected {
                let schedule = try CronSchedule(text)
                for (after, next) in times {
                    let moment = try #require(Timestamp(iso8601: after))
                    let found = schedule.next(after: moment, in: .process)?.description
                    try #require(found == next, "\(text) after \(after)")
                }
            }
        }
    }

    @Test("the zone of the process is the system's", arguments: [1_924_992_000, 1_940_000_000, 1_950_742_800])
    func process(utc: Int64) throws {
        let moment = Timestamp(seconds: utc)
        let next = try #require(try CronSchedule("0 12 * * *").next(after: moment, in: .process))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        let date = Date(timeIntervalSince1970: Double(utc))
        let expected = calendar.nextDate(
            after: date, matching: DateComponents(hour: 12, minute: 0, second: 0), matchingPolicy: .nextTime)
        #expect(Double(next.seconds) == expected?.timeIntervalSince1970)
    }
}
