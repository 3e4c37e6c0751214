import MetricModel

/// The throttle of metric definitions: so many reads in five minutes for a subscription, whoever reads.
///
/// It is older than Azure Resource Manager's token buckets and goes by windows: the first read opens one, and once it is
/// used up everything is refused until it ends.
struct DefinitionReads: Sendable {
    static let window = Duration.seconds(300)

    private let limit: Int
    /// By the subscription in lower case.
    private var windows: [String: (end: Timestamp, reads: Int)] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts a read at `now`.
    /// - Throws: 429 with the time until the window ends.
    mutating func read(subscription: String, at now: Timestamp) throws(AzureError) {
        let key = subscription.lowercased()
        var current = windows[key] ?? (now + Self.window, 0)
        if current.end <= now { current = (now + Self.window, 0) }
        guard current.reads < limit else { throw refusal(until: current.end, at: now) }
        current.reads += 1
        windows[key] = current
    }

    private func refusal(until end: Timestamp, at now: Timestamp) -> AzureError {
        let (seconds, fraction) = (end - now).components
        let wait = seconds + (fraction > 0 ? 1 : 0)
        return .manager(
            429, "ResourceRequestsThrottled",
            "Number of requests for action 'microsoft.insights/metricDefinitions/read' exceeded the limit of "
                + "'\(limit)' for time interval '00:05:00'. Please try again after '\(wait)' seconds.",
            headers: [("Retry-After", String(wait))])
    }
}
