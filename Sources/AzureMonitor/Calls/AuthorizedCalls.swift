import HTTPTransport
import MetricModel

/// Questions that go out with a token of one audience.
struct AuthorizedCalls: Sendable {
    let audience: String
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

    /// Gets a token if there is none. A failure is kept by the cache and reported with the first question.
    func warmUp() async { _ = try? await tokens.token(for: audience) }

    /// The answer with status 200 to a GET of `url`.
    ///
    /// A token that is refused is replaced once, and the question asked once more.
    func get(_ url: String, about resource: ResourceID) async throws(AzureError) -> Exchange.Reply {
        _ = try await tokens.token(for: audience)
        // A token past half its life is renewed beside this call, which goes out with the old one.
        async let renewal: Void = tokens.renewIfDue(for: audience)
        let result = await replied(url, about: resource)
        await renewal
        return try result.get()
    }

    private func replied(_ url: String, about resource: ResourceID) async -> Result<Exchange.Reply, AzureError> {
        do throws(AzureError) {
            return .success(try await authorizedReply(url, about: resource))
        } catch {
            return .failure(error)
        }
    }

    private func authorizedReply(_ url: String, about resource: ResourceID) async throws(AzureError) -> Exchange.Reply {
        let sent = Lock<AccessToken?>(nil)
        func ask() async throws(AzureError) -> Exchange.Reply {
            try await exchange.send(about: resource) { () async throws(AzureError) in
                let token = try await tokens.token(for: audience)
                sent.withLock { $0 = token }
                return HTTPRequest(.get, url, headers: [("Authorization", token.authorization)], limits: limits)
            }
        }
        var reply = try await ask()
        if reply.response.status == 401, !reply.response.isPage, let refused = sent.withLock({ $0 }),
            try await tokens.replacement(for: refused, audience: audience) != nil
        {
            reply = try await ask()
        }
        guard reply.response.status == 200 else { throw AzureError(refusal: reply, about: resource) }
        return reply
    }
}
