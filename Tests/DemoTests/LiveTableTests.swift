import MetricModel
import Testing

@testable import Demo

@Suite struct LiveTableTests {
    private static let time = Timestamp(seconds: 1_700_000_040)

    private static func row(_ number: Int, values: [Double] = [1, 2], series: Int = 1) -> DemoFrame.Row {
        DemoFrame.Row(
            resource: "vm-\(number)", metric: "cpu", unit: "%", seriesCount: series, recent: values,
            seriesName: series > 1 ? "a" : "", newestBucketEnd: values.isEmpty ? nil : time - .seconds(185),
            pointCount: values.count)
    }

    private static func frame(_ rows: [DemoFrame.Row], failures: Int = 0) -> DemoFrame {
        DemoFrame(
            time: time, minute: 7, pairCount: 3, callCount: 2, newPointCount: 4, failureCount: failures,
            totalCallCount: 14, pointCount: 28, pushCount: 7, byteCount: 999, rows: rows)
    }

    @Test("never more lines than the window has, none wider, whatever its size")
    func size() {
        let frame = Self.frame((0..<50).map { Self.row($0, series: 3) }, failures: 2)
        for height in 0...60 {
            for width in [0, 1, 10, 80, 200] {
                let lines = LiveTable(width: width, height: height, hasColor: false, isUnicode: true)
                    .lines(frame, length: 30)
                #expect(lines.count <= height && lines.allSatisfy { $0.count <= width }, "\(width) × \(height)")
            }
        }
    }

    @Test("rows that do not fit are counted")
    func more() {
        let lines = LiveTable(width: 80, height: 12, hasColor: false, isUnicode: false)
            .lines(Self.frame((0..<50).map { Self.row($0) }), length: 30)
        let shown = lines.filter { $0.hasPrefix("vm-") }.count
        #expect(shown > 0)
        #expect(lines.contains("and \(50 - shown) more: make the window higher"))
    }

    @Test("a row says value, unit, age, points, trend and how many series there are")
    func row() {
        let lines = LiveTable(width: 120, height: 30, hasColor: false, isUnicode: true)
            .lines(
                Self.frame([Self.row(1, values: [1, 2, 3], series: 3), Self.row(2, values: [], series: 0)]), length: 30)
        #expect(lines[0] == "Azimuth demo  22:14  minute 7 of 30")
        #expect(lines[1] == "14 calls  28 points  7 pushes  999 bytes gzip")
        #expect(lines[4] == "vm-1      cpu          3  %  3m 05s       3  ▁▅█    a (+2)")
        #expect(lines[5] == "vm-2      cpu          -          -       0         no value in Azure yet")
    }

    @Test("failures are in red, and only then", arguments: [0, 2])
    func failures(count: Int) {
        let lines = LiveTable(width: 120, height: 30, hasColor: true, isUnicode: true)
            .lines(Self.frame([], failures: count), length: 30)
        #expect(lines.contains("\u{1B}[31m2 metric-resources FAILED this minute\u{1B}[0m") == (count == 2))
    }

    @Test(
        "numbers keep three digits and a sign",
        arguments: [
            (0.0, "0"), (0.4249, "0.42"), (17.5, "17.50"), (999.999, "1000.00"), (1234.4, "1234"), (-0.001, "-0.001"),
            (-2.5, "-2.50"), (12_345_678, "12.35 M"), (3e9, "3.00 G"), (2e12, "2.00 T"), (1e300, "1e+300"),
            (.nan, "nan"), (.infinity, "inf"),
        ])
    func number(value: Double, text: String) { #expect(LiveTable.number(value) == text) }
}
