/// A question in the part of Kusto's language that the simulator knows: `resources`, then `where`, `project`, `order by`
/// and `limit`, in any order.
struct GraphQuery: Sendable {
    /// What a resource must be to pass.
    struct Condition: Sendable {
        /// In lower case; one of ``GraphRow/columns``.
        let column: String
        let relation: Relation
        let values: Set<String>
    }

    enum Relation: Sendable {
        case isOneOf(ignoringCase: Bool)
        case isNoneOf(ignoringCase: Bool)
        case contains
        case lacks
    }

    var conditions: [Condition] = []
    /// Name in the answer and column; `nil` = all columns.
    var projection: [(name: String, column: String)]?
    var order: [(column: String, isDescending: Bool)] = []
    var limit: Int?

    /// Reads the text of a query.
    /// - Throws: Azure's 400 with the details of its parser.
    init(_ text: String) throws(AzureError) {
        var parser = GraphParser(text)
        try parser.expect("resources")
        while try parser.next("|") { try read(&parser) }
        try parser.expectEnd()
    }

    private mutating func read(_ parser: inout GraphParser) throws(AzureError) {
        let place = parser
        switch try parser.word("an operator").lowercased() {
        case "where":
            repeat { conditions.append(try parser.condition()) } while try parser.next("and")
        case "project":
            var columns: [(name: String, column: String)] = []
            repeat {
                let name = try parser.word("a column")
                if try parser.next("=") {
                    columns.append((name, try parser.column()))
                } else {
                    columns.append((name, try parser.column(name)))
                }
            } while try parser.next(",")
            projection = columns
        case "order", "sort":
            try parser.expect("by")
            order = []
            repeat {
                let column = try parser.column()
                // Kusto's default is the last first.
                let isAscending = try parser.next("asc")
                if !isAscending { _ = try parser.next("desc") }
                order.append((column, !isAscending))
            } while try parser.next(",")
        case "limit", "take": limit = min(limit ?? .max, try parser.number())
        default: throw place.failure("an operator that the simulator knows (where, project, order by, limit)")
        }
    }

    /// Whether `row` passes all conditions.
    func accepts(_ row: GraphRow) -> Bool {
        conditions.allSatisfy { condition in
            let value = row.text(condition.column)
            switch condition.relation {
            case .isOneOf(let ignoringCase):
                return condition.values.contains(ignoringCase ? value.lowercased() : value)
            case .isNoneOf(let ignoringCase):
                return !condition.values.contains(ignoringCase ? value.lowercased() : value)
            case .contains: return condition.values.contains { value.lowercased().contains($0) }
            case .lacks: return !condition.values.contains { value.lowercased().contains($0) }
            }
        }
    }

    /// `rows` as the query orders them; without an order, as they are.
    func sorted(_ rows: [GraphRow]) -> [GraphRow] {
        guard !order.isEmpty else { return rows }
        return rows.sorted { left, right in
            for (column, isDescending) in order {
                let (first, second) = (left.text(column), right.text(column))
                if first != second { return isDescending ? first > second : first < second }
            }
            return false
        }
    }
}
