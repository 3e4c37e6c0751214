import AgentServer
import MetricModel

/// Snapshots to begin with.
enum Situation {
    static let collector = "http://collector:4318/v1/metrics"
    static let now = Duration.seconds(1_000_000)

    static func moment(secondsAgo: Int64, before now: Duration = now) -> Moment {
        let time = Timestamp(seconds: 1_795_687_200) - .seconds(secondsAgo)
        return Moment(monotonic: now - .seconds(secondsAgo), time: time)
    }

    /// A schedule of every minute that has just read ten pairs, whose points were taken.
    static var flowing: HealthSnapshot {
        var schedule = ScheduleActivity("* * * * *", start: now - .seconds(900_000))
        schedule.pairCount = 10
        schedule.hasFlowed = true
        schedule.lastCompleted = moment(secondsAgo: 12)
        schedule.lastAnswer = now - .seconds(12)
        schedule.owedSince = now + .seconds(48)
        schedule.starvedSince = now + .seconds(48)
        var delivery = DeliveryActivity(collector: collector)
        delivery.lastAccepted = moment(secondsAgo: 11)
        delivery.lastAcceptedPoints = 30
        return HealthSnapshot(now: now, schedules: [schedule], delivery: delivery)
    }

    /// An agent that has done nothing yet.
    static func started(secondsAgo: Int64) -> HealthSnapshot {
        HealthSnapshot(
            now: now, schedules: [ScheduleActivity("* * * * *", start: now - .seconds(secondsAgo))],
            delivery: DeliveryActivity(collector: collector))
    }
}

extension ScheduleActivity {
    /// Nothing was read since it was due so many seconds ago.
    mutating func starve(since seconds: Int64, now: Duration) {
        owedSince = now - .seconds(seconds)
        starvedSince = owedSince
    }

    mutating func fail(_ count: Int, of all: Int = 10, completedSecondsAgo: Int64, now: Duration) {
        pairCount = all
        failingCount = count
        reason = "host away. Nothing is lost: check the network."
        lastCompleted = Situation.moment(secondsAgo: completedSecondsAgo, before: now)
    }
}

extension DeliveryActivity {
    mutating func stall(since seconds: Int64, now: Duration) {
        waitingPoints = 7
        waitingSince = now - .seconds(seconds)
        trouble = "connection refused"
    }

    mutating func lose(secondsAgo: Int64, now: Duration) {
        lost = Loss(at: Situation.moment(secondsAgo: secondsAgo, before: now), points: 12, reason: "too old")
    }
}
