/// The order in which rows wait: all that ``DeliveryRules`` ask of a store.
protocol DeliveryRows {
    var firstRow: RowID? { get }
    var lastRow: RowID? { get }
    /// The last of the live rows.
    var newestLiveRow: RowID? { get }
    /// The row behind `row`; `nil` for the last.
    func row(after row: RowID) -> RowID?
}

/// The order in a store, as long as it can be read. What is decided by it does not count once ``failure`` is set.
final class StoredRows: DeliveryRows {
    private let store: any DeliveryStore
    private(set) var failure: DeliveryStoreError?

    init(_ store: any DeliveryStore) {
        self.store = store
    }

    var firstRow: RowID? { read { store throws(DeliveryStoreError) in try store.firstRow() } }
    var lastRow: RowID? { read { store throws(DeliveryStoreError) in try store.lastRow() } }
    var newestLiveRow: RowID? { read { store throws(DeliveryStoreError) in try store.newestLiveRow() } }
    func row(after row: RowID) -> RowID? { read { store throws(DeliveryStoreError) in try store.row(after: row) } }

    private func read(_ question: (any DeliveryStore) throws(DeliveryStoreError) -> RowID?) -> RowID? {
        do {
            return try question(store)
        } catch {
            failure = error
            return nil
        }
    }
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
    var newestLiveRow: RowID? { rows.newestLiveRow == hidden ? nil : rows.newestLiveRow }
    func row(after row: RowID) -> RowID? { shown(rows.row(after: row)) }

    private func shown(_ row: RowID?) -> RowID? { row == hidden ? rows.row(after: hidden) : row }
}
