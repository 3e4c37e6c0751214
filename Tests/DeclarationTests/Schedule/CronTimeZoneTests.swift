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
    ]

    @Test("local clocks count, through the hours that are skipped and repeated", arguments: cases)
    func local(value: Case) throws {
        let moment = try #require(Timestamp(iso8601: value.after))
        let schedule = try CronSchedule(value.text)
        let times = CronScheduleTests.times(of: schedule, after: moment, in: value.zone, count: value.expected.count)
        #expect(times == value.expected)
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
