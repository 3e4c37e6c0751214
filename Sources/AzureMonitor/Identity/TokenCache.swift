import HTTPTransport
import MetricModel

/// The tokens of one identity, one per audience, each asked for once however many need it.
///
/// A token is renewed at half its life beside a request that goes out with the old one, which stays in use until it
/// really ends. What Microsoft Entra refused is not asked again for a while; until then everybody gets that refusal.
public actor TokenCache {
    /// How long failed attempts to renew a token that is still good are apart.
    static let renewalSpacing = Duration.seconds(30)
    /// How long an identical request is not repeated after Entra has refused it.
    static let refusalHold = Duration.seconds(60)
    /// The same after a failure that may pass, when the server names no time.
    static let failureHold = Duration.seconds(5)
    /// How long renewals are apart that were forced by a 401 on a token that had not ended.
    static let forcedSpacing = Duration.seconds(60)

    private struct Entry {
        var token: AccessToken?
        var isBeingFetched = false
        let waiting = WaitList()
        var failure: (error: AzureError, until: Duration)?
        var nextRenewal: Duration?
        var nextForcedRenewal: Duration?
    }

    private let endpoint: EntraTokenEndpoint
    private let renewalEndpoint: EntraTokenEndpoint
    private let clock: any AgentClock
    private var entries: [String: Entry] = [:]

    /// The tokens of `credential` from the authority of `environment`.
    /// - Parameters:
    ///   - lanes: Of this identity; by default its own, which nobody sees.
    ///   - random: In 0 ..< 1, for the waits between tries.
    public init(
        credential: any AzureCredential, environment: AzureEnvironment, client: any HTTPClient,
        clock: any AgentClock, azureTime: AzureTime, lanes: QuotaLanes? = nil, retry: RetryPolicy = RetryPolicy(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let lanes = lanes ?? QuotaLanes(clock: clock, random: random)
        func endpoint(_ retry: RetryPolicy) -> EntraTokenEndpoint {
            EntraTokenEndpoint(
                credential: credential, environment: environment,
                exchange: Exchange(
                    client: client, clock: clock, azureTime: azureTime, lanes: lanes, retry: retry, random: random))
        }
        self.endpoint = endpoint(retry)
        // While a good token is there, one try is enough: the next comes half a minute later.
        var once = retry
        once.maximumAttempts = 1
        renewalEndpoint = endpoint(once)
        self.clock = clock
    }

    /// Why the last attempt to get a token for `audience` failed; `nil` when it did not.
    public func lastFailure(for audience: String) -> AzureError? { entries[audience]?.failure?.error }

    /// How many wait for a token for `audience` that somebody else asks for.
    func waitingCount(for audience: String) -> Int { entries[audience]?.waiting.count ?? 0 }

    /// A token that has not ended, asked for if need be.
    func token(for audience: String) async throws(AzureError) -> AccessToken {
        while true {
            let now = clock.monotonicNow
            let entry = entries[audience, default: Entry()]
            if let token = entry.token, now < token.expiresAt { return token }
            if let failure = entry.failure, now < failure.until { throw failure.error }
            if entry.isBeingFetched {
                try await wait(for: audience)
            } else {
                return try await fetch(for: audience, from: endpoint)
            }
        }
    }

    /// Renews the token of `audience` if half its life is over and nobody else is about it. A failure is kept for
    /// ``lastFailure(for:)``; the old token stays.
    func renewIfDue(for audience: String) async {
        let now = clock.monotonicNow
        guard let entry = entries[audience], let token = entry.token, !entry.isBeingFetched, token.renewAt <= now,
            (entry.nextRenewal ?? now) <= now
        else { return }
        _ = try? await fetch(for: audience, from: renewalEndpoint)
    }

    /// Another token than `refused`, which a server did not accept although it has not ended.
    /// - Returns: `nil` when there was a new one a short while ago: a further one would not be accepted either.
    func replacement(for refused: AccessToken, audience: String) async throws(AzureError) -> AccessToken? {
        while true {
            let now = clock.monotonicNow
            let entry = entries[audience, default: Entry()]
            if let token = entry.token, token != refused { return token }
            if entry.isBeingFetched {
                try await wait(for: audience)
                continue
            }
            if let next = entry.nextForcedRenewal, now < next { return nil }
            entries[audience, default: Entry()].nextForcedRenewal = now + Self.forcedSpacing
            return try await fetch(for: audience, from: renewalEndpoint)
        }
    }

    private func wait(for audience: String) async throws(AzureError) {
        await entries[audience]?.waiting.wait()
        if Task.isCancelled { throw .cancelled(host: endpoint.host, resource: nil) }
    }

    private func fetch(for audience: String, from endpoint: EntraTokenEndpoint) async throws(AzureError) -> AccessToken
    {
        entries[audience, default: Entry()].isBeingFetched = true
        defer {
            entries[audience]?.isBeingFetched = false
            entries[audience]?.waiting.resumeAll()
        }
        do throws(AzureError) {
            let token = try await endpoint.token(for: audience)
            entries[audience]?.token = token
            entries[audience]?.failure = nil
            entries[audience]?.nextRenewal = nil
            return token
        } catch {
            // Who is cancelled says nothing about the endpoint: the next one in line asks.
            if error.code != .cancelled { remember(error, for: audience) }
            throw error
        }
    }

    private func remember(_ error: AzureError, for audience: String) {
        let now = clock.monotonicNow
        let hold = error.retryAfter ?? (error.isRetryable ? Self.failureHold : Self.refusalHold)
        entries[audience]?.failure = (error, now + hold)
        entries[audience]?.nextRenewal = now + max(hold, Self.renewalSpacing)
    }
}
