import HTTPServer

/// `/simulator/resources`: which resources exist, while it runs.
///
/// `POST ?resource=PART&appears=TIME&deleted=TIME` gives those whose id has this part a life (see ``ResourceLife``), `DELETE
/// ?resource=PART` an endless one, and without a part all of them. `GET` lists those whose life is not endless.
enum ResourcesRoute {
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let state = exchange.azure.state
        switch exchange.request.method {
        case "GET": break
        case "POST":
            do throws(FaultTextError) {
                let life = try ResourceLife(exchange.parameters)
                let part = life.resource.lowercased()
                guard exchange.azure.truth.entries.contains(where: { $0.resource.id.lowercased().contains(part) })
                else {
                    throw FaultTextError(description: "There is no resource with '\(life.resource)' in its id.")
                }
                state.withLock { $0.lives.set(life, at: exchange.now) }
            } catch {
                throw .manager(400, "BadRequest", error.description)
            }
        case "DELETE":
            let part = exchange.parameters["resource"]
            state.withLock { $0.lives.remove(part) }
        default:
            throw .manager(
                405, "MethodNotAllowed", "The method \(exchange.request.method) is not supported here.",
                headers: [("Allow", "GET, POST, DELETE")])
        }
        return list(state.withLock { $0.lives.lines }, exchange)
    }

    private static func list(_ lines: [(part: String, lifetime: Lifetime)], _ exchange: Exchange) -> ServedResponse {
        .json(
            JSONWriter.object { json in
                json.field("resources") { json in
                    json.array { json in
                        for (part, lifetime) in lines {
                            json.object { json in
                                json.field("resource", part)
                                if lifetime.from != Lifetime.always.from {
                                    json.field("appears", lifetime.from.description)
                                }
                                if lifetime.until != Lifetime.always.until {
                                    json.field("deleted", lifetime.until.description)
                                }
                                json.field("exists", lifetime.contains(exchange.now))
                            }
                        }
                    }
                }
            })
    }
}
