import Testing

@testable import OTLPExporter

@Suite struct UCUMTests {
    static let units: [(String, String)] = [
        ("Count", "{count}"), ("Bytes", "By"), ("Seconds", "s"), ("MilliSeconds", "ms"), ("Percent", "%"),
        ("CountPerSecond", "{count}/s"), ("BytesPerSecond", "By/s"), ("BitsPerSecond", "bit/s"),
        ("ByteSeconds", "By.s"), ("Cores", "{core}"), ("MilliCores", "{millicore}"), ("NanoCores", "{nanocore}"),
        ("Unspecified", ""), ("", ""), ("milliseconds", "ms"), ("Messages", "{Messages}"), ("{odd}", ""),
        ("two words", ""), ("größe", ""),
    ]

    @Test("Azure's words", arguments: units)
    func unit(azure: String, ucum: String) { #expect(UCUM.unit(azure: azure) == ucum) }
}
