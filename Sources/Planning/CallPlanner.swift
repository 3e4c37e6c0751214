import MetricModel

/// Puts what is due into the fewest calls (design rule: metrics of one resource travel together).
public enum CallPlanner {
    /// Azure refuses the 21st name.
    public static let maximumNames = 20
    /// Buckets times names of one call; longer windows are cut and the rest is asked next (rule T10).
    public static let maximumPoints = 60_000

    private struct Feed: Hashable {
        var resourceID: ResourceID
        var grain: TimeGrain
        var filter: String?
        var top: Int
    }

    /// The calls for `requests`, in the order of the first request of each.
    public static func calls(for requests: [PairRequest]) -> [MetricsCall] {
        var order: [Feed] = []
        var members: [Feed: [PairRequest]] = [:]
        var calls: [MetricsCall] = []
        for request in requests {
            let feed = Feed(
                resourceID: request.resourceID, grain: request.grain, filter: request.filter,
                top: request.filter == nil ? 0 : request.top)
            if members[feed] == nil { order.append(feed) }
            members[feed, default: []].append(request)
        }
        for feed in order {
            for group in companions(members[feed] ?? []) {
                calls += chunks(of: group, feed: feed)
            }
        }
        return calls
    }

    /// Splits a call that was refused as a whole, so that the culprit metric ends up alone.
    /// - Parameter members: The requests of the call's pairs.
    /// - Returns: Two smaller calls, or none when it cannot be split further.
    public static func halves(of call: MetricsCall, members: [PairRequest]) -> [MetricsCall] {
        let groups = byName(members)
        guard groups.count > 1 else { return [] }
        let feed = Feed(resourceID: call.resourceID, grain: call.grain, filter: call.filter, top: call.top)
        let middle = groups.count / 2
        return [groups[..<middle], groups[middle...]].map { half in
            var part = makeCall(Array(half.joined()), feed: feed)
            part.window = call.window
            return part
        }
    }

    /// Those that may share a call: laggards only with laggards of the same mark, choosy ones with their like, loners
    /// with nobody.
    private static func companions(_ requests: [PairRequest]) -> [[PairRequest]] {
        let newest = requests.filter { $0.company != .none }.map(\.mark).max()
        var together: [PairRequest] = []
        var behind: [Timestamp: [PairRequest]] = [:]
        var alone: [[PairRequest]] = []
        for request in requests {
            if request.company == .none {
                alone.append([request])
            } else if let newest, newest - request.mark > request.reachBackWidth {
                behind[request.mark, default: []].append(request)
            } else {
                together.append(request)
            }
        }
        let sharing = [together] + behind.sorted { $0.key < $1.key }.map(\.value)
        return sharing.flatMap(byAggregations) + alone
    }

    /// Everybody together, but metrics that are choosy about aggregations only with those that need the same ones.
    private static func byAggregations(_ requests: [PairRequest]) -> [[PairRequest]] {
        var easy: [PairRequest] = []
        var order: [AggregationSet] = []
        var choosy: [AggregationSet: [PairRequest]] = [:]
        for metric in byName(requests) {
            guard metric.contains(where: { $0.company == .sameAggregations }) else {
                easy += metric
                continue
            }
            let needed = aggregations(of: metric)
            if choosy[needed] == nil { order.append(needed) }
            choosy[needed, default: []] += metric
        }
        return ([easy] + order.compactMap { choosy[$0] }).filter { !$0.isEmpty }
    }

    /// All that any of `requests` needs.
    public static func aggregations(of requests: [PairRequest]) -> AggregationSet {
        requests.reduce(into: AggregationSet()) { $0.insert(AggregationSet($1.aggregation)) }
    }

    /// Requests of one metric name together, names in order of first appearance.
    private static func byName(_ requests: [PairRequest]) -> [[PairRequest]] {
        var order: [String] = []
        var groups: [String: [PairRequest]] = [:]
        for request in requests {
            let name = request.metricKey
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(request)
        }
        return order.compactMap { groups[$0] }
    }

    private static func chunks(of requests: [PairRequest], feed: Feed) -> [MetricsCall] {
        let groups = byName(requests)
        return stride(from: 0, to: groups.count, by: maximumNames).map { start in
            makeCall(Array(groups[start..<min(start + maximumNames, groups.count)].joined()), feed: feed)
        }
    }

    private static func makeCall(_ requests: [PairRequest], feed: Feed) -> MetricsCall {
        var names: [String] = []
        var seen: Set<String> = []
        var start = requests[0].window.lowerBound
        var end = requests[0].window.upperBound
        for request in requests {
            if seen.insert(request.metricKey).inserted { names.append(request.metricName) }
            start = min(start, request.window.lowerBound)
            end = max(end, request.window.upperBound)
        }
        let buckets = max(1, maximumPoints / names.count)
        end = min(end, start + feed.grain.duration * buckets)
        return MetricsCall(
            resourceID: feed.resourceID, metricNames: names, aggregations: aggregations(of: requests),
            grain: feed.grain,
            filter: feed.filter, top: feed.top, window: start..<end, pairs: requests.map(\.pair))
    }
}
