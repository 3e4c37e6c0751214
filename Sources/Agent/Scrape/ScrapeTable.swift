import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// What one schedule scrapes, in columns: 400,000 pairs take a few bytes each besides their ledger.
struct ScrapeTable: Sendable {
    /// One resource in Azure; a number here is what calls name it by.
    struct Resource: Sendable {
        let id: ResourceID
        let subscriptionID: String
        /// The type in lower case: its metric namespace.
        let namespace: String
        /// In lower case without blanks; `nil` as long as nobody knows.
        var region: String?
        /// The last of the members that it is; they are linked.
        var lastMember: Int
    }

    /// A declared resource. Two of them may be one in Azure and still differ in labels (a namespace, and one queue of it).
    struct Member: Sendable {
        var resource: MonitoredResource
        let number: Int
        /// Another member that is the same resource; -1 = there is none before it.
        let sibling: Int
    }

    /// Up to 50 members of one type that normally share calls: their ledgers are stored together (rule L3).
    struct Block: Sendable {
        /// The store's number of it.
        let id: Int64
        /// The member in each slot; -1 where there is none.
        let members: [Int]
        /// The resource in each slot; -1 where there is none.
        let resources: [Int]
        /// Position in `types`.
        let type: Int
    }

    /// How a metric is asked of some of its resources.
    struct Filter: Sendable, Hashable {
        /// OData text; `nil` without dimensions.
        var text: String?
        /// Azure's lower-case dimension name → the label under which its value goes out.
        var labels: [String: String]
    }

    /// One declared metric of the members of one block: what one ledger is about.
    struct Strip: Sendable {
        let form: MetricForm
        /// The store's number of the metric.
        let metricID: Int64
        let block: Int
        /// The slots it is declared for.
        let slots: UInt64
        /// How it is asked, by which slots. Nearly always one for all.
        let filters: [(filter: Filter, slots: UInt64)]
        /// The metric at the grain it is read at.
        var reading: MetricForm.Reading
        /// 0; else of a destination that fell behind and has ledgers of its own.
        var view: Int64 = 0
        /// Azure's word for the unit, as its answers said it last; `nil` before the first with a value.
        var unit: String?
        /// With whom it may share a call.
        var company = Company.any
        /// The aggregations that Azure lists for its metric; all, when nobody knows.
        var listed = AggregationSet.all
        /// Those that Azure has not refused for it.
        var unrefused = AggregationSet.all

        /// What may be asked of its metric because a neighbour needs it.
        var supported: AggregationSet { listed.intersection(unrefused) }

        func filter(of slot: Int) -> Filter {
            filters.first { $0.slots & (1 << UInt64(slot)) != 0 }?.filter ?? Filter(text: nil, labels: [:])
        }
    }

    var resources: [Resource]
    var members: [Member]
    let blocks: [Block]
    var strips: [Strip]
    /// The resource types, each once, with what Azure says about their metrics.
    var types: [ScrapedType]

    /// A table of nothing.
    init() {
        (resources, members, blocks, strips, types) = ([], [], [], [], [])
    }

    /// All declared pairs, by strip.
    var everything: SlotMap { SlotMap(strips.map(\.slots)) }

    /// The members that are this resource. Linked, because an answer tells the regions of many: a look at all members
    /// for each would be a look at 400 million pairs for 20,000 of them.
    func members(ofResource resource: Int) -> [Int] {
        var found: [Int] = []
        var next = resources[resource].lastMember
        while next >= 0 {
            found.append(next)
            next = members[next].sibling
        }
        return found
    }

    /// What stands for the pair in messages.
    func name(_ strip: Int, _ slot: Int) -> (metric: String, resource: ResourceID) {
        (strips[strip].form.declared.name, member(strip, slot).id)
    }

    /// The declared resource of a pair.
    func member(_ strip: Int, _ slot: Int) -> MonitoredResource {
        members[blocks[strips[strip].block].members[slot]].resource
    }
}

/// Some pairs: for each strip the slots.
struct SlotMap: Sendable, Equatable {
    private(set) var slots: [UInt64]

    init(_ slots: [UInt64]) { self.slots = slots }

    /// None of `count` strips.
    init(count: Int) { slots = [UInt64](repeating: 0, count: count) }

    /// Strips beyond the last are of destinations that fell behind since: none of their pairs is meant.
    subscript(_ strip: Int) -> UInt64 {
        get { strip < slots.count ? slots[strip] : 0 }
        set {
            if strip >= slots.count { slots += repeatElement(0, count: strip + 1 - slots.count) }
            slots[strip] = newValue
        }
    }

    var isEmpty: Bool { slots.allSatisfy { $0 == 0 } }
    var count: Int { slots.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ strip: Int, _ slot: Int) -> Bool { self[strip] & (1 << UInt64(slot)) != 0 }
    mutating func insert(_ strip: Int, _ slot: Int) { self[strip] |= 1 << UInt64(slot) }
    mutating func formUnion(_ other: SlotMap) { for strip in other.slots.indices { self[strip] |= other[strip] } }
    func intersection(_ other: SlotMap) -> SlotMap { SlotMap(slots.indices.map { slots[$0] & other[$0] }) }
    func subtracting(_ other: SlotMap) -> SlotMap { SlotMap(slots.indices.map { slots[$0] & ~other[$0] }) }
}
