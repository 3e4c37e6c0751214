import MetricModel
import Planning
import Settlement

/// The calls of one window, what they brought, and who failed.
struct ScrapeRound: Sendable {
    /// Azure's now when the calls were planned.
    let plannedAt: Timestamp
    /// Calls to make, the next one last.
    var waiting: [MetricsCall]
    /// Pairs that are not asked again in this cycle.
    var failed: SlotMap
    /// Those of them whose call got no answer in time.
    var timedOut: SlotMap
    /// Pairs whose own call failed for a reason that may pass, and where the report says so; `nil` where it does not.
    var passing: [(strip: Int, slots: UInt64, position: Int?)] = []
    /// Pairs that read something, if only by a look back.
    var moved: SlotMap
    /// Whether Azure answered anything.
    private(set) var hasAnswer = false
    private var failuresByCause: [String: Int] = [:]
    /// Regions whose getBatch has answered something, and how many halves it has refused.
    private var answeredRegions: Set<String> = []
    private var failedHalves: [String: Int] = [:]
    /// New ledgers that are not kept yet, by strip.
    var ledgers: [Int: BlockLedger] = [:]
    /// How many points each strip of view 0 has brought that are not kept yet.
    var pointCounts: [Int: Int] = [:]
    /// Points that are not kept yet, by view and kind; live ones of view 0 apart.
    private var batches: [Int64: [PointKind: MetricBatch]] = [:]
    private var live = MetricBatch()
    var counts = ScrapeCounts()
    private(set) var pairCount = 0
    private(set) var pointCount = 0
    /// The most points of one answer so far.
    private var largestAnswer = 0

    /// A round of these calls.
    init(_ calls: [MetricsCall], plannedAt: Timestamp, strips: Int) {
        self.plannedAt = plannedAt
        waiting = calls.reversed()
        failed = SlotMap(count: strips)
        timedOut = SlotMap(count: strips)
        moved = SlotMap(count: strips)
    }

    /// A cycle of a large schedule commits as it goes, in pieces of one request to the collector.
    /// Before one more answer like the largest would make a second request of a few points.
    var isWorthCommitting: Bool {
        pointCount > 0 && pointCount + largestAnswer > Self.pointsAtOnce || pairCount >= Self.pointsAtOnce
    }

    private static let pointsAtOnce = 4000

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

    /// Notes that a half of a batch failed for a reason that one of its resources may be.
    /// - Returns: True when so many halves have failed so, and none was answered, that it is none of them: it is Azure.
    mutating func isOutage(ofHalf half: Feed) -> Bool {
        failedHalves[half.region, default: 0] += 1
        return !answeredRegions.contains(half.region) && failedHalves[half.region, default: 0] >= CallConcurrency.limit
    }

    mutating func answered(_ feed: Feed) {
        hasAnswer = true
        if feed.route == .batch { answeredRegions.insert(feed.region) }
    }

    /// Adds the points of one pair, to be kept with its ledger.
    mutating func add(
        _ settled: [SettledPoint], of reading: CellReading, view: Int64, metric: MetricDescriptor, unit: String,
        resource: MonitoredResource
    ) {
        pointCount += settled.count
        if settled.allSatisfy({ $0.kind == .live }) {
            add(settled, of: reading, (view, .live), metric, unit, resource)
            return
        }
        for kind in PointKind.allCases {
            let some = settled.filter { $0.kind == kind }
            if !some.isEmpty { add(some, of: reading, (view, kind), metric, unit, resource) }
        }
    }

    private mutating func add(
        _ settled: [SettledPoint], of reading: CellReading, _ place: (view: Int64, kind: PointKind),
        _ metric: MetricDescriptor, _ unit: String, _ resource: MonitoredResource
    ) {
        func add(to batch: inout MetricBatch) {
            if batch.lastResource !== resource { batch.begin(resource) }
            batch.add(settled, of: reading, metric: metric, unit: unit)
        }
        // Nearly all points: without a look into dictionaries.
        if place == (0, .live) { return add(to: &live) }
        add(to: &batches[place.view, default: [:]][place.kind, default: MetricBatch()])
    }

    /// Adds the end of a series without dimensions, to be kept with its ledger.
    mutating func add(
        _ marker: SeriesEnding.Marker, view: Int64, metric: MetricDescriptor, unit: String, resource: MonitoredResource
    ) {
        pointCount += 1
        func add(to batch: inout MetricBatch) {
            if batch.lastResource !== resource { batch.begin(resource) }
            batch.begin(metric, unit: unit)
            batch.add(
                Point(
                    series: batch.addSeries([]), start: Timestamp(seconds: marker.start),
                    end: Timestamp(seconds: marker.time), value: .nan))
        }
        if view == 0, marker.kind == .live { return add(to: &live) }
        add(to: &batches[view, default: [:]][marker.kind, default: MetricBatch()])
    }

    /// One answer was taken.
    /// - Parameter points: Those that it brought.
    mutating func decided(pairs: Int, points: Int) {
        pairCount += pairs
        largestAnswer = max(largestAnswer, points)
    }

    /// Everything that was decided since the last time.
    mutating func takeDecided() -> Decided {
        defer {
            ledgers = [:]
            pointCounts = [:]
            batches = [:]
            live = MetricBatch()
            counts = ScrapeCounts()
            (pairCount, pointCount) = (0, 0)
        }
        if live.pointCount > 0 { batches[0, default: [:]][.live] = live }
        return Decided(ledgers: ledgers, pointCounts: pointCounts, batches: batches, counts: counts)
    }

    /// What is kept together: new ledgers by strip, and points by view and kind.
    struct Decided: Sendable {
        var ledgers: [Int: BlockLedger]
        /// By strip of view 0.
        var pointCounts: [Int: Int]
        var batches: [Int64: [PointKind: MetricBatch]]
        var counts: ScrapeCounts
    }
}

extension MetricBatch {
    /// Points of one metric of the current resource.
    mutating func add(
        _ settled: [SettledPoint], of reading: CellReading, metric: MetricDescriptor, unit: String
    ) {
        begin(metric, unit: unit)
        var (last, series) = (-1, 0)
        for point in settled {
            if point.series != last {
                last = point.series
                series = addSeries(reading.dimensions(ofSeries: point.series))
            }
            add(
                Point(
                    series: series, start: Timestamp(seconds: point.start), end: Timestamp(seconds: point.end),
                    value: point.value))
        }
    }
}
