import HTTPServer

/// `/simulator/faults`: the fault script of a running simulator.
///
/// `GET` lists it, `POST ?answer=…` switches a fault on (see ``Fault/init(text:)``), `DELETE ?name=…` switches one off, and
/// without a name all of them.
enum FaultsRoute {
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let state = exchange.azure.state
        switch exchange.request.method {
        case "GET": break
        case "POST":
            do throws(FaultTextError) {
                let fault = try Fault(exchange.parameters, defaultName: exchange.request.query)
                state.withLock { $0.faults.add(fault, at: exchange.now) }
            } catch {
                throw .manager(400, "BadRequest", error.description)
            }
        case "DELETE":
            let name = exchange.parameters["name"]
            state.withLock { $0.faults.remove(named: name) }
        default:
            throw .manager(
                405, "MethodNotAllowed", "The method \(exchange.request.method) is not supported here.",
                headers: [("Allow", "GET, POST, DELETE")])
        }
        return list(state.withLock { $0.faults.lines })
    }

    private static func list(_ lines: [FaultScript.Line]) -> ServedResponse {
        .json(
            JSONWriter.object { json in
                json.field("faults") { json in
                    json.array { json in
                        for line in lines {
                            json.object { json in
                                json.field("name", line.fault.name)
                                json.field("seen", Int64(line.seen))
                                json.field("hits", Int64(line.hits))
                            }
                        }
                    }
                }
            })
    }
}
