import MetricModel
import Testing

@Suite struct TimestampTests {
    static let spellings: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("2031-02-03T04:05:06Z", 1_927_857_906), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("1969-12-31T23:59:59Z", -1), ("2000-03-01T00:00:00Z", 951_868_800),
        ("1678-01-01T00:00:00Z", -9_214_560_000), ("2261-12-31T23:59:59Z", 9_214_646_399),
    ]

    @Test("ISO 8601 is read and written alike", arguments: spellings)
    func roundTrip(text: String, seconds: Int64) {
        #expect(Timestamp(iso8601: text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test("fractions, offsets and missing zones are understood")
    func variants() {
        #expect(Timestamp(iso8601: "2031-02-03T04:05:06.5Z")?.nanosecondsSince1970 == 1_927_857_906_500_000_000)
        #expect(Timestamp(iso8601: "2031-02-03T06:05:06+02:00")?.seconds == 1_927_857_906)
        #expect(Timestamp(iso8601: "2031-02-03T04:05:06")?.seconds == 1_927_857_906)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "yesterday", "2031-13-03T04:05:06Z", "2031-02-03T04:05:06Zx", "2031-02-03", "9999-12-31T23:59:59Z",
            "2262-01-01T00:00:00Z", "1677-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("flooring goes towards the past on both sides of 1970")
    func flooring() {
        #expect(Timestamp(seconds: 119).floored(to: .oneMinute) == Timestamp(seconds: 60))
        #expect(Timestamp(seconds: 120).floored(to: .oneMinute) == Timestamp(seconds: 120))
        #expect(Timestamp(seconds: -1).floored(to: .oneMinute) == Timestamp(seconds: -60))
    }

    static let grains: [(String, Int64)] = [
        ("PT1M", 60), ("PT5M", 300), ("PT1H", 3600), ("PT6H", 21_600), ("P1D", 86_400), ("PT1H30M", 5400),
    ]

    @Test("a grain is read and written as Azure does", arguments: grains)
    func grain(text: String, seconds: Int64) {
        #expect(TimeGrain(iso8601: text)?.seconds == seconds)
        #expect(TimeGrain(seconds: seconds)?.description == text)
    }

    @Test("what is no grain is refused", arguments: ["", "P", "PT0M", "5M", "PT1X", "PT5", "P1M", "FULL"])
    func refusedGrain(text: String) {
        #expect(TimeGrain(iso8601: text) == nil)
    }
}
