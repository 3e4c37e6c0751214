import MetricModel

/// A moment on both clocks: the monotonic one decides, the system's is shown.
public struct Moment: Hashable, Sendable {
    /// Of `AgentClock.monotonicNow`.
    public var monotonic: Duration
    /// By the system clock, which may jump.
    public var time: Timestamp

    /// The moment that both clocks show.
    public init(monotonic: Duration, time: Timestamp) {
        self.monotonic = monotonic
        self.time = time
    }
}

/// What an agent knows of its own work at one moment: all that ``HealthRules`` decide by. Holds no secret.
public struct HealthSnapshot: Sendable {
    /// On the monotonic clock, as every moment here.
    public var now: Duration
    /// One per schedule of the declaration.
    public var schedules: [ScheduleActivity]
    public var delivery: DeliveryActivity
    public var state = StateCondition()

    /// The work of these schedules, and what became of their points.
    public init(now: Duration, schedules: [ScheduleActivity], delivery: DeliveryActivity) {
        self.now = now
        self.schedules = schedules
        self.delivery = delivery
    }
}

/// How what was sent is remembered.
public struct StateCondition: Hashable, Sendable {
    /// Why it cannot be written now.
    public struct Trouble: Hashable, Sendable {
        /// In words, with what becomes of the data.
        public var reason: String
        /// What to do.
        public var remedy: String
        /// When it began, where that is known.
        public var since: Timestamp?

        /// A trouble that lasts.
        public init(reason: String, remedy: String, since: Timestamp? = nil) {
            self.reason = reason
            self.remedy = remedy
            self.since = since
        }
    }

    /// In a folder; else in memory only.
    public var isKept = true
    /// `nil` while all is well.
    public var trouble: Trouble?

    /// Kept, and well.
    public init() {}
}

/// What the metrics of one schedule have got from Azure.
public struct ScheduleActivity: Sendable {
    /// As declared.
    public var schedule: String
    /// Since when it owes a cycle that reads at least half: its first occurrence after the last such cycle, which may lie
    /// ahead; the agent's start before the first one.
    public var owedSince: Duration
    /// The same for a cycle that reads anything at all.
    public var starvedSince: Duration
    /// End of the last cycle, whatever it brought.
    public var lastCompleted: Moment?
    /// Whether there was ever a cycle that read at least half.
    public var hasFlowed = false
    /// The last call that Azure answered.
    public var lastAnswer: Duration?
    /// Pairs of a declared metric and a resource.
    public var pairCount = 0
    /// Pairs that could not be read the last time, or are not asked for now because of that.
    public var failingCount = 0
    /// Why, for one of them; with what became of the data and what to do.
    public var reason: String?
    /// The last cycle stopped because the queue for the collector was full.
    public var isHeldBack = false

    /// A schedule of an agent that started at `start` and has completed no cycle.
    public init(_ schedule: String, start: Duration) {
        self.schedule = schedule
        owedSince = start
        starvedSince = start
    }
}

/// What the collector has taken.
public struct DeliveryActivity: Sendable {
    /// Points that are gone.
    public struct Loss: Hashable, Sendable {
        /// When they were lost last.
        public var at: Moment
        /// Since the start.
        public var points: Int
        /// The collector's words.
        public var reason: String

        /// `points` lost in all, the last at `at`.
        public init(at: Moment, points: Int, reason: String) {
            self.at = at
            self.points = points
            self.reason = reason
        }
    }

    /// Where points go, without user, password and query.
    public var collector: String
    /// When points were taken last.
    public var lastAccepted: Moment?
    /// Points in the last batch that was taken.
    public var lastAcceptedPoints = 0
    /// Points that wait in the queue.
    public var waitingPoints = 0
    /// Since when nothing of what waits has gone; `nil` when nothing waits.
    public var waitingSince: Duration?
    /// Why the last request failed, while it is not made good.
    public var trouble: String?
    /// The last request was taken, but none of its points.
    public var takesNothing = false
    /// `nil` when nothing was lost.
    public var lost: Loss?

    /// Nothing was sent to `collector` yet.
    public init(collector: String) { self.collector = collector }
}
