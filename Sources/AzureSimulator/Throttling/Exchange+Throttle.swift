import HTTPServer

extension Exchange {
    /// Counts the call with the reads of its subscription; `nil` = it is none: no valid token, or not by way of Azure
    /// Resource Manager.
    func countedRead() -> ReadThrottle.Allowance? {
        guard request.method == "GET", address.site.serves(.management),
            address.path.first?.lowercased() == "subscriptions",
            let lane = lane()
        else { return nil }
        return azure.state.withLock { $0.throttle.read(lane, at: now) }
    }

    /// The refusal of a call that is one too many.
    func throttled(route: Route?) -> ServedResponse? {
        if let allowance, allowance.wait > 0 {
            return AzureError.manager(
                429, "SubscriptionRequestsThrottled",
                "Number of 'read' requests for the subscription exceeded the limit. "
                    + "Please try again after '\(allowance.wait)' seconds.",
                headers: [("Retry-After", String(allowance.wait))]
            ).response
        }
        guard route?.service == .metrics, let lane = lane(),
            azure.state.withLock({ $0.throttle.refusesBatch(lane, at: now) })
        else { return nil }
        return Refusals.response(status: 529, retryAfter: nil, from: .metrics, at: now, seed: azure.options.seed)
    }

    /// Whose call it is, if its token is good.
    private func lane() -> ReadThrottle.Lane? {
        guard address.path.count > 1, let token = request.bearerToken,
            let grant = azure.state.withLock({ $0.tokens.grant(of: token) }), now < grant.expiry
        else { return nil }
        return ReadThrottle.Lane(
            principal: grant.principal, subscription: address.path[1].lowercased(), region: address.site.region)
    }
}

extension ReadThrottle.Allowance {
    /// As Azure Resource Manager tells it.
    var headers: [(name: String, value: String)] {
        [("x-ms-ratelimit-remaining-subscription-reads", String(left))]
            + (globalLeft.map { [("x-ms-ratelimit-remaining-subscription-global-reads", String($0))] } ?? [])
    }
}
