import AzureMonitor
import MetricModel

/// What one run of one schedule did.
public struct CycleReport: Sendable {
    /// The schedule as declared.
    public var schedule: String
    /// Azure's now when the cycle began.
    public var startedAt: Timestamp
    /// Pairs (declared metric, resource) of this schedule.
    public var pairCount = 0
    /// Calls for values that were made, without retries.
    public var callCount = 0
    /// Points that were decided and taken over by the outbox.
    public var pointCount = 0
    /// End of the newest bucket that was sent.
    public var newestBucketEnd: Timestamp?
    /// Points by declared metric name, in no order.
    public var pointsByMetric: [String: Int] = [:]
    /// Pairs that could not be read; their buckets are asked for again.
    public var failures: [PairFailure] = []
    /// Pairs that are not asked now, because Azure refused them, did not answer in time or asked for a pause.
    public var pausedCount = 0
    /// What the user should know although nothing failed.
    public var notices: [PairNotice] = []
    /// The outbox had no room: buckets were left in Azure and are asked for again.
    public var isHeldBack = false
    /// Points that Azure filled in only after end + overlap.
    public var lateCount = 0
    /// Buckets older than `catchUp` that were given up.
    public var skipped: [UnsentRange] = []
    /// Buckets that are in no cumulative sum, because the total was lost.
    public var gaps: [UnsentRange] = []
    /// Settled buckets before this are read for every pair of the schedule.
    public var settledUntil: Timestamp?
}

extension CycleReport {
    /// Pairs that could not be read.
    public var failedPairCount: Int { failures.reduce(0) { $0 + $1.pairCount } }

    /// Both together: two parts of one cycle, with different pairs.
    func joined(with next: CycleReport) -> CycleReport {
        var sum = self
        sum.pairCount += next.pairCount
        sum.callCount += next.callCount
        sum.pointCount += next.pointCount
        sum.pointsByMetric.merge(next.pointsByMetric) { $0 + $1 }
        sum.newestBucketEnd = [newestBucketEnd, next.newestBucketEnd].compactMap { $0 }.max()
        sum.failures += next.failures
        sum.notices += next.notices
        sum.isHeldBack = isHeldBack || next.isHeldBack
        sum.lateCount += next.lateCount
        sum.skipped += next.skipped
        sum.gaps += next.gaps
        sum.settledUntil = next.settledUntil
        return sum
    }

    /// Both together, when `next` went on where this one had to stop.
    func continued(by next: CycleReport) -> CycleReport {
        var sum = next
        sum.startedAt = startedAt
        sum.callCount += callCount
        sum.pointCount += pointCount
        sum.lateCount += lateCount
        sum.pointsByMetric.merge(pointsByMetric) { $0 + $1 }
        let failingNow = Set(next.failures.map { "\($0.metric) \($0.resource.canonical)" })
        sum.failures += failures.filter {
            $0.isPausing && !failingNow.contains("\($0.metric) \($0.resource.canonical)")
        }
        sum.notices = notices + next.notices
        sum.skipped = skipped + next.skipped
        sum.gaps = gaps + next.gaps
        return sum
    }
}

/// Pairs of one metric that could not be read in this cycle, for one reason.
public struct PairFailure: Sendable {
    /// The declared metric.
    public var metric: String
    /// The resource asked, or the first of them.
    public var resource: ResourceID
    /// What happened, what became of the data, what to do.
    public var message: String
    /// What it has in common with failures of other pairs: the same host unreachable, the same secret refused.
    public var cause: String
    /// How many resources it was.
    public var pairCount = 1
    /// Whether the cause hits every pair alike, so that it is news only once.
    public var isShared = false
    /// Whether the pair pauses, so that the next cycle does not ask for it and cannot say that it still fails.
    public var isPausing = false
}

/// Failures of one cause, for one message instead of hundreds.
public struct FailureGroup: Sendable {
    /// What they have in common.
    public var cause: String
    /// In the order in which they happened; never empty.
    public var failures: [PairFailure]

    /// Groups by cause, in the order of the first failure of each.
    public static func groups(_ failures: [PairFailure]) -> [FailureGroup] {
        var order: [String] = []
        var members: [String: [PairFailure]] = [:]
        for failure in failures {
            if members[failure.cause] == nil { order.append(failure.cause) }
            members[failure.cause, default: []].append(failure)
        }
        return order.map { FailureGroup(cause: $0, failures: members[$0] ?? []) }
    }

    /// The message of the first, which stands for all.
    public var message: String { failures.first?.message ?? "" }

    /// `azure_vm_cpu of vm-1, azure_vm_cpu of vm-2 and 21 more`.
    public var subject: String {
        let named = failures.prefix(2).map { "\($0.metric) of \($0.resource.name)" }.joined(separator: ", ")
        let more = pairCount - min(2, failures.count)
        return more > 0 ? "\(named) and \(more) more" : named
    }

    /// How many pairs failed so.
    public var pairCount: Int { failures.reduce(0) { $0 + $1.pairCount } }
}

/// Something worth saying about a pair that was read.
public struct PairNotice: Sendable {
    /// How much it matters.
    public enum Severity: Sendable {
        /// As it was declared.
        case info
        /// Something else was done than was declared.
        case warning
        /// Data is missing.
        case error
    }
    public var severity: Severity
    /// The declared metric.
    public var metric: String
    /// The resource asked.
    public var resource: ResourceID
    /// What was seen and what to do.
    public var message: String
    /// A small, fixed set, so that the same thing is not said again with another number.
    public enum Kind: String, Sendable {
        case declaredLimit, defaultLimit, misaligned, grain, sum, definitions, ledger, catalog, future, gone, fellBehind
        case caughtUp
    }
    /// What kind of thing it is.
    public var kind: Kind
}

/// Buckets of a pair that are not sent.
public struct UnsentRange: Sendable {
    /// The declared metric.
    public var metric: String
    /// The resource.
    public var resource: ResourceID
    /// The buckets' starts.
    public var range: Range<Timestamp>
}

extension UnsentRange {
    init(_ pair: (metric: String, resource: ResourceID), _ range: Range<Timestamp>) {
        self.init(metric: pair.metric, resource: pair.resource, range: range)
    }
}
