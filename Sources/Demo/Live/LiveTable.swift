import MetricModel
import TerminalText

/// A frame of the demo as the lines of a terminal. Pure: what it knows of the terminal is its size and its abilities.
public struct LiveTable: Sendable {
    /// Characters of a line.
    public var width: Int
    /// Lines; a table that does not fit is cut, and says so.
    public var height: Int
    /// Bold, dim and red.
    public var hasColor: Bool
    /// Draws trends, and dots where text is cut.
    public var isUnicode: Bool

    /// A table for a terminal of this size.
    public init(width: Int, height: Int, hasColor: Bool, isUnicode: Bool) {
        self.width = width
        self.height = height
        self.hasColor = hasColor
        self.isUnicode = isUnicode
    }

    /// Never more than ``height`` lines, none wider than ``width``.
    public func lines(_ frame: DemoFrame, length: Int) -> [String] {
        var lines = [
            styled(
                .bold, cut("Azimuth demo  \(frame.clockTime)  minute \(frame.minute) of \(max(length, frame.minute))")),
            cut(
                "\(frame.totalCallCount) calls  \(frame.pointCount) points  \(frame.pushCount) pushes  "
                    + "\(frame.byteCount) bytes gzip"),
            frame.failureCount == 0
                ? "" : styled(.red, cut("\(frame.failureCount) metric-resources FAILED this minute")),
        ]
        let footer = styled(.dim, cut("Ctrl-C ends it; then what arrived is compared with the truth"))
        let room = max(0, height - lines.count - 3)
        let shown = frame.rows.count <= room ? frame.rows[...] : frame.rows.prefix(max(0, room - 1))
        lines += table(Array(shown), at: frame.time)
        if shown.count < frame.rows.count {
            lines.append(styled(.dim, cut("and \(frame.rows.count - shown.count) more: make the window higher")))
        }
        lines += ["", footer]
        return Array(lines.prefix(height))
    }

    private func table(_ rows: [DemoFrame.Row], at time: Timestamp) -> [String] {
        var table = TextTable(
            [.init("RESOURCE"), .init("METRIC"), .init("NEWEST", .right), .init("")]
                + [.init("AGE", .right), .init("POINTS", .right)] + (isUnicode ? [.init("TREND")] : [])
                + [.init("SERIES")])
        for row in rows {
            let newest = row.recent.last.map { Self.number($0) } ?? "-"
            let trend = isUnicode ? [sparkline(row.recent)] : []
            table.add(
                [row.resource, row.metric, newest, row.recent.isEmpty ? "" : row.unit]
                    + [row.newestBucketEnd.map { age(time - $0) } ?? "-", String(row.pointCount)] + trend
                    + [series(row)])
        }
        let lines = table.lines(width: nil).map(cut)
        return [styled(.bold, lines[0])]
            + zip(rows, lines.dropFirst()).map { row, line in row.recent.isEmpty ? styled(.dim, line) : line }
    }

    private func series(_ row: DemoFrame.Row) -> String {
        switch row.seriesCount {
        case 0: "no value in Azure yet"
        case 1: row.seriesName
        default: "\(row.seriesName) (+\(row.seriesCount - 1))"
        }
    }

    private func age(_ age: Duration) -> String {
        let seconds = age.components.seconds
        return seconds < 7200
            ? "\(seconds / 60)m \(seconds % 60 / 10)\(seconds % 10)s" : "\(seconds / 3600)h \(seconds % 3600 / 60)m"
    }

    private func sparkline(_ values: [Double]) -> String {
        guard let low = values.min(), let high = values.max() else { return "" }
        let bars = Array("▁▂▃▄▅▆▇█")
        return String(
            values.map { value in
                high > low ? bars[min(7, Int((value - low) / (high - low) * 8))] : bars[3]
            })
    }

    /// Three digits or more: `0.42`, `17.50`, `1234`, `12.35 M`.
    static func number(_ value: Double) -> String {
        let size = abs(value)
        for (limit, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M")] where size >= limit && size < 1e15 {
            return NumberText.text(value / limit, decimals: 2) + " " + suffix
        }
        return NumberText.text(value, decimals: size == size.rounded() || size >= 1000 ? 0 : 2)
    }

    private func cut(_ text: String) -> String {
        guard text.count > width else { return text }
        return isUnicode && width > 0 ? text.prefix(width - 1) + "…" : String(text.prefix(max(0, width)))
    }

    private enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
    }

    private func styled(_ style: Style, _ text: String) -> String {
        hasColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
