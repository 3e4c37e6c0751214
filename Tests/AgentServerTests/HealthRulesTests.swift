import AgentServer
import MetricModel
import Testing

/// Healthy only if data flowed: what the report says in the situations of an agent's life.
@Suite struct HealthRulesTests {
    /// A situation, what the entries of cycle and delivery say of it, and words that the first that is not healthy must hold.
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var cycle: HealthStatus
        var delivery: HealthStatus
        var words: [String] = []
        var snapshot: HealthSnapshot

        init(
            _ name: String, _ cycle: HealthStatus, _ delivery: HealthStatus, _ words: [String] = [],
            _ change: (inout HealthSnapshot) -> Void = { _ in }
        ) {
            testDescription = name
            (self.cycle, self.delivery, self.words) = (cycle, delivery, words)
            snapshot = Situation.flowing
            change(&snapshot)
        }
    }

    static let cycles = [
        Case("everything flows", .healthy, .healthy),
        Case("nothing is declared", .degraded, .healthy, ["no metric is declared"]) { $0.schedules = [] },
        Case("just started, the first cycle is not over", .degraded, .degraded, ["first cycle began 5 s ago"]) {
            $0 = Situation.started(secondsAgo: 5)
        },
        Case("the first cycle takes 20 minutes and Azure answers", .degraded, .degraded, ["20 min", "Azure answers"]) {
            $0 = Situation.started(secondsAgo: 1200)
            $0.schedules[0].lastAnswer = $0.now - .seconds(3)
        },
        Case("the first cycle takes 20 minutes and Azure does not answer", .unhealthy, .degraded, ["20 min"]) {
            $0 = Situation.started(secondsAgo: 1200)
        },
        Case("the first cycle read nothing", .degraded, .degraded, ["0 of 10", "host away"]) {
            $0 = Situation.started(secondsAgo: 30)
            $0.schedules[0].fail(10, completedSecondsAgo: 2, now: $0.now)
        },
        Case("Azure is away for one cycle", .healthy, .healthy) {
            $0.schedules[0].starve(since: 60, now: $0.now)
            $0.schedules[0].fail(10, completedSecondsAgo: 30, now: $0.now)
        },
        Case("Azure is away for three minutes", .degraded, .healthy, ["0 of 10", "host away"]) {
            $0.schedules[0].starve(since: 180, now: $0.now)
            $0.schedules[0].fail(10, completedSecondsAgo: 30, now: $0.now)
        },
        Case("Azure is away for eleven minutes", .unhealthy, .healthy, ["0 of 10", "host away"]) {
            $0.schedules[0].starve(since: 660, now: $0.now)
            $0.schedules[0].fail(10, completedSecondsAgo: 30, now: $0.now)
        },
        Case("one of ten resources is gone for good", .healthy, .healthy) {
            $0.schedules[0].fail(1, completedSecondsAgo: 30, now: $0.now)
        },
        Case("six of ten cannot be read for an hour", .degraded, .healthy, ["4 of 10"]) {
            $0.schedules[0].owedSince = $0.now - .seconds(3600)
            $0.schedules[0].fail(6, completedSecondsAgo: 30, now: $0.now)
        },
        Case("a daily schedule, 23 hours after its run", .healthy, .healthy) {
            $0.schedules[0].lastCompleted = Situation.moment(secondsAgo: 82_800, before: $0.now)
            $0.schedules[0].owedSince = $0.now + .seconds(3600)
            $0.schedules[0].starvedSince = $0.now + .seconds(3600)
        },
        Case("a daily schedule, a minute after it was due again", .healthy, .healthy) {
            $0.schedules[0].lastCompleted = Situation.moment(secondsAgo: 86_460, before: $0.now)
            $0.schedules[0].starve(since: 60, now: $0.now)
        },
        Case("a daily schedule that does not run when it is due", .unhealthy, .healthy, ["due since 15 min"]) {
            $0.schedules[0].lastCompleted = Situation.moment(secondsAgo: 87_300, before: $0.now)
            $0.schedules[0].lastAnswer = $0.now - .seconds(87_300)
            $0.schedules[0].starve(since: 900, now: $0.now)
        },
        Case("a cycle takes half an hour to catch up, and Azure answers", .healthy, .healthy) {
            $0.schedules[0].lastCompleted = Situation.moment(secondsAgo: 1860, before: $0.now)
            $0.schedules[0].starve(since: 1800, now: $0.now)
            $0.schedules[0].lastAnswer = $0.now - .seconds(1)
        },
        Case("most fail, and answers to the rest do not hide it", .degraded, .healthy, ["4 of 10"]) {
            $0.schedules[0].owedSince = $0.now - .seconds(3600)
            $0.schedules[0].fail(6, completedSecondsAgo: 30, now: $0.now)
            $0.schedules[0].lastAnswer = $0.now - .seconds(1)
        },
        Case("one of two schedules is starved", .unhealthy, .healthy, ["schedule 0 2 * * *", "1 of 2 schedules"]) {
            var daily = ScheduleActivity("0 2 * * *", start: $0.now - .seconds(9000))
            daily.starve(since: 900, now: $0.now)
            daily.fail(3, of: 3, completedSecondsAgo: 100, now: $0.now)
            $0.schedules.append(daily)
        },
    ]

    static let deliveries = [
        Case("Azure was read and has no values", .healthy, .degraded, ["no values yet"]) {
            $0.delivery = DeliveryActivity(collector: Situation.collector)
        },
        Case("nothing to send for a day", .healthy, .healthy) {
            $0.delivery.lastAccepted = Situation.moment(secondsAgo: 86_400, before: $0.now)
        },
        Case("a batch is on its way", .healthy, .healthy) { $0.delivery.stall(since: 20, now: $0.now) },
        Case("the collector restarts", .healthy, .healthy) { $0.delivery.stall(since: 119, now: $0.now) },
        Case("the collector is away for three minutes", .healthy, .degraded, ["3 min", "7 points wait", "refused"]) {
            $0.delivery.stall(since: 190, now: $0.now)
        },
        Case("the collector is away for eleven minutes", .healthy, .unhealthy, ["11 min", "none is lost"]) {
            $0.delivery.stall(since: 700, now: $0.now)
        },
        Case("the collector was never there", .healthy, .degraded, ["nothing since the start", "5 s after"]) {
            $0.delivery.lastAccepted = nil
            $0.delivery.stall(since: 5, now: $0.now)
        },
        Case("the collector was never there for eleven minutes", .healthy, .unhealthy, ["since the start"]) {
            $0.delivery.lastAccepted = nil
            $0.delivery.stall(since: 700, now: $0.now)
        },
        Case("the queue is full and nothing is asked for", .unhealthy, .unhealthy, ["queue for the collector is full"])
        {
            $0.schedules[0].starve(since: 700, now: $0.now)
            $0.schedules[0].lastCompleted = Situation.moment(secondsAgo: 20, before: $0.now)
            $0.schedules[0].isHeldBack = true
            $0.delivery.stall(since: 3600, now: $0.now)
        },
        Case("a batch was taken but none of its points", .healthy, .unhealthy, ["none of its points", "too old"]) {
            $0.delivery.takesNothing = true
            $0.delivery.lose(secondsAgo: 20, now: $0.now)
        },
        Case("points were refused five minutes ago", .healthy, .degraded, ["12 since the start", "too old"]) {
            $0.delivery.lose(secondsAgo: 300, now: $0.now)
        },
        Case("points were refused an hour ago", .healthy, .healthy) { $0.delivery.lose(secondsAgo: 3600, now: $0.now) },
    ]

    @Test("a report is healthy only if data flowed", arguments: cycles + deliveries)
    func judged(situation: Case) throws {
        let report = HealthRules.report(on: situation.snapshot) { .zero }
        #expect(report.entries.map(\.name) == ["last completed cycle", "last delivered batch", "state"])
        #expect(report.entries.map(\.status) == [situation.cycle, situation.delivery, .healthy], "\(report.text)")
        #expect(report.status == max(situation.cycle, situation.delivery))
        #expect(report.httpStatus == (report.status == .healthy ? 200 : 503))
        for entry in report.entries { #expect((entry.remedy == nil) == (entry.status == .healthy), "\(report.text)") }
        let said = report.entries.first { $0.status != .healthy }?.description ?? ""
        for words in situation.words { #expect(said.contains(words), "no '\(words)' in \(said)") }
    }

    @Test(
        "time alone turns a report from good to bad and never back", arguments: [cycles[0], cycles[6], deliveries[3]])
    func worsens(situation: Case) {
        var snapshot = situation.snapshot
        var before = HealthStatus.healthy
        for _ in 0..<120 {
            snapshot.now += .seconds(10)
            let status = HealthRules.report(on: snapshot) { .zero }.status
            #expect(status >= before)
            before = status
        }
        #expect(before == .unhealthy)
    }

    @Test("how long each answer takes is measured")
    func durations() {
        let times = Lock([Duration.seconds(5), .seconds(6), .seconds(8), .seconds(12)])
        let report = HealthRules.report(on: Situation.flowing) { times.withLock { $0.removeFirst() } }
        #expect(report.entries.map(\.duration) == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(report.totalDuration == .seconds(7))
    }

    @Test("a state that cannot be written is not healthy, although data flows: why, since when and what to do")
    func state() {
        var snapshot = Situation.flowing
        snapshot.state.trouble = .init(
            reason: "database or disk is full", remedy: "make room", since: Timestamp(seconds: 1_795_687_200))
        let report = HealthRules.report(on: snapshot) { .zero }
        #expect(report.status == .degraded && report.httpStatus == 503)
        let entry = report.entries[2]
        #expect(entry.name == "state" && entry.description == "database or disk is full" && entry.remedy == "make room")
        #expect(entry.facts.map(\.value) == [.text("2026-11-26T10:00:00Z")])
        snapshot.state = StateCondition()
        snapshot.state.isKept = false
        #expect(HealthRules.report(on: snapshot) { .zero }.entries[2].description.contains("until the agent ends"))
    }
}
