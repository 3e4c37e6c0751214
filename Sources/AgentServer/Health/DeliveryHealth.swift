import MetricModel

/// Does the collector take what is read?
enum DeliveryHealth {
    static let name = "last delivered batch"

    static func entry(of snapshot: HealthSnapshot) -> HealthEntry {
        let (delivery, now) = (snapshot.delivery, snapshot.now)
        var entry = judge(delivery, now: now, hasRead: snapshot.schedules.contains { $0.hasFlowed })
        entry.facts = [("collector", .text(delivery.collector)), ("waitingPoints", .number(delivery.waitingPoints))]
        if let last = delivery.lastAccepted {
            entry.facts.append(("delivered", .text(last.time.description)))
            entry.facts.append(("points", .number(delivery.lastAcceptedPoints)))
        }
        if let lost = delivery.lost { entry.facts.append(("lostPoints", .number(lost.points))) }
        return entry
    }

    private static func judge(_ delivery: DeliveryActivity, now: Duration, hasRead: Bool) -> HealthEntry {
        let stalled = delivery.waitingSince.map { now - $0 } ?? .zero
        if delivery.takesNothing {
            return HealthEntry(
                name, .unhealthy,
                "\(delivery.collector) took the last batch but none of its points: \(lossReason(delivery))",
                remedy: "see the collector's log for why it rejects them")
        }
        if delivery.waitingSince != nil, delivery.lastAccepted == nil || stalled > HealthRules.patience {
            let status: HealthStatus = stalled > HealthRules.outage ? .unhealthy : .degraded
            return HealthEntry(name, status, stall(delivery, stalled, now: now), remedy: stallRemedy)
        }
        guard let last = delivery.lastAccepted else { return nothingYet(delivery, hasRead: hasRead) }
        if let lost = delivery.lost, now - lost.at.monotonic <= HealthRules.outage {
            return HealthEntry(
                name, .degraded,
                "\(delivery.collector) refused points \(words(now - lost.at.monotonic)) ago, which are lost; "
                    + "\(lost.points) since the start: \(lossReason(delivery))",
                remedy: "see the collector's log for why it refuses them")
        }
        let waiting =
            delivery.waitingPoints > 0 ? ", \(delivery.waitingPoints) more are on their way" : ", nothing waits"
        return HealthEntry(
            name, .healthy,
            "\(delivery.collector) took \(delivery.lastAcceptedPoints) points \(words(now - last.monotonic)) ago\(waiting)"
        )
    }

    /// Nothing is wrong, but nobody knows yet whether the collector takes data.
    private static func nothingYet(_ delivery: DeliveryActivity, hasRead: Bool) -> HealthEntry {
        hasRead
            ? HealthEntry(
                name, .degraded, "Azure was read but had no values yet, so nothing was sent to \(delivery.collector)",
                remedy: "wait for values; if there should be some, check the names of the metrics and their dimensions")
            : HealthEntry(
                name, .degraded, "nothing was read yet, so nothing was sent to \(delivery.collector)",
                remedy: "see `\(CycleHealth.name)`")
    }

    private static func stall(_ delivery: DeliveryActivity, _ stalled: Duration, now: Duration) -> String {
        let reason = delivery.trouble.map { ": \(shortened($0))" } ?? ""
        let taken =
            if let last = delivery.lastAccepted {
                "has taken nothing for \(words(stalled)), the last batch \(words(now - last.monotonic)) ago"
            } else { "has taken nothing since the start, \(words(stalled)) after the first batch" }
        return "\(delivery.collector) \(taken); \(delivery.waitingPoints) points wait, none is lost\(reason)"
    }

    private static let stallRemedy =
        "check that the collector runs, collectorUri and headers in runtime.yaml, and the network between them"

    private static func lossReason(_ delivery: DeliveryActivity) -> String {
        delivery.lost.map { shortened($0.reason) } ?? "it does not say why"
    }
}
