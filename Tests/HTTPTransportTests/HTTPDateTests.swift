import HTTPTransport
import MetricModel
import Testing

@Suite struct HTTPDateTests {
    static let dates: [(String, Int64)] = [
        ("Mon, 03 Feb 2031 04:05:06 GMT", 1_927_857_906), ("Monday, 03-Feb-31 04:05:06 GMT", 1_927_857_906),
        ("Mon Feb  3 04:05:06 2031", 1_927_857_906), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sun Nov 16 08:49:37 1994", 784_975_777), ("Wed, 31 Dec 2200 23:59:59 GMT", 7_289_654_399),
    ]

    @Test("each of the three spellings is read", arguments: dates)
    func read(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == Timestamp(seconds: seconds))
    }

    @Test(
        "what is none of them is refused",
        arguments: [
            "", "0", "120", "Mon", "Mon,", "Mon, 03 Feb 2031", "Mon, 03 Feb 2031 04:05:06",
            "Mon, 03 Feb 2031 04:05:06 CET",
            "Mon, 32 Feb 2031 04:05:06 GMT", "Mon, 03 Foo 2031 04:05:06 GMT", "Mon, 03 Feb 31 04:05:06 GMT",
            "Mon, 03 Feb 2031 24:05:06 GMT", "Mon, 03 Feb 2031 04:05 GMT", "Mon, -3 Feb 2031 04:05:06 GMT",
            "Monday, 03-Feb-2031 04:05:06 GMT", "2031-02-03T04:05:06Z", "Mon Feb 3 04:05:06 31",
            "Sun, 06 Nov 3988 08:49:37 GMT", "Fri, 01 Jan 2201 00:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
        ])
    func refused(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
