import MetricModel

/// Puts what is due into the fewest calls (promise P2): all metrics and aggregations of up to 50 resources travel together.
public struct CallPlanner: Sendable {
    /// Azure refuses the 21st name.
    public static let maximumNames = 20
    /// Azure refuses the 51st resource.
    public static let maximumResources = 50
    /// Buckets times names times resources of one call; longer windows are cut and the rest is asked next (rule T10).
    public static let maximumPoints = 60_000

    /// Resources of one call of the route ``CallRoute/batch``, 1 to 50.
    public var batchSize: Int

    /// A planner that asks for so many resources at once.
    public init(batchSize: Int = maximumResources) {
        self.batchSize = min(max(1, batchSize), Self.maximumResources)
    }

    /// The calls for `requests`, in the order of the first request of each feed.
    public func calls(for requests: [MetricRequest]) -> [MetricsCall] {
        var order: [Feed] = []
        var members: [Feed: [MetricRequest]] = [:]
        for request in requests {
            guard members[request.feed]?.append(request) == nil else { continue }
            order.append(request.feed)
            members[request.feed] = [request]
        }
        return order.flatMap { feed in
            companions(members[feed] ?? []).flatMap { calls(of: feed, for: $0) }
        }
    }

    /// All that any of `requests` needs.
    public static func aggregations(of requests: some Sequence<MetricRequest>) -> AggregationSet {
        requests.reduce(into: AggregationSet()) { $0.insert(AggregationSet($1.aggregation)) }
    }

    // MARK: Who shares

    /// Those that may share a call: laggards only with laggards of the same mark, metrics only with those that support
    /// what they need, loners with nobody.
    private func companions(_ requests: [MetricRequest]) -> [[MetricRequest]] {
        let newest = requests.filter { $0.company != .none }.map(\.mark).max()
        var together: [MetricRequest] = []
        var behind: [Timestamp: [MetricRequest]] = [:]
        var alone: [[MetricRequest]] = []
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
        return sharing.flatMap(AggregationGroups.divide) + alone
    }

    // MARK: Chunks

    /// Metrics that are asked of the same resources.
    private struct Bundle {
        /// Rising, each once.
        var resources: [Int]
        /// Resources that may not come to it.
        var barred: Set<Int> = []
        var nameCount: Int
        var members: [MetricRequest]
    }

    private func calls(of feed: Feed, for requests: [MetricRequest]) -> [MetricsCall] {
        if feed.route == .single { return singleCalls(of: feed, for: requests) }
        return merged(bundles(of: requests)).flatMap { bundle in
            zip(stride(from: 0, to: bundle.resources.count, by: batchSize), members(of: bundle)).flatMap {
                first, members in
                let resources = Array(bundle.resources[first..<min(first + batchSize, bundle.resources.count)])
                return calls(of: feed, resources: resources, members: members)
            }
        }
    }

    /// What each chunk of the resources needs. One look at every request: a feed may have thousands of chunks.
    private func members(of bundle: Bundle) -> [[Member]] {
        var chunks: [Int: Int] = [:]
        chunks.reserveCapacity(bundle.resources.count)
        for (position, resource) in bundle.resources.enumerated() { chunks[resource] = position / batchSize }
        var members = [[Member]](repeating: [], count: (bundle.resources.count + batchSize - 1) / batchSize)
        for request in bundle.members {
            var parts: [(chunk: Int, slots: UInt64)] = []
            for slot in request.slots.bitPositions {
                guard let chunk = chunks[request.resources[slot]] else { continue }
                if let known = parts.lastIndex(where: { $0.chunk == chunk }) {
                    parts[known].slots |= 1 << UInt64(slot)
                } else {
                    parts.append((chunk, 1 << UInt64(slot)))
                }
            }
            for (chunk, slots) in parts { members[chunk].append(Member(request: request, slots: slots)) }
        }
        return members
    }

    private func singleCalls(of feed: Feed, for requests: [MetricRequest]) -> [MetricsCall] {
        var order: [Int] = []
        var members: [Int: [Member]] = [:]
        for request in requests {
            for slot in request.slots.bitPositions {
                let resource = request.resources[slot]
                if members[resource] == nil { order.append(resource) }
                members[resource, default: []].append(Member(request: request, slots: 1 << UInt64(slot)))
            }
        }
        return order.flatMap { calls(of: feed, resources: [$0], members: members[$0] ?? []) }
    }

