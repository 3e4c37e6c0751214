import HTTPServer

/// `/simulator/batch`: what goes wrong in calls about many resources, while the simulator runs.
///
/// `GET` lists it, `POST ?resource=…&answer=…` adds to it (see ``BatchFault/init(text:)``), `DELETE` ends all of it.
enum BatchFaultsRoute {
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let state = exchange.azure.state
        switch exchange.request.method {
        case "GET": break
        case "POST":
            do throws(FaultTextError) {
                let fault = try BatchFault(exchange.parameters)
                state.withLock { $0.batchFaults.append(fault) }
            } catch {
                throw .manager(400, "BadRequest", error.description)
            }
        case "DELETE": state.withLock { $0.batchFaults = [] }
        default:
            throw .manager(
                405, "MethodNotAllowed", "The method \(exchange.request.method) is not supported here.",
                headers: [("Allow", "GET, POST, DELETE")])
        }
        return list(state.withLock { $0.batchFaults })
    }

    private static func list(_ faults: [BatchFault]) -> ServedResponse {
        .json(
            JSONWriter.object { json in
                json.field("faults") { json in
                    json.array { json in
                        for fault in faults {
                            json.object { json in
                                json.field("resource", fault.resource)
                                if let metric = fault.metric { json.field("metric", metric) }
                                json.field("answer", fault.effect.rawValue)
                            }
                        }
                    }
                }
            })
    }
}
