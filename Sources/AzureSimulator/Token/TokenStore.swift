import MetricModel

/// The tokens that were issued. They are opaque: only the store knows what one is good for.
struct TokenStore: Sendable {
    /// What a token is bound to.
    struct Grant: Sendable {
        let audience: String
        /// The application that asked for it.
        let principal: String
        var expiry: Timestamp
    }

    /// Tokens that are remembered; an older one becomes unknown.
    private static let capacity = 10_000

    private let seed: UInt64
    private var grants: [String: Grant] = [:]
    private var issued: [String] = []
    private var count: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed
    }

    /// A new token for `audience`, for the application `principal`.
    mutating func issue(audience: String, principal: String, lifetime: Duration, now: Timestamp) -> String {
        count += 1
        let bits = StableHash.of(seed: seed, "token", audience, String(count), String(now.nanosecondsSince1970))
        let token = "azsim." + [bits, spread(bits), spread(~bits)].map { hexadecimal($0, digits: 16) }.joined()
        if issued.count == Self.capacity { grants[issued.removeFirst()] = nil }
        issued.append(token)
        grants[token] = Grant(audience: audience, principal: principal, expiry: now + lifetime)
        return token
    }

    /// Ends every token that is still good.
    mutating func expireAll(at now: Timestamp) {
        grants = grants.mapValues { grant in
            var grant = grant
            grant.expiry = min(grant.expiry, now)
            return grant
        }
    }

    /// What `token` is bound to; `nil` = never issued.
    func grant(of token: String) -> Grant? { grants[token] }
}
