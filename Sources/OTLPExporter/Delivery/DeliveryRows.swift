/// Names a row of the queue, or a part of one, as long as it waits.
struct RowID: Hashable, Sendable {
    let number: Int
}

/// The order in which rows wait: all that ``DeliveryRules`` ask of a queue or a store.
protocol DeliveryRows {
    var firstRow: RowID? { get }
    var lastRow: RowID? { get }
    /// The row behind `row`; `nil` for the last.
    func row(after row: RowID) -> RowID?
}

/// Rows of which one is about to go.
struct RowsWithout<Rows: DeliveryRows>: DeliveryRows {
    private let hidden: RowID
    private let rows: Rows

    init(_ hidden: RowID, _ rows: Rows) {
        self.hidden = hidden
        self.rows = rows
    }

    var firstRow: RowID? { shown(rows.firstRow) }
    /// The hidden row is no part of the question who is newest: it was sent before.
    var lastRow: RowID? { rows.lastRow == hidden ? nil : rows.lastRow }
    func row(after row: RowID) -> RowID? { shown(rows.row(after: row)) }

    private func shown(_ row: RowID?) -> RowID? { row == hidden ? rows.row(after: hidden) : row }
}
