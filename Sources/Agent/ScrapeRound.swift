import MetricModel
import Planning
import Settlement

/// The calls of one window, what they brought, and who failed.
struct ScrapeRound {
    /// A pair's new ledger and the points that go with it: both are kept, or neither.
    struct Decided {
        var pair: Int
        var ledger: PairLedger
        var points: MetricPoints
    }

    /// Azure's now when the calls were planned.
    let plannedAt: Timestamp
    private let requestsByPair: [Int: PairRequest]
    /// Calls to make, the next one last.
    var waiting: [MetricsCall]
    /// Pairs that are not asked again in this cycle.
    var failed: Set<Int> = []
    /// Those of them whose call got no answer in time.
    var timedOut: Set<Int> = []
    /// Whether Azure answered anything.
    private(set) var hasAnswer = false
    private var failuresByCause: [String: Int] = [:]
    private var decided: [Decided] = []
    private var pointCount = 0

    /// A round that asks what `requests` need.
    init(requests: [PairRequest], plannedAt: Timestamp) {
        self.plannedAt = plannedAt
        requestsByPair = Dictionary(uniqueKeysWithValues: requests.map { ($0.pair, $0) })
        waiting = CallPlanner.calls(for: requests).reversed()
    }

    /// What `pairs` need, in their order.
    func requests(_ pairs: [Int]) -> [PairRequest] { pairs.compactMap { requestsByPair[$0] } }

    var isEmpty: Bool { requestsByPair.isEmpty }

    /// A cycle of a large schedule commits as it goes, in pieces of one request to the collector.
    var isWorthCommitting: Bool { pointCount >= 4000 || decided.count >= 4000 }

    /// Takes back the calls that are not made yet and concern `isConcerned`.
    mutating func giveUp(where isConcerned: (MetricsCall) -> Bool) -> [MetricsCall] {
        let given = waiting.filter(isConcerned)
        waiting.removeAll(where: isConcerned)
        return given
    }

    /// Notes a call that failed for a reason that many share.
    /// - Returns: True when so many have failed so, and none was answered, that the rest would fail as well.
    mutating func isOutage(_ cause: String) -> Bool {
        failuresByCause[cause, default: 0] += 1
        return !hasAnswer && failuresByCause[cause, default: 0] >= CallConcurrency.limit
    }

    mutating func answered() { hasAnswer = true }

    /// Keeps what an answer decided until it is committed.
    mutating func decide(_ pair: Int, ledger: PairLedger, points: MetricPoints) {
        decided.append(Decided(pair: pair, ledger: ledger, points: points))
        pointCount += points.points.count
    }

    /// Everything that was decided since the last time.
    mutating func takeDecided() -> [Decided] {
        defer {
            decided = []
            pointCount = 0
        }
        return decided
    }
}
