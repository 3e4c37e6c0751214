import HTTPServer

/// `GET /simulator/journal`: the calls that are remembered, oldest first, and how many there were in all.
enum JournalRoute {
    static func answer(_ exchange: Exchange) -> ServedResponse {
        let (entries, counts) = exchange.azure.state.withLock { ($0.journal.elements, $0.counts) }
        let body = JSONWriter.object { json in
            json.field("callCounts") { json in
                json.object { json in
                    for (route, count) in counts.sorted(by: { $0.key < $1.key }) { json.field(route, Int64(count)) }
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

    private static func write(_ entry: JournalEntry, _ json: inout JSONWriter) {
        json.field("time", entry.time.description)
        json.field("route", entry.route)
        json.field("method", entry.method)
        json.field("path", entry.path)
        json.field("query", entry.query)
        json.field("status", Int64(entry.status))
        if let region = entry.region { json.field("region", region) }
        if let fault = entry.fault { json.field("fault", fault) }
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
