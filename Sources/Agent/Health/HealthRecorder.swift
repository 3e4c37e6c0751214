import AgentServer
import AzureMonitor
import Declaration
import MetricModel
import OTLPExporter
import Planning

/// One record for all that happens in an agent, whichever thread it happens on.
final class HealthRecorder: Sendable {
    private let clock: any AgentClock
    private let record: Lock<HealthRecord>

    init(_ schedules: [CronSchedule], collector: String, clock: any AgentClock) {
        self.clock = clock
        record = Lock(HealthRecord(schedules, collector: collector, start: clock.monotonicNow))
    }

    private var moment: Moment { Moment(monotonic: clock.monotonicNow, time: clock.systemNow) }

    func note(_ event: AgentEvent) {
        let moment = moment
        switch event {
        case .cycle(let report): record.withLock { $0.completed(report, at: moment) }
        case .delivery(let event): record.withLock { $0.note(event, at: moment) }
        case .clockSkew, .shadowedLabel: break
        }
    }

    func answered(_ schedule: String) {
        let now = clock.monotonicNow
        record.withLock { $0.answered(schedule, at: now) }
    }

    func enqueued(intoEmpty wasEmpty: Bool) {
        let now = clock.monotonicNow
        record.withLock { $0.enqueued(intoEmpty: wasEmpty, at: now) }
    }

    func snapshot(waitingPoints: Int) -> HealthSnapshot {
        let now = clock.monotonicNow
        return record.withLock { $0.snapshot(now: now, waitingPoints: waitingPoints) }
    }
}

/// Tells the record of every call that Azure answered.
struct RecordedSource: MetricsSource {
    let base: any MetricsSource
    let schedule: String
    let recorder: HealthRecorder

    var now: Timestamp { base.now }

    func learnTime() async { await base.learnTime() }

    func answer(to call: MetricsCall) async -> Result<MetricsAnswer, AzureError> {
        let result = await base.answer(to: call)
        if case .success = result { recorder.answered(schedule) }
        return result
    }
}

/// Tells the record since when something waits for the collector.
struct RecordedOutbox: Outbox {
    let base: any Outbox
    let exporter: OTLPExporter
    let recorder: HealthRecorder

    var hasRoom: Bool { get async { await base.hasRoom } }

    func take(_ batch: MetricBatch) async throws -> Bool {
        let wasEmpty = exporter.statistics.queuedRequests == 0
        let isTaken = try await base.take(batch)
        if isTaken { recorder.enqueued(intoEmpty: wasEmpty) }
        return isTaken
    }
}
