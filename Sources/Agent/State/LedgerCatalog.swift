import MetricModel
import Settlement

/// Which ledger is where: the store's numbers of metrics, and the block and slot of each member. Assigned once and kept;
/// what leaves the declaration is dormant for a while, then its place is given to others (rules L3, T12).
struct LedgerCatalog: Sendable {
    /// One metric or member.
    struct Entry: Sendable, Equatable {
        var name: String
        /// In seconds since 1970, when it was no longer declared; `nil` while it is.
        var goneSince: Int64?
        /// Of a member: its region, once known.
        var region: String?
    }

    private struct Block: Sendable {
        /// What its members have in common: subscription, region and type.
        var group: String
        var slots: [Entry?]
    }

    private var metrics: [Int64: Entry] = [:]
    private var metricIDs: [String: Int64] = [:]
    private var blocks: [Int64: Block] = [:]
    private(set) var places: [String: ScrapeTable.Place] = [:]
    private var openBlocks: [String: [Int64]] = [:]
    private var nextBlock: Int64 = 1
    private var changedBlocks: Set<Int64> = []
    private var isMetricListChanged = false
    /// By canonical id.
    private var regions: [String: String] = [:]
    /// The highest number that was stored, also in a line that cannot be read: whose ledgers those are nobody knows, so
    /// nobody inherits them.
    private var usedMetric: Int64 = 0
    /// What could not be read, each in a few words.
    private(set) var damage: [String] = []

    static let prefix = "catalog/"

    /// The catalog that `documents` describe. What cannot be read of them is named in ``damage``; the numbers and places
    /// there are given to nobody else, who would take up another one's ledgers.
    init(_ documents: [(name: String, bytes: [UInt8])]) {
        for document in documents {
            let lines = document.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self)[...] }
            let name = document.name.dropFirst(Self.prefix.count)
            if name == "metrics" {
                readMetrics(lines)
            } else if name.hasPrefix("block/") {
                readBlock(Self.number(name.dropFirst("block/".count)), lines)
            }
        }
        for (id, block) in blocks {
            for (slot, entry) in block.slots.enumerated() {
                guard let entry else { continue }
                places[entry.name] = ScrapeTable.Place(block: id, slot: slot)
                note(entry.region, of: entry.name)
            }
            if block.slots.contains(nil) { openBlocks[block.group, default: []].append(id) }
        }
        for group in openBlocks.keys { openBlocks[group]?.sort() }
    }

    /// Far more than are ever given, and room for more behind it.
    private static func number(_ text: Substring) -> Int64? {
        Int64(text).flatMap { (0..<1 << 40).contains($0) ? $0 : nil }
    }

    private mutating func readMetrics(_ lines: [Substring]) {
        var hasLostNumber = false
        for line in lines where !line.isEmpty {
            let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            guard let id = Self.number(fields[0]), fields.count == 2 else {
                damage.append("the metric in the line `\(Entry.escaped(line))`")
                hasLostNumber = true
                continue
            }
            if let entry = Entry(fields[1]) {
                metrics[id] = entry
                metricIDs[entry.name] = id
            } else {
                damage.append("the metric with the number \(id)")
            }
            usedMetric = max(usedMetric, id)
        }
        // Beyond all that there ever were.
        if hasLostNumber { usedMetric += 1_000_000 }
    }

    private mutating func readBlock(_ id: Int64?, _ lines: [Substring]) {
        guard let id, let group = lines.first, lines.count > 1 else {
            damage.append("a block of up to 50 resources")
            nextBlock = max(nextBlock, (id ?? 0) + 1)
            return
        }
        var block = Block(group: Entry.unescaped(group), slots: [])
        for line in lines.dropFirst() {
            let entry = Entry(line)
            if entry == nil, !line.isEmpty {
                damage.append("the resource in the line `\(Entry.escaped(line))`")
                // Its place is not free: it leaves as what is not declared does.
                block.slots.append(Entry(name: String(line)))
            } else {
                block.slots.append(entry)
            }
        }
        block.slots += [Entry?](repeating: nil, count: max(0, BlockLedger.slotCount - block.slots.count))
        blocks[id] = block
        nextBlock = max(nextBlock, id + 1)
    }

    /// The region of a member, as far as it was known before.
    func region(of identity: String) -> String? {
        places[identity].flatMap { blocks[$0.block]?.slots[$0.slot]?.region }
    }

    /// A metric's number, and whether it returns after it was gone.
    mutating func assign(metric name: String) -> (id: Int64, hasReturned: Bool) {
        if let id = metricIDs[name] {
            let hasReturned = metrics[id]?.goneSince != nil
            if hasReturned {
                metrics[id]?.goneSince = nil
                isMetricListChanged = true
            }
            return (id, hasReturned)
        }
        let id = max(metrics.keys.max() ?? 0, usedMetric) + 1
        metrics[id] = Entry(name: name)
        metricIDs[name] = id
        isMetricListChanged = true
        return (id, false)
    }

    /// Gives the member a place, unless it has one: beside others of its group.
    mutating func assign(member identity: String, group: String, region: String?) {
        note(region, of: identity)
        if let place = places[identity] {
            guard let entry = blocks[place.block]?.slots[place.slot] else { return }
            let now = Entry(name: identity, goneSince: nil, region: region ?? entry.region)
            guard now != entry else { return }
            blocks[place.block]?.slots[place.slot] = now
            changedBlocks.insert(place.block)
            return
        }
        let id = openBlocks[group]?.first ?? newBlock(group)
        guard let slot = blocks[id]?.slots.firstIndex(of: nil) else { return }
        blocks[id]?.slots[slot] = Entry(name: identity, region: region)
        places[identity] = ScrapeTable.Place(block: id, slot: slot)
        changedBlocks.insert(id)
        if blocks[id]?.slots.contains(nil) == false { openBlocks[group]?.removeFirst() }
    }

    private mutating func note(_ region: String?, of identity: String) {
        guard let region else { return }
        let end = identity.utf8.firstIndex(of: UInt8(ascii: "|"))
        regions[end.map { String(identity[..<$0]) } ?? identity] = region
    }

    private mutating func newBlock(_ group: String) -> Int64 {
        let id = nextBlock
        nextBlock += 1
        blocks[id] = Block(group: group, slots: [Entry?](repeating: nil, count: BlockLedger.slotCount))
        openBlocks[group, default: []].append(id)
        return id
    }

    /// What is not declared any more is dormant from `now` on, and forgotten when it has been for `time` seconds.
    /// - Returns: The ledgers that go with it: whole metrics, and single places.
    mutating func retire(
        exceptMetrics declaredMetrics: Set<String>, members declaredMembers: Set<String>, now: Int64, after time: Int64
    ) -> (metrics: [Int64], places: [ScrapeTable.Place]) {
        var goneMetrics: [Int64] = []
        for (id, entry) in metrics where !declaredMetrics.contains(entry.name) {
            if let since = entry.goneSince {
                guard now - since >= time else { continue }
                metrics[id] = nil
                metricIDs[entry.name] = nil
                goneMetrics.append(id)
            } else {
                metrics[id]?.goneSince = now
            }
            isMetricListChanged = true
        }
        var gonePlaces: [ScrapeTable.Place] = []
        for (identity, place) in places where !declaredMembers.contains(identity) {
            if let since = blocks[place.block]?.slots[place.slot]?.goneSince {
                guard now - since >= time else { continue }
                blocks[place.block]?.slots[place.slot] = nil
                places[identity] = nil
                gonePlaces.append(place)
                if let group = blocks[place.block]?.group, openBlocks[group]?.contains(place.block) != true {
                    openBlocks[group, default: []].append(place.block)
                }
            } else {
                blocks[place.block]?.slots[place.slot]?.goneSince = now
            }
            changedBlocks.insert(place.block)
        }
        return (goneMetrics.sorted(), gonePlaces)
    }

    /// All metrics that have ledgers in the store, dormant ones as well.
    var metricNumbers: [Int64] { metrics.keys.sorted() }

    /// All blocks that have ledgers in the store.
    var blockNumbers: [Int64] { blocks.keys.sorted() }

    /// Where a resource is, as far as any member of it tells.
    func region(of id: ResourceID) -> String? { regions[id.canonical] }

    /// What changed since the last time, as it is stored.
    mutating func takeChanges() -> [(name: String, bytes: [UInt8]?)] {
        defer {
            changedBlocks = []
            isMetricListChanged = false
        }
        var documents: [(name: String, bytes: [UInt8]?)] = changedBlocks.sorted().map { id in
            let lines = [Entry.escaped(blocks[id]?.group ?? "")] + (blocks[id]?.slots ?? []).map { $0?.line ?? "" }
            return (Self.prefix + "block/\(id)", Array(lines.joined(separator: "\n").utf8))
        }
        if isMetricListChanged {
            let lines = metrics.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.line)" }
            documents.append((Self.prefix + "metrics", Array(lines.joined(separator: "\n").utf8)))
        }
        return documents
    }
}

