/// How many calls a declaration takes, where, why, and at what price.
public struct PlanReport: Sendable {
    /// A month has 30 days.
    public static let hoursPerMonth = 720
    /// The region that stands for "nobody has said it".
    public static let unknownRegion = "unknown"

    /// The calls of one schedule.
    public struct Schedule: Sendable, Hashable {
        /// As written in the declaration.
        public var text: String
        public var pairCount: Int
        public var cyclesPerMonth: Int
        /// In the cycle that comes most often.
        public var callsPerCycle: Int
        /// In the cycle with the most.
        public var mostCallsPerCycle: Int
        public var callsPerMonth: Int
        public var callsPerHour: Double { Double(callsPerMonth) / Double(hoursPerMonth) }
    }

    /// The calls that share a quota.
    public struct Lane: Sendable, Hashable {
        public var route: CallRoute
        public var subscriptionID: String
        /// Of the host that is called; empty for Azure Resource Manager.
        public var region: String
        /// When all schedules are due at once.
        public var mostCallsPerCycle: Int
        public var callsPerMonth: Int
        public var callsPerHour: Double { Double(callsPerMonth) / Double(hoursPerMonth) }

        /// What Azure documents for Azure Resource Manager; nothing for getBatch.
        public var quota: PlanQuota? { route == .single ? .resourceManagerReads : nil }
        /// Of the quota that is there in the long run; 1 = all of it, `nil` = none is documented.
        public var quotaShare: Double? { quota.map { callsPerHour / $0.callsPerHour } }
    }

    /// What comes on top of the calls for values, all of it free of charge.
    public struct Besides: Sendable, Hashable {
        /// One of each audience, and again after half of its life.
        public var tokens: Int
        /// One of each resource type.
        public var definitionsPerDay: Int
        /// Of a start that knows no region yet.
        public var graphQueriesPerStart: Int

        /// These calls.
        public init(tokens: Int, definitionsPerDay: Int, graphQueriesPerStart: Int) {
            self.tokens = tokens
            self.definitionsPerDay = definitionsPerDay
            self.graphQueriesPerStart = graphQueriesPerStart
        }
    }

    public let schedules: [Schedule]
    public let lanes: [Lane]
    /// Metrics that take calls beyond ⌈resources / 50⌉ of their type, most calls first.
    public let extras: [ExtraCalls]
    public let besides: Besides
    /// What was assumed, in sentences.
    public let notes: [String]

    /// The sums of `schedules`.
    /// - Parameter batching: How many resources a call asks for; `nil` when batching is off.
    public init(_ schedules: [PlannedSchedule], batchSize: Int?, besides: Besides, notes: [String]) {
        self.schedules = schedules.map { schedule in
            let usual = schedule.cycles.max { $0.countPerMonth < $1.countPerMonth }
            return Schedule(
                text: schedule.text, pairCount: schedule.pairCount,
                cyclesPerMonth: schedule.cycles.reduce(0) { $0 + $1.countPerMonth },
                callsPerCycle: usual?.calls.count ?? 0,
                mostCallsPerCycle: schedule.cycles.map(\.calls.count).max() ?? 0,
                callsPerMonth: schedule.cycles.reduce(0) { $0 + $1.calls.count * $1.countPerMonth })
        }
        lanes = Self.lanes(schedules)
        extras = schedules.flatMap { ExtraCalls.of($0, batchSize: batchSize) }
            .sorted { ($0.callsPerCycle, $1.metrics[0]) > ($1.callsPerCycle, $0.metrics[0]) }
        self.besides = besides
        self.notes = notes
    }

    public var pairCount: Int { schedules.reduce(0) { $0 + $1.pairCount } }
    public var callsPerMonth: Int { schedules.reduce(0) { $0 + $1.callsPerMonth } }
    public var callsPerHour: Double { Double(callsPerMonth) / Double(Self.hoursPerMonth) }
    /// US dollars a month, should a call about many resources be counted as one.
    public var costPerMonth: Double { PlanPrice.dollars(forCalls: callsPerMonth) }

    private static func lanes(_ schedules: [PlannedSchedule]) -> [Lane] {
        struct Key: Hashable { var route: CallRoute, subscriptionID: String, region: String }
        var lanes: [Key: Lane] = [:]
        for schedule in schedules {
            var most: [Key: Int] = [:]
            for cycle in schedule.cycles {
                var counts: [Key: Int] = [:]
                for call in cycle.calls {
                    let feed = call.feed
                    counts[
                        Key(route: feed.route, subscriptionID: feed.subscriptionID, region: feed.region), default: 0
                    ] += 1
                }
                for (key, count) in counts {
                    most[key] = max(most[key] ?? 0, count)
                    lanes[key, default: lane(key.route, key.subscriptionID, key.region)].callsPerMonth +=
                        count * cycle.countPerMonth
                }
            }
            for (key, count) in most { lanes[key]?.mostCallsPerCycle += count }
        }
        return lanes.values.sorted {
            ($1.callsPerMonth, $0.subscriptionID, $0.region) < ($0.callsPerMonth, $1.subscriptionID, $1.region)
        }
    }

    private static func lane(_ route: CallRoute, _ subscriptionID: String, _ region: String) -> Lane {
        Lane(route: route, subscriptionID: subscriptionID, region: region, mostCallsPerCycle: 0, callsPerMonth: 0)
    }
}

/// A documented limit of calls.
public struct PlanQuota: Sendable, Hashable {
    /// Calls at once.
    public var capacity: Int
    public var callsPerHour: Double

    /// Reads of Azure Resource Manager, of one identity and subscription: 250 at once, 25 a second in the long run.
    public static let resourceManagerReads = PlanQuota(capacity: 250, callsPerHour: 25 * 3600)
}

/// What calls for values cost. How Azure counts one about many resources is not documented: an estimate, a call as one.
public enum PlanPrice {
    /// Calls a month that cost nothing.
    public static let freeCalls = 1_000_000
    /// US dollars for a thousand more.
    public static let dollarsPerThousand = 0.01

    /// US dollars for so many calls in a month.
    public static func dollars(forCalls calls: Int) -> Double {
        Double(max(0, calls - freeCalls)) / 1000 * dollarsPerThousand
    }
}
