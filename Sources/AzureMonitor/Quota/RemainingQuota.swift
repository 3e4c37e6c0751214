import HTTPTransport
import MetricModel

/// What an answer says about the quota that it came out of.
struct RemainingQuota: Equatable, Sendable {
    /// Calls that are left; below zero is none.
    var calls: Int64?
    /// How long from now until there are more, where the answer says it.
    var resetsAfter: Duration?

    /// Each counts another quota that the same call uses: the least counts.
    private static let counters = [
        "x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-subscription-global-reads",
        "x-ms-ratelimit-remaining-tenant-reads", "x-ms-ratelimit-remaining-subscription-resource-requests",
        "x-ms-ratelimit-remaining-subscription-resource-entities-read",
        "x-ms-ratelimit-remaining-tenant-resource-requests",
        "x-ms-ratelimit-remaining-tenant-resource-entities-read", "x-ms-user-quota-remaining",
    ]

    /// What cannot be read was not said.
    init(_ headers: HTTPHeaders) {
        calls = Self.counters.compactMap { headers[$0].flatMap { Int64($0.trimmed) } }.min()
        resetsAfter = headers["x-ms-user-quota-resets-after"].flatMap(Self.time)
    }

    /// `hh:mm:ss`, up to an hour; a fraction is cut off.
    private static func time(_ text: String) -> Duration? {
        let whole = text.trimmed.prefix { $0 != "." }
        let parts = whole.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0) }
        guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else { return nil }
        return min(.seconds(Int64(hours) * 3600 + Int64(minutes) * 60 + Int64(seconds)), RetryAfter.longest)
    }
}
