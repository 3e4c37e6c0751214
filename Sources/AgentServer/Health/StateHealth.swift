import MetricModel

/// Is what was sent remembered?
enum StateHealth {
    static let name = "state"

    static func entry(of snapshot: HealthSnapshot) -> HealthEntry {
        let state = snapshot.state
        guard let trouble = state.trouble else {
            return HealthEntry(
                name, .healthy,
                state.isKept ? "what was sent is on the disk" : "what was sent is remembered until the agent ends")
        }
        var entry = HealthEntry(name, .degraded, shortened(trouble.reason), remedy: trouble.remedy)
        if let since = trouble.since { entry.facts.append(("since", .text(since.description))) }
        return entry
    }
}
