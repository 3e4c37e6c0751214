import AgentServer
import Declaration
import MetricModel
import OTLPExporter

/// Keeps what an agent's events say about its health. No I/O and no clock.
struct HealthRecord {
    private let crons: [String: CronSchedule]
    private var schedules: [ScheduleActivity]
    private var delivery: DeliveryActivity

    /// Of an agent that begins at `start` on the monotonic clock.
    /// - Parameter collector: Where points go, without user, password and query.
    init(_ schedules: [CronSchedule], collector: String, start: Duration) {
        crons = Dictionary(schedules.map { ($0.text, $0) }) { first, _ in first }
        self.schedules = schedules.map { ScheduleActivity($0.text, start: start) }
        delivery = DeliveryActivity(collector: collector)
    }

    /// What is known now.
    func snapshot(now: Duration, waitingPoints: Int) -> HealthSnapshot {
        var delivery = delivery
        delivery.waitingPoints = waitingPoints
        if waitingPoints == 0 { delivery.waitingSince = nil }
        return HealthSnapshot(now: now, schedules: schedules, delivery: delivery)
    }

    /// Azure answered a call of `schedule`.
    mutating func answered(_ schedule: String, at now: Duration) {
        guard let index = schedules.firstIndex(where: { $0.schedule == schedule }) else { return }
        schedules[index].lastAnswer = now
    }

    /// A cycle came to its end. One of only some pairs is a repetition for those that failed: the others are read.
    mutating func completed(_ report: CycleReport, at moment: Moment) {
        guard let index = schedules.firstIndex(where: { $0.schedule == report.schedule }) else { return }
        var schedule = schedules[index]
        schedule.pairCount = max(schedule.pairCount, report.pairCount)
        schedule.failingCount = min(schedule.pairCount, report.failedPairCount + report.pausedCount)
        schedule.lastCompleted = moment
        schedule.isHeldBack = report.isHeldBack
        let groups = FailureGroup.groups(report.failures)
        let reason = groups.max { $0.pairCount < $1.pairCount }?.message
        // Who pauses is not asked and cannot say again why.
        schedule.reason = schedule.failingCount == 0 ? nil : reason ?? schedule.reason
        let readCount = schedule.pairCount - schedule.failingCount
        if !report.isHeldBack, readCount >= schedule.failingCount {
            schedule.hasFlowed = true
            schedule.owedSince = due(schedule.schedule, after: moment)
        }
        if readCount > 0 || schedule.pairCount == 0, !report.isHeldBack || report.callCount > 0 {
            schedule.starvedSince = due(schedule.schedule, after: moment)
        }
        schedules[index] = schedule
    }

    /// Points were put into the queue.
    mutating func enqueued(intoEmpty wasEmpty: Bool, at now: Duration) {
        if wasEmpty { delivery.waitingSince = now }
    }

    /// Something happened on the way to the collector.
    mutating func note(_ event: OTLPExporterEvent, at moment: Moment) {
        switch event {
        case .delivered(let points, _):
            delivery.trouble = nil
            delivery.waitingSince = moment.monotonic
            delivery.takesNothing = points == 0
            if points > 0 {
                delivery.lastAccepted = moment
                delivery.lastAcceptedPoints = points
            }
        case .partialSuccess(let rejected, let message): lose(rejected, message ?? "it does not say why", at: moment)
        case .dropped(let points, _, _, let reason):
            delivery.waitingSince = moment.monotonic
            lose(points, reason, at: moment)
        case .expired(let points, _, _): lose(points, "they waited for too long", at: moment)
        case .retrying(let reason, _), .holding(let reason, _), .storeFailed(let reason): delivery.trouble = reason
        case .warning, .unreadableAnswer, .dividing, .storeRecovered: break
        }
    }

    private mutating func lose(_ points: Int, _ reason: String, at moment: Moment) {
        let before = delivery.lost?.points ?? 0
        delivery.lost = DeliveryActivity.Loss(at: moment, points: before + points, reason: reason)
    }

    /// The first occurrence after `moment`, on the monotonic clock: a later jump of the system clock moves nothing.
    private func due(_ schedule: String, after moment: Moment) -> Duration {
        guard let next = crons[schedule]?.next(after: moment.time, in: .process) else { return .seconds(Int64.max / 4) }
        return moment.monotonic + (next - moment.time)
    }
}
