/// A table for a terminal: columns as wide as their longest cell, two blanks apart.
package struct TextTable: Sendable {
    /// On which side a cell is filled with blanks.
    package enum Alignment: Sendable { case left, right }

    /// A title, and how the cells below it stand.
    package struct Column: Sendable {
        package var title: String
        package var alignment = Alignment.left

        /// A column of words, unless it says otherwise.
        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// What the last column keeps at least when it is wrapped.
    private static let narrowest = 20

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows.
    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds one cell a column.
    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The title and the rows.
    /// - Parameter width: Of the terminal. The last column is wrapped between words where a line would not fit; `nil` =
    ///   it is a file or a pipe, and nothing is wrapped.
    package func lines(width: Int?) -> [String] {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let head = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        let rest = width.map { $0 - head }.flatMap { $0 >= Self.narrowest ? $0 : nil }
        return all.flatMap { cells in
            let last = cells.last ?? ""
            let parts = rest.map { Self.wrapped(last, to: $0) } ?? [last]
            return parts.enumerated().map { index, part in
                let shown = (index == 0 ? cells.dropLast() : cells.dropLast().map { _ in "" }) + [part]
                return line(shown, widths: widths)
            }
        }
    }

    private func line(_ cells: [String], widths: [Int]) -> String {
        let padded = zip(columns.indices, cells).map { column, cell in
            let blanks = String(repeating: " ", count: max(0, widths[column] - cell.count))
            return columns[column].alignment == .right ? blanks + cell : cell + blanks
        }
        let text = padded.joined(separator: "  ")
        // Nothing behind the last word: a copied line has no tail.
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    /// `text` in pieces of at most `width` characters, cut between words; a longer word keeps its line.
    private static func wrapped(_ text: String, to width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
