import HTTPServer
import MetricModel

/// Azure behind its front door: from a request to its answer, without a network.
final class SimulatedAzure: Sendable {
    let options: SimulatorOptions
    let clock: any AgentClock
    let truth: EstateTruth

    /// What changes from call to call.
    struct State: Sendable {
        var calls: UInt64 = 0
        var counts: [String: Int] = [:]
        var journal: Ring<JournalEntry>
        var tokens: TokenStore
    }

    let state: Lock<State>

    /// An Azure that begins now, on `clock`.
    init(options: SimulatorOptions, clock: any AgentClock) {
        self.options = options
        self.clock = clock
        truth = EstateTruth(options, start: options.start ?? clock.systemNow)
        state = Lock(State(journal: Ring(capacity: options.journalCapacity), tokens: TokenStore(seed: options.seed)))
    }

    /// Answers `request` and enters it in the journal.
    func answer(_ request: ServedRequest) -> ServedResponse {
        let now = clock.systemNow
        let call = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        let (route, response) = routed(request, at: now)
        if route != "simulator" { record(request, route: route, status: response.status, at: now) }
        return finished(response, to: request, call: call, at: now)
    }

    private func routed(_ request: ServedRequest, at now: Timestamp) -> (route: String, response: ServedResponse) {
        let path = request.path.split(separator: "/").map { percentDecoded($0, plusIsSpace: false) }
        for route in Route.table {
            guard let captures = route.captures(of: path) else { continue }
            if let method = route.method, method != request.method {
                let error = AzureError.manager(
                    405, "MethodNotAllowed", "The method \(request.method) is not supported here.",
                    headers: [("Allow", method)])
                return (route.name, error.response)
            }
            do throws(AzureError) {
                return (
                    route.name,
                    try route.handler(Exchange(azure: self, request: request, captures: captures, now: now))
                )
            } catch {
                return (route.name, error.response)
            }
        }
        let error = AzureError.manager(
            404, "NotFound",
            "There is no operation at '\(request.path)'. The simulator may not have this part of Azure.")
        return ("none", error.response)
    }

    private func record(_ request: ServedRequest, route: String, status: Int, at now: Timestamp) {
        let entry = JournalEntry(
            time: now, route: route, method: request.method, path: request.path, query: request.query, status: status,
            headers: request.headers.filter { $0.name.lowercased() != "authorization" })
        state.withLock { state in
            state.counts[route, default: 0] += 1
            state.journal.append(entry)
        }
    }

    /// Adds what every answer has.
    private func finished(
        _ response: ServedResponse, to request: ServedRequest, call: UInt64, at now: Timestamp
    ) -> ServedResponse {
        var response = response.compressed(for: request)
        let id = guid(StableHash.of(seed: options.seed, "request", String(call)))
        response.headers += [
            ("Date", httpDate(now)), ("x-ms-request-id", id), ("x-ms-correlation-request-id", id),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"), ("Cache-Control", "no-cache"),
        ]
        if request.path.lowercased().hasPrefix("/subscriptions/") {
            // The size of the current read bucket. It never runs dry here: refusing is a later row of the checklist.
            let left = 249 - call % 200
            response.headers += [
                ("x-ms-ratelimit-remaining-subscription-reads", String(left)),
                ("x-ms-ratelimit-remaining-subscription-global-reads", String(3500 + left)),
            ]
        }
        return response
    }
}
