import MetricModel

/// Has every schedule read Azure when it was due?
enum CycleHealth {
    static let name = "last completed cycle"

    static func entry(of snapshot: HealthSnapshot) -> HealthEntry {
        let judged = snapshot.schedules.map { judge($0, now: snapshot.now) }
        // The worst speaks; of equals the first.
        guard let worst = judged.max(by: { $0.status < $1.status }).map(\.status),
            let index = judged.firstIndex(where: { $0.status == worst })
        else {
            return HealthEntry(
                name, .degraded, "no metric is declared, so nothing is read", remedy: "declare metrics and start again")
        }
        var entry = judged[index]
        let fine = judged.count { $0.status == .healthy }
        if judged.count > 1 { entry.description += "; \(fine) of \(judged.count) schedules are healthy" }
        entry.facts.append(("schedules", .number(judged.count)))
        entry.facts.append(("healthySchedules", .number(fine)))
        return entry
    }

    private static func judge(_ schedule: ScheduleActivity, now: Duration) -> HealthEntry {
        let isOverdue = now - schedule.owedSince > HealthRules.patience
        let isUnderWay = schedule.isUnderWay(at: now)
        let status: HealthStatus
        if schedule.hasFlowed, !isOverdue || isUnderWay {
            status = .healthy
        } else {
            let isStarved = now - schedule.starvedSince > HealthRules.outage
            status = isStarved && !isUnderWay ? .unhealthy : .degraded
        }
        var entry = HealthEntry(
            name, status, description(of: schedule, now: now),
            remedy: status == .healthy ? nil : remedy(for: schedule, now: now))
        entry.facts = [
            ("schedule", .text(schedule.schedule)), ("metricResources", .number(schedule.pairCount)),
            ("failing", .number(schedule.failingCount)),
        ]
        if let last = schedule.lastCompleted { entry.facts.append(("completed", .text(last.time.description))) }
        return entry
    }

    private static func description(of schedule: ScheduleActivity, now: Duration) -> String {
        let subject = "schedule \(schedule.schedule)"
        let answering = schedule.isUnderWay(at: now) ? ", and Azure answers" : ""
        guard let last = schedule.lastCompleted else {
            return
                "\(subject): the first cycle began \(words(now - schedule.owedSince)) ago and is not over\(answering)"
        }
        let age = words(now - last.monotonic)
        if schedule.isMissed(at: now) {
            return "\(subject): completed \(age) ago, and the one due since \(words(now - schedule.owedSince)) is not "
                + "over\(answering)"
        }
        if schedule.isHeldBack {
            return "\(subject): ended \(age) ago without asking for everything: the queue for the collector is full"
        }
        let read = schedule.pairCount - schedule.failingCount
        let counts = "\(subject): completed \(age) ago, \(read) of \(schedule.pairCount) metric-resources read"
        guard schedule.failingCount > 0, let reason = schedule.reason else { return counts }
        return "\(counts): \(shortened(reason))"
    }

    private static func remedy(for schedule: ScheduleActivity, now: Duration) -> String {
        if schedule.lastCompleted == nil {
            return "wait for the first cycle; if it does not end, see the agent's log for what Azure says"
        }
        if schedule.isMissed(at: now) { return "see the agent's log; if it says nothing, restart the agent" }
        if schedule.isHeldBack { return "see `\(DeliveryHealth.name)`: what is not asked for stays in Azure meanwhile" }
        return
            "mend what the reason says, or take out what no longer exists; Azure keeps the values until they are read"
    }
}

extension ScheduleActivity {
    /// A cycle was due a while ago, and none has come to an end since.
    fileprivate func isMissed(at now: Duration) -> Bool {
        now - owedSince > HealthRules.patience && (lastCompleted.map { $0.monotonic < owedSince } ?? true)
    }

    /// The first cycle since one was due takes long, but Azure answers it: catching up, or a large estate.
    fileprivate func isUnderWay(at now: Duration) -> Bool {
        guard let lastAnswer, now - lastAnswer <= HealthRules.patience else { return false }
        guard let lastCompleted else { return true }
        return lastCompleted.monotonic < owedSince && lastAnswer > lastCompleted.monotonic
    }
}