    /// A request, or a part of it, in one call.
    private struct Member {
        var request: MetricRequest
        var slots: UInt64
    }

    /// At most 20 names a call, in order of first appearance.
    private func calls(of feed: Feed, resources: [Int], members: [Member]) -> [MetricsCall] {
        var order: [String] = []
        var byName: [String: [Member]] = [:]
        for member in members {
            if byName[member.request.metricKey] == nil { order.append(member.request.metricKey) }
            byName[member.request.metricKey, default: []].append(member)
        }
        return stride(from: 0, to: order.count, by: Self.maximumNames).map { first in
            let names = order[first..<min(first + Self.maximumNames, order.count)]
            return call(feed, resources, names.map { byName[$0] ?? [] })
        }
    }

    /// Metrics by the resources that need them.
    private func bundles(of requests: [MetricRequest]) -> [Bundle] {
        var names: [String] = []
        var ofName: [String: [MetricRequest]] = [:]
        for request in requests {
            guard ofName[request.metricKey]?.append(request) == nil else { continue }
            names.append(request.metricKey)
            ofName[request.metricKey] = [request]
        }
        var order: [[Int]] = []
        var bundles: [[Int]: Bundle] = [:]
        for name in names {
            guard let members = ofName[name] else { continue }
            let resources = Self.resources(of: members)
            if bundles[resources] == nil {
                order.append(resources)
                bundles[resources] = Bundle(resources: resources, nameCount: 0, members: [])
            }
            bundles[resources]?.nameCount += 1
            bundles[resources]?.members += members
            for member in members {
                for slot in member.barred.bitPositions { bundles[resources]?.barred.insert(member.resources[slot]) }
            }
        }
        return order.compactMap { bundles[$0] }
    }

    /// The resources of `requests`, rising, each once. Not by a set: there are thousands for each metric, and most come in
    /// order.
    private static func resources(of requests: [MetricRequest]) -> [Int] {
        var all: [Int] = []
        all.reserveCapacity(requests.reduce(0) { $0 + $1.slots.nonzeroBitCount })
        for request in requests {
            for slot in request.slots.bitPositions { all.append(request.resources[slot]) }
        }
        all.sort()
        var resources: [Int] = []
        resources.reserveCapacity(all.count)
        for resource in all where resources.last != resource { resources.append(resource) }
        return resources
    }

    /// Bundles of different resources share calls when that makes fewer; answers nobody asked for are dropped then.
    private func merged(_ bundles: [Bundle]) -> [Bundle] {
        guard bundles.count > 1 else { return bundles }
        var bundles = bundles
        var first = 0
        while first < bundles.count {
            var second = first + 1
            while second < bundles.count {
                let union = Set(bundles[first].resources).union(bundles[second].resources)
                let names = bundles[first].nameCount + bundles[second].nameCount
                let apart =
                    cost(bundles[first].resources.count, bundles[first].nameCount)
                    + cost(bundles[second].resources.count, bundles[second].nameCount)
                let barred = bundles[first].barred.union(bundles[second].barred)
                if cost(union.count, names) < apart, barred.isDisjoint(with: union) {
                    bundles[first].resources = union.sorted()
                    bundles[first].barred = barred
                    bundles[first].nameCount += bundles[second].nameCount
                    bundles[first].members += bundles[second].members
                    bundles.remove(at: second)
                } else {
                    second += 1
                }
            }
            first += 1
        }
        return bundles
    }

    private func cost(_ resources: Int, _ names: Int) -> Int {
        ((resources + batchSize - 1) / batchSize) * ((names + Self.maximumNames - 1) / Self.maximumNames)
    }

    private func call(_ feed: Feed, _ resources: [Int], _ members: [[Member]]) -> MetricsCall {
        let requests = members.joined().map(\.request)
        let start = requests.map(\.window.lowerBound).min() ?? Timestamp(seconds: 0)
        let end = requests.map(\.window.upperBound).max() ?? start
        let buckets = max(1, Self.maximumPoints / (members.count * resources.count))
        return MetricsCall(
            feed: feed, resources: resources, metricNames: members.compactMap { $0.first?.request.metricName },
            aggregations: Self.aggregations(of: requests),
            window: start..<min(end, start + feed.grain.duration * buckets),
            parts: members.enumerated().flatMap { metric, members in
                members.map {
                    MetricsCall.Part(
                        strip: $0.request.strip, metric: metric, slots: $0.slots, resources: $0.request.resources)
                }
            })
    }
}
