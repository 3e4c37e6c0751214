import HTTPServer

/// `POST /simulator/graph?hide=TEXT`: from now on Azure Resource Graph does not find resources whose id has the text in it, in
/// any case, as after a role is lost: fewer rows, no error. Without a text it finds all of them again.
enum GraphControlRoute {
    static func answer(_ exchange: Exchange) -> ServedResponse {
        let text = (exchange.parameters["hide"] ?? "").lowercased()
        exchange.azure.state.withLock { $0.graphHidden = text }
        return .json(JSONWriter.object { $0.field("hidden", text) })
    }
}
