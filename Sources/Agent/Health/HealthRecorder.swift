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
    private let told = Lock<String?>(nil)

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
        case .storeTrouble(let trouble): told.withLock { $0 = trouble }
        case .clockSkew, .shadowedLabel, .regionsUnknown: break
        }
    }

    /// What was last said to be wrong with the state; `nil` when it is over.
    var stateTrouble: String? { told.withLock { $0 } }

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
    var latest: Timestamp { base.latest }

    func learnTime() async -> AzureError? { await base.learnTime() }

    func answer(to question: MetricsQuestion) async -> Result<MetricsTable, AzureError> {
        let result = await base.answer(to: question)
        if case .success = result { recorder.answered(schedule) }
        return result
    }
}
