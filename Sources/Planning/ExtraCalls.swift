import MetricModel

/// Calls that would not be made if some metrics were asked like the others of their resource type.
public struct ExtraCalls: Sendable, Hashable {
    /// Why they are made.
    public enum Reason: Sendable, Hashable {
        /// They are asked with dimensions or a filter of their own: its text, empty = without any.
        case filter(String)
        case grain(TimeGrain)
        /// At most so many series are asked for.
        case limit(Int)
        /// They are declared for other resources than most.
        case otherResources
        /// The type has more than 20 metrics.
        case manyMetrics
        /// They do not support an aggregation that others of their type need, or the other way round.
        case aggregations
        /// Azure does not list the metric for the type; it may be refused, together with all that share its call.
        case unlisted
        /// Resources are asked one by one: batching is switched off.
        case batchingOff
        /// Resources are asked one by one: nobody knows where they are.
        case regionUnknown
        /// Calls ask for fewer than 50 resources.
        case smallBatches(Int)
    }

    /// As written in the declaration.
    public var schedule: String
    /// In lower case.
    public var resourceType: String
    /// The declared names, in the order of the declaration.
    public var metrics: [String]
    /// How many calls more than without the reason, in the cycle with the most calls.
    public var callsPerCycle: Int
    public var reasons: [Reason]

    /// What may share calls as far as Azure is concerned.
    private struct Home: Hashable {
        var subscriptionID: String
        var region: String
        var namespace: String
    }

    /// Calls that ask for the same metrics in the same way.
    private struct Group {
        var feed: Feed
        var names: Set<String>
        var resources: Set<Int>
        var strips: Set<Int>
        var callCount: Int
        var pairCount: Int
        var isAlone: Bool
        /// What is asked, and what all support.
        var aggregations: AggregationSet
        var supported: AggregationSet

        /// Whether a call could ask for both.
        func isCompatible(with other: Group) -> Bool {
            aggregations.union(other.aggregations).isSubset(of: supported.intersection(other.supported))
        }
    }

    /// Those of a schedule.
    static func of(_ schedule: PlannedSchedule, batchSize: Int?) -> [ExtraCalls] {
        guard let cycle = schedule.cycles.max(by: { $0.calls.count < $1.calls.count }) else { return [] }
        var order: [Home] = []
        var groups: [Home: [Group]] = [:]
        for call in cycle.calls {
            let home = Home(
                subscriptionID: call.feed.subscriptionID, region: call.feed.region, namespace: call.feed.namespace)
            if groups[home] == nil { order.append(home) }
            add(call, to: &groups[home, default: []], schedule.strips)
        }
        var found: [ExtraCalls] = []
        for home in order {
            for extra in extras(groups[home] ?? [], schedule, batchSize: batchSize) {
                let like = found.firstIndex {
                    $0.resourceType == extra.resourceType && $0.metrics == extra.metrics && $0.reasons == extra.reasons
                }
                if let like { found[like].callsPerCycle += extra.callsPerCycle } else { found.append(extra) }
            }
        }
        return found
    }

    private static func add(_ call: MetricsCall, to groups: inout [Group], _ strips: [PlannedSchedule.Strip]) {
        let names = Set(call.metricNames.map { $0.lowercased() })
        let isAlone = call.parts.contains { strips[$0.strip].isAlone }
        let supported = call.parts.reduce(AggregationSet.all) { $0.intersection(strips[$1.strip].supported) }
        var group = Group(
            feed: call.feed, names: names, resources: Set(call.resources), strips: Set(call.parts.map(\.strip)),
            callCount: 1, pairCount: call.pairCount, isAlone: isAlone, aggregations: call.aggregations,
            supported: supported.union(call.aggregations))
        groups.removeAll { other in
            guard other.feed == call.feed, other.isAlone == isAlone, other.isCompatible(with: group),
                call.feed.route == .single || !other.names.isDisjoint(with: names)
            else { return false }
            group.names.formUnion(other.names)
            group.resources.formUnion(other.resources)
            group.strips.formUnion(other.strips)
            group.callCount += other.callCount
            group.pairCount += other.pairCount
            group.aggregations.formUnion(other.aggregations)
            group.supported.formIntersection(other.supported)
            return true
        }
        groups.append(group)
    }

    private static func extras(_ groups: [Group], _ schedule: PlannedSchedule, batchSize: Int?) -> [ExtraCalls] {
        // Most pairs first: what most do is what the others differ from.
        let groups = groups.sorted {
            ($0.isAlone ? 1 : 0, $1.pairCount, $0.names.min() ?? "") < (
                $1.isAlone ? 1 : 0, $0.pairCount, $1.names.min() ?? ""
            )
        }
        guard let main = groups.first else { return [] }
        var covered: Set<Int> = []
        return groups.enumerated().compactMap { index, group in
            let all = covered.union(group.resources)
            let needed = fewest(all.count) - fewest(covered.count)
            covered = all
            guard group.callCount > needed else { return nil }
            return ExtraCalls(
                schedule: schedule.text, resourceType: group.feed.namespace,
                metrics: names(group.strips, schedule.strips), callsPerCycle: group.callCount - needed,
                reasons: reasons(group, main: index == 0 ? nil : main, batchSize: batchSize))
        }
    }

    private static func fewest(_ resources: Int) -> Int {
        (resources + CallPlanner.maximumResources - 1) / CallPlanner.maximumResources
    }

    private static func names(_ numbers: Set<Int>, _ strips: [PlannedSchedule.Strip]) -> [String] {
        var seen: Set<String> = []
        return numbers.sorted().map { strips[$0].metric }.filter { seen.insert($0).inserted }
    }

    private static func reasons(_ group: Group, main: Group?, batchSize: Int?) -> [Reason] {
        var reasons: [Reason] = []
        if group.isAlone { reasons.append(.unlisted) }
        if group.feed.route == .single { reasons.append(batchSize == nil ? .batchingOff : .regionUnknown) }
        if let main {
            if group.feed.filter != main.feed.filter { reasons.append(.filter(group.feed.filter ?? "")) }
            if group.feed.grain != main.feed.grain { reasons.append(.grain(group.feed.grain)) }
            let bothCut = group.feed.filter != nil && main.feed.filter != nil
            if bothCut, group.feed.top != main.feed.top { reasons.append(.limit(group.feed.top)) }
        }
        if reasons.isEmpty, let main, !group.isCompatible(with: main) { reasons.append(.aggregations) }
        if reasons.isEmpty, let main {
            reasons.append(group.resources == main.resources ? .manyMetrics : .otherResources)
        }
        if group.feed.route == .single, group.names.count > CallPlanner.maximumNames { reasons.append(.manyMetrics) }
        if reasons.isEmpty, let batchSize { reasons.append(.smallBatches(batchSize)) }
        return reasons
    }
}
