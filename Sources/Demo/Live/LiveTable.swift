import MetricModel

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
        var columns = [
            Column("RESOURCE", .left, rows.map(\.resource)),
            Column("METRIC", .left, rows.map(\.metric)),
            Column("NEWEST", .right, rows.map { $0.recent.last.map { Self.number($0) } ?? "-" }),
            Column("", .left, rows.map { $0.recent.isEmpty ? "" : $0.unit }),
            Column("AGE", .right, rows.map { $0.newestBucketEnd.map { age(time - $0) } ?? "-" }),
            Column("POINTS", .right, rows.map { String($0.pointCount) }),
        ]
        if isUnicode { columns.append(Column("TREND", .left, rows.map { sparkline($0.recent) })) }
        columns.append(Column("SERIES", .left, rows.map(series)))
        return [styled(.bold, line(columns.map { $0.header }, columns))]
            + rows.indices.map { row in
                let text = line(columns.map { $0.cells[row] }, columns)
                return rows[row].recent.isEmpty ? styled(.dim, text) : text
            }
    }

    private func line(_ cells: [String], _ columns: [Column]) -> String {
        var line = ""
        for (cell, column) in zip(cells, columns) { line += column.padded(cell) + "  " }
        while line.hasSuffix(" ") { line.removeLast() }
        return cut(line)
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

    /// Three digits or more: `0.42`, `17.5`, `1234`, `12.3 M`.
    static func number(_ value: Double) -> String {
        let size = abs(value)
        guard size < 1e15 else { return "\(value)" }
        for (limit, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M")] where size >= limit {
            return fixed(value / limit, decimals: 2) + " " + suffix
        }
        return fixed(value, decimals: size == size.rounded() || size >= 1000 ? 0 : 2)
    }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = decimals == 0 ? 1 : 100
        // Below 1e15, so it fits.
        let rounded = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && rounded > 0 ? "-" : ""
        let whole = "\(sign)\(rounded / Int64(scale))"
        guard decimals > 0 else { return whole }
        let rest = rounded % Int64(scale)
        return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
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

/// One column: as wide as its widest cell.
private struct Column {
    enum Side { case left, right }

    let header: String
    let cells: [String]
    private let side: Side
    private let width: Int

    init(_ header: String, _ side: Side, _ cells: [String]) {
        self.header = header
        self.side = side
        self.cells = cells
        width = ([header] + cells).map(\.count).max() ?? 0
    }

    func padded(_ cell: String) -> String {
        let blank = String(repeating: " ", count: max(0, width - cell.count))
        return side == .left ? cell + blank : blank + cell
    }
}