extension LedgerCatalog.Entry {
    /// Stands before the letter of a control character. No name has one, so what was stored without is read as it was.
    private static let escape: Unicode.Scalar = "\u{1b}"
    private static let letters: [(control: Unicode.Scalar, letter: Unicode.Scalar)] = [
        ("\t", "t"), ("\n", "n"), ("\r", "r"), (escape, "e"),
    ]

    /// `text` without what ends a field or a line.
    fileprivate static func escaped(_ text: some StringProtocol) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let pair = letters.first(where: { $0.control == scalar }) {
                escaped.append(escape)
                escaped.append(pair.letter)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    fileprivate static func unescaped(_ text: some StringProtocol) -> String {
        var plain = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                plain.append(letters.first { $0.letter == scalar }?.control ?? scalar)
                isEscaped = false
            } else if scalar == escape {
                isEscaped = true
            } else {
                plain.append(scalar)
            }
        }
        return String(plain)
    }

    /// `name`, when it left, and where it is, tab-separated.
    fileprivate var line: String {
        "\(Self.escaped(name))\t\(goneSince.map(String.init) ?? "")\t\(Self.escaped(region ?? ""))"
    }

    /// `nil` when it cannot be read.
    fileprivate init?(_ line: Substring) {
        var fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        let region = fields.count > 2 ? fields.removeLast() : ""
        let gone = fields.count > 1 ? fields.removeLast() : ""
        // Names were once stored with the tabs that they had.
        let name = Self.unescaped(fields.joined(separator: "\t"))
        let goneSince = Int64(gone)
        guard !name.isEmpty, goneSince != nil || gone.isEmpty else { return nil }
        self.init(name: name, goneSince: goneSince, region: region.isEmpty ? nil : Self.unescaped(region))
    }

    fileprivate init(name: String, region: String? = nil) {
        self.init(name: name, goneSince: nil, region: region)
    }
}
