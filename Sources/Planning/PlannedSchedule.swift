import MetricModel

/// What a schedule is going to do in a month in which nothing goes wrong.
public struct PlannedSchedule: Sendable {
    /// One of its cycles, and how often it comes like this.
    public struct Cycle: Sendable {
        public var calls: [MetricsCall]
        public var countPerMonth: Int

        /// `countPerMonth` cycles that make these calls.
        public init(calls: [MetricsCall], countPerMonth: Int) {
            self.calls = calls
            self.countPerMonth = countPerMonth
        }
    }

    /// What the numbers of strips in calls stand for.
    public struct Strip: Sendable {
        /// The declared name of the metric.
        public var metric: String
        /// Whether it shares no call, because Azure does not list its metric.
        public var isAlone: Bool
        /// What a call may ask of the metric because others need it.
        public var supported: AggregationSet

        /// A strip of `metric`.
        public init(metric: String, isAlone: Bool = false, supported: AggregationSet = .all) {
            self.metric = metric
            self.isAlone = isAlone
            self.supported = supported
        }
    }

    /// As written in the declaration.
    public var text: String
    public var strips: [Strip]
    /// Pairs (metric, resource).
    public var pairCount: Int
    public var cycles: [Cycle]

    /// A schedule with these cycles.
    public init(text: String, strips: [Strip], pairCount: Int, cycles: [Cycle]) {
        self.text = text
        self.strips = strips
        self.pairCount = pairCount
        self.cycles = cycles
    }
}
