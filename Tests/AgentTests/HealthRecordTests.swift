import AgentServer
import Declaration
import MetricModel
import OTLPExporter
import Testing

@testable import Agent

/// What an agent's events leave in its health record, and what follows from it.
@Suite struct HealthRecordTests {
    private static let everyMinute = "* * * * *"
    private static let daily = "0 2 * * *"
    /// 2026-11-26T10:00:30Z at the monotonic second 1,000.
    private static let start = moment(after: 0)

    private var record: HealthRecord

    init() throws {
        record = HealthRecord(
            try [Self.everyMinute, Self.daily].map { try CronSchedule($0) }, collector: "http://c",
            start: Self.start.monotonic)
    }

    private static func moment(after seconds: Int64) -> Moment {
        Moment(monotonic: .seconds(1000 + seconds), time: Timestamp(seconds: 1_795_687_230 + seconds))
    }

    private func report(
        _ schedule: String = everyMinute, pairs: Int = 10, failing: Int = 0, paused: Int = 0, calls: Int = 1,
        isHeldBack: Bool = false
    ) -> CycleReport {
        var report = CycleReport(schedule: schedule, startedAt: Timestamp(seconds: 0))
        (report.pairCount, report.pausedCount, report.callCount) = (pairs, paused, calls)
        report.isHeldBack = isHeldBack
        report.failures = (0..<failing).map {
            PairFailure(metric: "m\($0)", resource: ResourceID("/r"), message: "because", cause: "host away")
        }
        return report
    }

    private func schedule(_ index: Int = 0) -> ScheduleActivity {
        record.snapshot(now: .zero, waitingPoints: 0).schedules[index]
    }

    @Test("before the first cycle everything is owed since the start")
    func beginning() {
        for index in 0..<2 {
            #expect(schedule(index).owedSince == Self.start.monotonic)
            #expect(schedule(index).starvedSince == Self.start.monotonic)
            #expect(schedule(index).lastCompleted == nil && !schedule(index).hasFlowed)
        }
    }

    @Test("a good cycle owes nothing until the next occurrence, by the minute or by the day")
    mutating func good() {
        record.completed(report(), at: Self.moment(after: 5))
        record.completed(report(Self.daily), at: Self.moment(after: 5))
        // 10:00:35 → 10:01:00, and → 02:00:00 tomorrow.
        #expect(schedule(0).owedSince == .seconds(1005 + 25))
        #expect(schedule(1).owedSince > .seconds(1005) && schedule(1).owedSince <= .seconds(1005 + 86_400))
        #expect(schedule(0).hasFlowed && schedule(1).hasFlowed)
        #expect(schedule(0).lastCompleted == Self.moment(after: 5))
    }

    /// failing of ten, paused, calls, held back → does it owe; does it starve.
    static let cycles: [(Int, Int, Int, Bool, Bool, Bool)] = [
        (0, 0, 0, false, false, false), (5, 0, 5, false, false, false), (6, 0, 5, false, true, false),
        (2, 4, 5, false, true, false), (10, 0, 9, false, true, true), (0, 10, 0, false, true, true),
        (12, 10, 1, false, true, true), (0, 0, 0, true, true, true), (0, 0, 3, true, true, false),
    ]

    @Test("a cycle counts by what it read", arguments: cycles)
    mutating func counts(failing: Int, paused: Int, calls: Int, isHeldBack: Bool, owes: Bool, starves: Bool) {
        record.completed(
            report(failing: failing, paused: paused, calls: calls, isHeldBack: isHeldBack), at: Self.moment(after: 5))
        let schedule = schedule()
        #expect((schedule.owedSince == Self.start.monotonic) == owes)
        #expect((schedule.starvedSince == Self.start.monotonic) == starves)
        #expect(schedule.hasFlowed == !owes && schedule.isHeldBack == isHeldBack)
        #expect(schedule.failingCount == min(10, failing + paused))
        #expect((schedule.reason == nil) == (failing == 0))
    }

    @Test("a repetition for those that failed speaks of them alone, and who pauses keeps the reason")
    mutating func repetition() {
        record.completed(report(failing: 7), at: Self.moment(after: 5))
        record.completed(report(pairs: 7, failing: 0, paused: 3), at: Self.moment(after: 65))
        #expect(schedule().pairCount == 10 && schedule().failingCount == 3)
        #expect(schedule().reason == "because" && schedule().hasFlowed)
        record.completed(report(pairs: 3), at: Self.moment(after: 125))
        #expect(schedule().failingCount == 0 && schedule().reason == nil)
    }

    @Test("answers are kept by schedule")
    mutating func answers() {
        record.answered(Self.daily, at: .seconds(1003))
        #expect(schedule(0).lastAnswer == nil && schedule(1).lastAnswer == .seconds(1003))
    }

    @Test("what waits, waits since it was put into an empty queue or since something went")
    mutating func waiting() {
        func since() -> Duration? { record.snapshot(now: .zero, waitingPoints: 1).delivery.waitingSince }
        record.enqueued(intoEmpty: true, at: .seconds(1001))
        record.enqueued(intoEmpty: false, at: .seconds(1002))
        #expect(since() == .seconds(1001))
        record.note(.retrying(reason: "refused", delay: .seconds(1)), at: Self.moment(after: 3))
        #expect(since() == .seconds(1001))
        record.note(.delivered(points: 5, bytes: 9), at: Self.moment(after: 4))
        #expect(since() == .seconds(1004))
        #expect(record.snapshot(now: .zero, waitingPoints: 0).delivery.waitingSince == nil)
    }

    @Test("delivery: troubles, losses, and their end")
    mutating func delivery() {
        func now() -> DeliveryActivity { record.snapshot(now: .zero, waitingPoints: 0).delivery }
        record.note(.holding(reason: "401", delay: .seconds(1)), at: Self.moment(after: 1))
        #expect(now().trouble == "401" && now().lastAccepted == nil)
        record.note(.delivered(points: 0, bytes: 9), at: Self.moment(after: 2))
        record.note(.partialSuccess(rejected: 5, message: "too old"), at: Self.moment(after: 2))
        #expect(now().takesNothing && now().lastAccepted == nil && now().trouble == nil)
        #expect(now().lost?.points == 5 && now().lost?.reason == "too old")
        record.note(.delivered(points: 8, bytes: 9), at: Self.moment(after: 3))
        #expect(!now().takesNothing && now().lastAccepted == Self.moment(after: 3) && now().lastAcceptedPoints == 8)
        let time = Timestamp(seconds: 0)
        record.note(.dropped(points: 2, oldest: time, newest: time, reason: "400"), at: Self.moment(after: 4))
        #expect(now().lost == DeliveryActivity.Loss(at: Self.moment(after: 4), points: 7, reason: "400"))
    }
}
