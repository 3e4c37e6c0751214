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
        var accounts = CallAccounts()
        var journal: Ring<JournalEntry>
        var tokens: TokenStore
        var faults: FaultScript
        var definitionReads: DefinitionReads
        var throttle: ReadThrottle
        var lives: ResourceLives
        /// What goes wrong in calls about many resources, and how many of them there were.
        var batchFaults: [BatchFault] = []
        var batchCalls: UInt64 = 0
        var graphQuota: GraphQuota
        /// Resources whose id has this in it are not found any more, as after a role is lost; empty = all are.
        var graphHidden = ""
    }

    let state: Lock<State>

    /// An Azure that begins now, on `clock`.
    init(options: SimulatorOptions, clock: any AgentClock) {
        self.options = options
        self.clock = clock
        let now = clock.systemNow
        truth = EstateTruth(options, start: options.start ?? now)
        state = Lock(
            State(
                journal: Ring(capacity: options.journalCapacity), tokens: TokenStore(seed: options.seed),
                faults: FaultScript(options.faults, at: now),
                definitionReads: DefinitionReads(limit: options.definitionReads),
                throttle: ReadThrottle(options.readLimits),
                lives: ResourceLives(options.lives, at: now),
                batchFaults: options.batchFaults,
                graphQuota: GraphQuota(limit: options.graphQueries)))
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
        let fault = name == "simulator" ? nil : hit(by: request, address, route: name, now: now)
        var exchange = Exchange(azure: self, request: request, address: address, captures: captures, now: now)
        exchange.allowance = exchange.countedRead()
        let response = answer(exchange, route: route, fault: fault)
        if name != "simulator" {
            let entry = JournalEntry(
                request, route: name, site: address.site, status: response.status, fault: fault?.name, time: now)
            state.withLock { state in
                let principal = request.bearerToken.flatMap { state.tokens.grant(of: $0)?.principal }
                state.accounts.enter(route: name, principal: principal, status: response.status)
                state.journal.append(entry)
            }
        }
        return finished(response, to: exchange, call: call)
    }

    /// The fault that hits `request`, which counts with every fault that is about it.
    private func hit(by request: ServedRequest, _ address: Address, route: String, now: Timestamp) -> Fault? {
        let call = Fault.Call(route: route, address: address, request: request, now: now)
        return state.withLock { $0.faults.fault(for: call) }
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
        case .htmlPage: return .htmlPage
        case .emptyBody: return .emptyBody
        case .cutJSON: return answer(exchange, route: route).cutInHalf
        case .hugeBody(let bytes): return answer(exchange, route: route).behindBlanks(bytes)
        case nil: return answer(exchange, route: route)
        }
    }

    private func answer(_ exchange: Exchange, route: Route?) -> ServedResponse {
        let request = exchange.request
        if let refused = exchange.throttled(route: route) { return refused }
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
        response.headers += exchange.allowance?.headers ?? []
        return response
    }
}
