import MetricModel

/// Subscriptions where getBatch was refused although Azure Resource Manager may answer: it needs the role on the whole
/// subscription. It is tried again after 1, 5, then every 15 minutes.
struct BatchRights: Sendable {
    private struct Refusal {
        var count: Int
        var until: Duration
    }

    private var refusals: [String: Refusal] = [:]

    /// Whether the subscription may be asked through getBatch at `now` on the monotonic clock.
    func allows(_ subscriptionID: String, at now: Duration) -> Bool {
        refusals.isEmpty || (refusals[subscriptionID].map { $0.until <= now } ?? true)
    }

    mutating func refused(_ subscriptionID: String, at now: Duration) {
        // Calls that were under way when the first was refused say nothing new.
        guard allows(subscriptionID, at: now) else { return }
        let count = (refusals[subscriptionID]?.count ?? 0) + 1
        let minutes = count == 1 ? 1 : count == 2 ? 5 : 15
        refusals[subscriptionID] = Refusal(count: count, until: now + .seconds(60 * minutes))
    }

    mutating func answered(_ subscriptionID: String) { refusals[subscriptionID] = nil }
}
