import HTTPServer

/// `GET /simulator/journal`: the calls that are remembered, oldest first, and how many there were in all: by operation,
/// by application, and on the bill. `?calls=0` leaves the calls themselves out.
enum JournalRoute {
    static func answer(_ exchange: Exchange) -> ServedResponse {
        let wantsCalls = exchange.parameters["calls"] != "0"
        let (entries, accounts) = exchange.azure.state.withLock { state in
            (wantsCalls ? state.journal.elements : [], state.accounts)
        }
        let body = JSONWriter.object { json in
            json.field("callCounts") { write(accounts.byRoute, &$0) }
            json.field("billedCalls") { write(accounts.billed, &$0) }
            json.field("callCountsByPrincipal") { json in
                json.object { json in
                    for (principal, counts) in accounts.byPrincipal.sorted(by: { $0.key < $1.key }) {
                        json.field(principal) { write(counts, &$0) }
                    }
                }
            }
            json.field("calls") { json in
                json.array { json in
                    for entry in entries { json.object { write(entry, &$0) } }
                }
            }
        }
        return .json(body)
    }

    private static func write(_ counts: [String: Int], _ json: inout JSONWriter) {
        json.object { json in
            for (route, count) in counts.sorted(by: { $0.key < $1.key }) { json.field(route, Int64(count)) }
        }
    }

    private static func write(_ entry: JournalEntry, _ json: inout JSONWriter) {
        json.field("time", entry.time.description)
        json.field("route", entry.route)
        json.field("method", entry.method)
        json.field("path", entry.path)
        json.field("query", entry.query)
        json.field("status", Int64(entry.status))
        if let region = entry.region { json.field("region", region) }
        if let fault = entry.fault { json.field("fault", fault) }
        if let batch = entry.batch {
            json.field("batch") { json in
                json.object { json in
                    if let count = batch.resourceCount { json.field("resourceCount", Int64(count)) }
                    json.field("metricNames", batch.metricNames)
                    if let start = batch.start { json.field("startTime", start) }
                    if let end = batch.end { json.field("endTime", end) }
                }
            }
        }
        if !entry.body.isEmpty { json.field("body", entry.body) }
        json.field("headers") { json in
            json.array { json in
                for header in entry.headers {
                    json.object { json in
                        json.field("name", header.name)
                        json.field("value", header.value)
                    }
                }
            }
        }
    }
}
