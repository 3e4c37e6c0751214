import MetricModel

/// Who can be asked together when metrics do not support the same aggregations.
///
/// A call asks for all aggregations that any of its metrics needs, of every one of them. For one that a metric does not
/// support, Azure leaves the value out, refuses the metric, or fails the whole call.
enum AggregationGroups {
    /// What requests need and support: those that are alike share a group.
    private struct Kind: Hashable {
        var needed: AggregationSet
        var supported: AggregationSet

        func fits(_ asked: AggregationSet) -> Bool { needed.isSubset(of: asked) && asked.isSubset(of: supported) }
    }

    /// The fewest groups in which every request supports what any of them needs, the one for most requests first.
    static func divide(_ requests: [MetricRequest]) -> [[MetricRequest]] {
        if requests.isEmpty { return [] }
        let needed = CallPlanner.aggregations(of: requests)
        // Nearly always.
        if requests.allSatisfy({ $0.supported.isSuperset(of: needed) }) { return [requests] }
        let kinds = requests.map {
            Kind(needed: AggregationSet($0.aggregation), supported: $0.supported.intersection(needed))
        }
        var order: [Kind] = []
        var counts: [Kind: Int] = [:]
        for kind in kinds {
            if counts[kind] == nil { order.append(kind) }
            counts[kind, default: 0] += 1
        }
        let sets = fewestSets(for: order).map { set in
            (set: set, count: order.reduce(0) { $0 + ($1.fits(set) ? counts[$1] ?? 0 : 0) })
        }.sorted { ($1.count, $0.set.rawValue) < ($0.count, $1.set.rawValue) }
        var groups = [[MetricRequest]](repeating: [], count: sets.count)
        for (request, kind) in zip(requests, kinds) {
            guard let group = sets.firstIndex(where: { kind.fits($0.set) }) else { continue }
            groups[group].append(request)
        }
        return groups.filter { !$0.isEmpty }
    }

    /// The fewest sets of aggregations so that each kind fits one: never more than there are aggregations.
    private static func fewestSets(for kinds: [Kind]) -> [AggregationSet] {
        for limit in 1..<Aggregation.allCases.count {
            if let sets = sets(for: kinds, limit: limit) { return sets }
        }
        return Aggregation.allCases.map(AggregationSet.init)
    }

    /// At most `limit` sets for all of `kinds`; `nil` when there are none.
    private static func sets(for kinds: [Kind], limit: Int) -> [AggregationSet]? {
        guard let first = kinds.first else { return [] }
        guard limit > 0 else { return nil }
        for bits in (1...AggregationSet.all.rawValue).reversed() {
            let set = AggregationSet(rawValue: bits)
            guard first.fits(set) else { continue }
            if let others = sets(for: kinds.filter { !$0.fits(set) }, limit: limit - 1) { return [set] + others }
        }
        return nil
    }
}
