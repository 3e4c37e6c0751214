import HTTPServer
import MetricModel

/// `POST /providers/Microsoft.ResourceGraph/resources`: the table `resources`.
enum GraphRoute {
    private static let versions: Set<String> = ["2019-04-01", "2021-03-01", "2022-10-01", "2024-04-01"]

    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        try exchange.authorize()
        try exchange.checkVersion(versions)
        let principal = exchange.request.bearerToken ?? ""
        let left = exchange.azure.state.withLock { state in
            state.graphQuota.count(state.tokens.grant(of: principal)?.principal ?? "", at: exchange.now)
        }
        do throws(AzureError) {
            guard left.queries != nil else {
                throw .manager(
                    429, "RateLimiting", "Please provide below info when asking for support: rate limit exceeded.",
                    headers: [("Retry-After", String(left.seconds))])
            }
            let request = try GraphRequest(exchange.request)
            return .json(try answer(request, exchange), headers: left.headers)
        } catch {
            var error = error
            error.headers += left.headers
            throw error
        }
    }

    private static func answer(_ request: GraphRequest, _ exchange: Exchange) throws(AzureError) -> [UInt8] {
        let rows = try rows(request, exchange)
        let start = try request.offset()
        let page = rows.dropFirst(start).prefix(request.top)
        let columns = request.query.projection ?? GraphRow.columns.map { ($0, $0) }
        let rest = rows.count - start - page.count
        let canPage = columns.contains { $0.column == "id" }
        return JSONWriter.object { json in
            json.field("totalRecords", Int64(rows.count))
            json.field("count", Int64(page.count))
            json.field("data") { json in
                if request.isTable {
                    writeTable(page, columns, &json)
                } else {
                    json.array { json in for row in page { writeObject(row, columns, &json) } }
                }
            }
            json.field("facets", [String]())
            json.field("resultTruncated", rest > 0 && !canPage ? "true" : "false")
            if rest > 0, canPage { json.field("$skipToken", request.token(offset: start + page.count)) }
        }
    }

    /// All that the query finds, in its order.
    private static func rows(_ request: GraphRequest, _ exchange: Exchange) throws(AzureError) -> [GraphRow] {
        let azure = exchange.azure
        let hidden = azure.state.withLock { $0.graphHidden }
        var known: Set<String> = []
        var rows: [GraphRow] = []
        for entry in azure.entries(at: exchange.now) {
            let row = GraphRow(entry, tenantID: azure.options.tenantID)
            let subscription = row.text("subscriptionId").lowercased()
            known.insert(subscription)
            if request.subscriptions?.contains(subscription) ?? true, request.query.accepts(row),
                hidden.isEmpty || !entry.resource.id.lowercased().contains(hidden)
            {
                rows.append(row)
            }
        }
        if let asked = request.subscriptions, asked.isDisjoint(with: known) {
            throw .badGraphRequest(
                code: "NoValidSubscriptionsInQueryRequest",
                "There must be at least one subscription that is eligible to contain resources. Given: "
                    + "'\(asked.sorted().joined(separator: ","))'.")
        }
        return Array(request.query.sorted(rows).prefix(request.query.limit ?? .max))
    }

    private static func writeObject(
        _ row: GraphRow, _ columns: [(name: String, column: String)], _ json: inout JSONWriter
    ) {
        json.object { json in
            for (name, column) in columns { json.field(name) { row.write(column, to: &$0) } }
        }
    }

    private static func writeTable(
        _ rows: ArraySlice<GraphRow>, _ columns: [(name: String, column: String)], _ json: inout JSONWriter
    ) {
        json.object { json in
            json.field("columns") { json in
                json.array { json in
                    for (name, column) in columns {
                        json.object { json in
                            json.field("name", name)
                            json.field("type", GraphRow.type(of: column))
                        }
                    }
                }
            }
            json.field("rows") { json in
                json.array { json in
                    for row in rows {
                        json.array { json in for (_, column) in columns { row.write(column, to: &json) } }
                    }
                }
            }
        }
    }
}
