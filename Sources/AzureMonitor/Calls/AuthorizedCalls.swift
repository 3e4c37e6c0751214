import HTTPTransport
import MetricModel

/// Questions that go out with a token of their audience.
struct AuthorizedCalls: Sendable {
    let environment: AzureEnvironment
    let tokens: TokenCache
    var exchange: Exchange
    /// Of one try.
    var limits = HTTPLimits()

    /// The same questions, asked with this patience; `nil` = the same.
    func with(_ patience: Patience?) -> AuthorizedCalls {
        guard let patience else { return self }
        var calls = self
        calls.exchange.retry = patience.retry
        calls.limits.total = patience.tryTime
        return calls
    }

    /// Gets a token if there is none.
    func warmUp() async throws(AzureError) { _ = try await tokens.token(for: environment.audience) }

    /// The answer with status 200 to `call`.
    ///
    /// A token that is refused is replaced once, and the question asked once more.
    func ask(_ call: AzureCall) async throws(AzureError) -> Exchange.Reply {
        let audience = environment.audience(of: call.api)
        _ = try await tokens.token(for: audience)
        // A token past half its life is renewed beside this call, which goes out with the old one.
        async let renewal: Void = tokens.renewIfDue(for: audience)
        let result = await replied(call, audience: audience)
        await renewal
        return try result.get()
    }

    private func replied(_ call: AzureCall, audience: String) async -> Result<Exchange.Reply, AzureError> {
        do throws(AzureError) {
            return .success(try await authorizedReply(call, audience: audience))
        } catch {
            return .failure(error)
        }
    }

    private func authorizedReply(_ call: AzureCall, audience: String) async throws(AzureError) -> Exchange.Reply {
        let sent = Lock<AccessToken?>(nil)
        func ask() async throws(AzureError) -> Exchange.Reply {
            try await exchange.send(call.lane, about: call.resource) { () async throws(AzureError) in
                let token = try await tokens.token(for: audience)
                sent.withLock { $0 = token }
                return call.request(token: token, limits: limits)
            }
        }
        var reply = try await ask()
        if reply.response.status == 401, !reply.response.isPage, let refused = sent.withLock({ $0 }),
            try await tokens.replacement(for: refused, audience: audience) != nil
        {
            reply = try await ask()
        }
        guard reply.response.status == 200 else { throw AzureError(refusal: reply, about: call.resource) }
        return reply
    }
}
