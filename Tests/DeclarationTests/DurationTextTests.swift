import Testing

@testable import Declaration

@Suite struct DurationTextTests {
    static let seconds: [(String, Int64)] = [
        ("00:05:00", 300), ("0:5:0", 300), ("00:05", 300), ("23:59:59", 86_399), ("1.00:00:00", 86_400),
        ("1.12:30", 131_400), ("2:03:04:05", 183_845), ("1:00:00:00", 86_400), (" 00:01:00 ", 60), ("-00:01:00", -60),
        ("00:00:00", 0), ("PT5M", 300), ("pt5m", 300), ("PT1H30M", 5400), ("P1D", 86_400), ("P1DT2H3M4S", 93_784),
        ("-PT5M", -300), ("PT90S", 90), ("0.00:00:01", 1),
    ]

    @Test("both spellings are read", arguments: seconds)
    func reads(text: String, seconds: Int64) {
        #expect(DurationText(text)?.duration == .seconds(seconds))
        #expect(DurationText(text)?.trap == nil)
    }

    @Test("fractions are kept", arguments: [("00:00:00.5", Int64(500_000_000)), ("00:00:00.0000001", 100)])
    func fraction(text: String, nanoseconds: Int64) {
        #expect(DurationText(text)?.duration == .nanoseconds(nanoseconds))
    }

    static let traps: [(String, DurationText.Trap?, Int64)] = [
        ("5", .bareNumber(5), 432_000), ("10675198", .bareNumber(10_675_198), 922_337_107_200), ("0", nil, 0),
        ("24:00:00", .hoursReadAsDays(24), 2_073_600), ("60:01:00", .hoursReadAsDays(60), 5_187_600),
        ("23:00:00", nil, 82_800), ("24.00:00:00", nil, 2_073_600),
    ]

    @Test("what means days is told", arguments: traps)
    func trap(text: String, trap: DurationText.Trap?, seconds: Int64) {
        #expect(DurationText(text)?.trap == trap)
        #expect(DurationText(text)?.duration == .seconds(seconds))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", " ", "-", "abc", "5m", "1h", "5.5", "24:00", "00:60:00", "00:00:60", "25:30:00", "1.24:00:00",
            "1:24:00:00",
            "00:05:00:00:00", "00:05:00.", "00:00:00.12345678", "::", "10675199", "99999999999999999999", "P", "PT",
            "P1DT",
            "PT5", "PT5X", "PT1S2M", "PT1ST5M", "P1W", "P1M", "PT1.5M", "5M", "0x5", "٥", "+5", "1e3", "00:-5:00",
            "24:00:00.5",
        ])
    func refuses(text: String) {
        #expect(DurationText(text) == nil)
    }

    static let words: [(Int64, String, String)] = [
        (0, "0 seconds", "00:00:00"), (1, "1 second", "00:00:01"), (300, "5 minutes", "00:05:00"),
        (86_400, "1 day", "1.00:00:00"), (131_445, "1 day 12 hours 30 minutes 45 seconds", "1.12:30:45"),
    ]

    @Test("a length has words and .NET's spelling", arguments: words)
    func spelled(seconds: Int64, words: String, timeSpan: String) {
        #expect(Duration.seconds(seconds).words == words)
        #expect(Duration.seconds(seconds).timeSpan == timeSpan)
    }
}
