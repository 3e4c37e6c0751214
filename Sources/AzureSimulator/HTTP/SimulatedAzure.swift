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
        var faults: FaultScript
        var definitionReads: DefinitionReads
    }

    let state: Lock<State>

    /// An Azure that begins now, on `clock`.
    init(options: SimulatorOptions, clock: any AgentClock) {
        self.options = options
        self.clock = clock
        truth = EstateTruth(options, start: options.start ?? clock.systemNow)
        state = Lock(
            State(
                journal: Ring(capacity: options.journalCapacity), tokens: TokenStore(seed: options.seed),
                faults: FaultScript(options.faults), definitionReads: DefinitionReads(limit: options.definitionReads)))
    }

    /// Answers `request` and enters it in the journal.
    func answer(_ request: ServedRequest) -> ServedResponse {
        let now = clock.systemNow
        let call = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        let address = Address(request)
        let (route, captures) = Self.route(of: address)
        let name = route?.name ?? "none"
        let fault = name == "simulator" ? nil : state.withLock { $0.faults.fault(for: Fault.Call(route: name)) }
        let exchange = Exchange(azure: self, request: request, address: address, captures: captures, now: now)
        let response = answer(exchange, route: route, fault: fault)
        if name != "simulator" {
            let entry = JournalEntry(
                request, route: name, site: address.site, status: response.status, fault: fault?.name, time: now)
            state.withLock { state in
                state.counts[name, default: 0] += 1
                state.journal.append(entry)
            }
        }
        return finished(response, to: exchange, call: call)
    }

    /// The operation that `address` is, and what its pattern leaves open.
    private static func route(of address: Address) -> (Route?, captures: [String]) {
        for route in Route.table where address.site.serves(route.service) {
            if let captures = route.captures(of: address.path) { return (route, captures) }
        }
        return (nil, [])
    }

    private func answer(_ exchange: Exchange, route: Route?, fault: Fault?) -> ServedResponse {
        switch fault?.effect {
        case .refusal(let status, let retryAfter):
            return Refusals.response(
                status: status, retryAfter: retryAfter, from: route?.service, at: exchange.now, seed: options.seed)
        case .delay(let delay):
            var response = answer(exchange, route: route)
            response.delay = delay
            return response
        case .expiredTokens:
            state.withLock { $0.tokens.expireAll(at: exchange.now) }
            return answer(exchange, route: route)
        case nil: return answer(exchange, route: route)
        }
    }

    private func answer(_ exchange: Exchange, route: Route?) -> ServedResponse {
        let request = exchange.request
        guard let route else {
            return AzureError.manager(
                404, "NotFound",
                "There is no operation at '\(request.path)'. The simulator may not have this part of Azure."
            ).response
        }
        if let method = route.method, method != request.method {
            return AzureError.manager(
                405, "MethodNotAllowed", "The method \(request.method) is not supported here.",
                headers: [("Allow", method)]
            ).response
        }
        do throws(AzureError) {
            return try route.handler(exchange)
        } catch {
            return error.response
        }
    }

    /// Adds what every answer has.
    private func finished(_ response: ServedResponse, to exchange: Exchange, call: UInt64) -> ServedResponse {
        var response = response.compressed(for: exchange.request)
        let id = guid(StableHash.of(seed: options.seed, "request", String(call)))
        response.headers += [
            ("Date", httpDate(exchange.now)), ("x-ms-request-id", id), ("x-ms-correlation-request-id", id),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"), ("Cache-Control", "no-cache"),
        ]
        if exchange.address.path.first?.lowercased() == "subscriptions" {
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
