import HTTPServer

/// `POST /simulator/throttle?reads=250&refill=25`: other limits from now on (see ``ReadLimits/init(text:)``); every bucket
/// is full again.
enum ThrottleRoute {
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        do throws(ReadLimitsTextError) {
            let limits = try ReadLimits(exchange.parameters)
            exchange.azure.state.withLock { $0.throttle = ReadThrottle(limits) }
        } catch {
            throw .manager(400, "BadRequest", error.description)
        }
        return .json(JSONWriter.object { $0.field("throttle", exchange.request.query) })
    }
}
