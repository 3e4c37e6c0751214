import AzureMonitor
import Declaration
import MetricModel
import Settlement

extension ScrapeTable {
    /// Where a member's ledger is kept.
    struct Place: Hashable, Sendable {
        var block: Int64
        var slot: Int
    }

    /// The resources of `metrics`, those that they share once.
    static func members(of metrics: [DeclaredMetric]) -> [MonitoredResource] {
        var seen: Set<ObjectIdentifier> = []
        return metrics.flatMap { metric in
            metric.resources.lazy.map(\.resource).filter { seen.insert(ObjectIdentifier($0)).inserted }
        }
    }

    /// The table of `metrics`, which share a schedule.
    /// - Parameters:
    ///   - metricIDs: The store's number of each metric, by its declared name.
    ///   - places: Where the ledger of each member is kept, by its identity.
    ///   - regions: What is known about where resources are.
    init(
        _ metrics: [(declared: DeclaredMetric, form: MetricForm)], metricIDs: [String: Int64],
        places: [String: Place], regions: (ResourceID) -> String?
    ) {
        var numbers: [ResourceID: Int] = [:]
        var known: Set<Place> = []
        var resources: [Resource] = []
        var members: [Member] = []
        var blocks: [Int64: [Int]] = [:]
        var placesOfResources: [ObjectIdentifier: Place] = [:]
        // Hardly more subscriptions and types than one: each text once.
        var texts: [String: String] = [:]
        func shared(_ text: String) -> String {
            if let known = texts[text] { return known }
            texts[text] = text
            return text
        }
        func number(of resource: MonitoredResource) -> Int {
            if let known = numbers[resource.id] { return known }
            numbers[resource.id] = resources.count
            resources.append(
                Resource(
                    id: resource.id, subscriptionID: shared(resource.id.subscriptionID.lowercased()),
                    namespace: shared(resource.id.type.lowercased()), region: regions(resource.id), lastMember: -1))
            return resources.count - 1
        }
        for resource in Self.members(of: metrics.map(\.declared)) {
            let identity = resource.identity
            guard let place = places[identity] else { continue }
            placesOfResources[ObjectIdentifier(resource)] = place
            guard known.insert(place).inserted else { continue }
            let number = number(of: resource)
            let region = resources[number].region
            members.append(
                Member(
                    resource: region.map { resource.located(in: $0) } ?? resource, number: number,
                    sibling: resources[number].lastMember))
            resources[number].lastMember = members.count - 1
            blocks[place.block, default: [Int](repeating: -1, count: BlockLedger.slotCount)][place.slot] =
                members.count - 1
        }
        self.resources = resources
        self.members = members
        let order = blocks.keys.sorted()
        (types, self.blocks) = Self.types(order.map { ($0, blocks[$0] ?? []) }, members: members, resources: resources)
        let positions = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        strips = metrics.flatMap { metric in
            Self.strips(
                of: metric, id: metricIDs[metric.declared.descriptor.name] ?? 0, places: placesOfResources,
                positions: positions)
        }
        for strip in strips {
            let block = self.blocks[strip.block]
            for slot in strip.slots.bitPositions {
                types[block.type].want(strip.form.metricKey, of: members[block.members[slot]].resource.id)
            }
        }
    }

    private static func types(
        _ blocks: [(id: Int64, members: [Int])], members: [Member], resources: [Resource]
    ) -> ([ScrapedType], [Block]) {
        var types: [ScrapedType] = []
        var positions: [DefinitionsCatalog.Key: Int] = [:]
        let made = blocks.map { id, slots in
            let key = DefinitionsCatalog.Key(of: members[slots.first { $0 >= 0 } ?? 0].resource.id)
            let position = positions[key] ?? types.count
            if position == types.count {
                positions[key] = position
                types.append(ScrapedType(key: key))
            }
            return Block(
                id: id, members: slots, resources: slots.map { $0 < 0 ? -1 : members[$0].number }, type: position)
        }
        return (types, made)
    }

    private static func strips(
        of metric: (declared: DeclaredMetric, form: MetricForm), id: Int64, places: [ObjectIdentifier: Place],
        positions: [Int64: Int]
    ) -> [Strip] {
        var order: [Int] = []
        var filters: [Int: [(filter: Filter, slots: UInt64)]] = [:]
        for declared in metric.declared.resources {
            guard let place = places[ObjectIdentifier(declared.resource)], let block = positions[place.block] else {
                continue
            }
            if filters[block] == nil { order.append(block) }
            let filter = Filter(declared)
            let bit: UInt64 = 1 << UInt64(place.slot)
            let taken = filters[block]?.contains { $0.slots & bit != 0 } ?? false
            // A metric has each resource once; whoever reads the declaration says so.
            guard !taken else { continue }
            if let known = filters[block]?.firstIndex(where: { $0.filter == filter }) {
                filters[block]?[known].slots |= bit
            } else {
                filters[block, default: []].append((filter, bit))
            }
        }
        return order.sorted().map { block in
            let filters = filters[block] ?? []
            return Strip(
                form: metric.form, metricID: id, block: block, slots: filters.reduce(0) { $0 | $1.slots },
                filters: filters, reading: metric.form.reading(at: metric.form.declared.grain))
        }
    }
}

extension ScrapeTable.Filter {
    /// How a metric is asked of `declared`.
    init(_ declared: DeclaredResource) {
        text = declared.filter?.text
        labels = [:]
        // A dimension that the filter pins to one value tells no series apart and is no label, as in Promitor.
        for condition in declared.filter?.conditions ?? [] where condition.values.count != 1 {
            labels[condition.name.lowercased()] = condition.name
        }
        for name in declared.dimensions { labels[name.lowercased()] = name }
        for (name, label) in declared.dimensionRenames { labels[name.lowercased()] = label }
    }
}
