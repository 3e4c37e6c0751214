import HTTPServer

/// What is answered to which request. Paths ignore case and a slash at the end, as in Promitor.
struct Routes: Sendable {
    static let health = "/api/v1/health"

    let version: String
    let report: @Sendable () -> HealthReport

    func answer(to request: ServedRequest) -> ServedResponse {
        var answer = content(of: request)
        answer.headers += [("X-Version", version), ("Cache-Control", "no-store")]
        return answer
    }

    private func content(of request: ServedRequest) -> ServedResponse {
        var path = Substring(request.path.lowercased())
        if path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard path == Self.health else {
            return problem(404, "There is nothing here. The agent's health is at \(Self.health).")
        }
        guard request.method == "GET" else {
            return problem(405, "Only GET and HEAD are answered here.", headers: [("Allow", "GET, HEAD")])
        }
        guard let includesDependencies = Self.flag("includedependencies", in: request.query) else {
            return problem(400, "includeDependencies is either true or false.")
        }
        let report = includesDependencies ? report() : HealthReport(entries: [], totalDuration: .zero)
        guard prefersText(request) else { return .json(report.json, status: report.httpStatus, headers: Self.vary) }
        return text(report.httpStatus, report.text, headers: Self.vary)
    }

    private static let vary = [(name: "Vary", value: "Accept")]

    /// JSON unless it is plain text that is asked for.
    private func prefersText(_ request: ServedRequest) -> Bool {
        let accepted = request.headers.filter { $0.name.lowercased() == "accept" }.map { $0.value.lowercased() }
        let ranges = accepted.joined(separator: ",").split(separator: ",").map { range in
            String(range.prefix { $0 != ";" }.filter { $0 != " " })
        }
        return ranges.contains("text/plain") && !ranges.contains("application/json")
    }

    /// The value of the parameter, which is true when it is not given; `nil` when it is no boolean.
    private static func flag(_ name: String, in query: String) -> Bool? {
        let pairs = query.lowercased().split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        guard let pair = pairs.first(where: { $0.first.map(String.init) == name }) else { return true }
        return pair.count == 2 ? Bool(String(pair[1])) : nil
    }

    private func problem(_ status: Int, _ message: String, headers: [(name: String, value: String)] = [])
        -> ServedResponse
    {
        text(status, message + "\n", headers: headers)
    }

    private func text(_ status: Int, _ text: String, headers: [(name: String, value: String)]) -> ServedResponse {
        ServedResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers, body: Array(text.utf8))
    }
}
