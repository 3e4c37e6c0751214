import MetricModel
import Settlement
import Testing

@testable import Agent

/// Which ledger is where, over restarts.
@Suite struct LedgerCatalogTests {
    private static let day: Int64 = 86_400

    /// The catalog as it comes back after a restart.
    private func restarted(_ catalog: inout LedgerCatalog, _ stored: inout [String: [UInt8]]) {
        for (name, bytes) in catalog.takeChanges() { stored[name] = bytes }
        catalog = LedgerCatalog(stored.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private func places(_ catalog: LedgerCatalog, _ names: [String]) -> [String] {
        names.map { name in catalog.places[name].map { "\($0.block).\($0.slot)" } ?? "-" }
    }

    @Test("fifty of a group share a block, and all stay where they are over restarts")
    func places() {
        var catalog = LedgerCatalog([])
        var stored: [String: [UInt8]] = [:]
        let names = (0..<120).map { "/r\($0)" }
        for (index, name) in names.enumerated() {
            catalog.assign(member: name, group: index % 2 == 0 ? "s/west/a" : "s/north/a", region: nil)
        }
        let before = places(catalog, names)
        #expect(before[0] == "1.0" && before[1] == "2.0" && before[98] == "1.49" && before[100] == "3.0")
        restarted(&catalog, &stored)
        #expect(places(catalog, names) == before)
        // Other ones come in front of them; the old ones are named in another order.
        for name in ["/new"] + names.reversed() { catalog.assign(member: name, group: "s/west/a", region: nil) }
        #expect(places(catalog, names) == before)
        #expect(places(catalog, ["/new"]) == ["3.10"])
        #expect(catalog.takeChanges().map(\.name) == ["catalog/block/3"], "only what changed is stored again")
        #expect(catalog.takeChanges().isEmpty)
    }

    @Test("metrics keep their numbers, and one that was gone for a while is known to return")
    func metrics() {
        var catalog = LedgerCatalog([])
        var stored: [String: [UInt8]] = [:]
        #expect(catalog.assign(metric: "a") == (1, false) && catalog.assign(metric: "b") == (2, false))
        restarted(&catalog, &stored)
        #expect(catalog.assign(metric: "b") == (2, false))
        let gone = catalog.retire(exceptMetrics: ["b"], members: [], now: 1000, after: Self.day)
        #expect(gone.metrics.isEmpty && gone.places.isEmpty)
        restarted(&catalog, &stored)
        #expect(catalog.assign(metric: "a") == (1, true))
        restarted(&catalog, &stored)
        #expect(catalog.assign(metric: "a") == (1, false), "it has returned already")
    }

    @Test("what is dormant for long enough is forgotten, and its place is given to the next of its group")
    func dormant() {
        var catalog = LedgerCatalog([])
        var stored: [String: [UInt8]] = [:]
        let names = (0..<50).map { "/r\($0)" }
        for name in names { catalog.assign(member: name, group: "g", region: nil) }
        _ = catalog.assign(metric: "m")
        let left = Set(names).subtracting(["/r7", "/r9"])
        func retire(_ members: Set<String>, at now: Int64) -> (metrics: [Int64], places: [ScrapeTable.Place]) {
            let gone = catalog.retire(exceptMetrics: ["m"], members: members, now: now, after: Self.day)
            restarted(&catalog, &stored)
            return gone
        }
        #expect(retire(left, at: 1000).places.isEmpty)
        // Not before it is forgotten does anybody else get its place.
        catalog.assign(member: "/x", group: "g", region: nil)
        #expect(places(catalog, ["/x", "/r7", "/r9"]) == ["2.0", "1.7", "1.9"])
        // One of them returns in time.
        catalog.assign(member: "/r9", group: "g", region: nil)
        #expect(retire(left.union(["/r9", "/x"]), at: 1000 + Self.day - 1).places.isEmpty)
        let gone = retire(left.union(["/r9", "/x"]), at: 1000 + Self.day)
        #expect(gone.places == [ScrapeTable.Place(block: 1, slot: 7)])
        #expect(places(catalog, ["/r7", "/r9"]) == ["-", "1.9"])
        catalog.assign(member: "/y", group: "g", region: nil)
        catalog.assign(member: "/z", group: "g", region: nil)
        #expect(places(catalog, ["/y", "/z"]) == ["1.7", "2.1"], "holes are filled first")
        #expect(retire(left.union(["/r9", "/x", "/y", "/z"]), at: 1000 + 9 * Self.day).places.isEmpty)
    }

    @Test("a metric that is gone for long enough is forgotten with all its ledgers")
    func forgottenMetric() {
        var catalog = LedgerCatalog([])
        _ = catalog.assign(metric: "a")
        _ = catalog.assign(metric: "b")
        _ = catalog.retire(exceptMetrics: ["b"], members: [], now: 0, after: Self.day)
        #expect(catalog.retire(exceptMetrics: ["b"], members: [], now: Self.day, after: Self.day).metrics == [1])
        #expect(catalog.metricNumbers == [2])
        #expect(catalog.assign(metric: "a") == (3, false))
    }

    @Test("the region of one member is that of its resource, and is remembered")
    func regions() {
        var catalog = LedgerCatalog([])
        var stored: [String: [UInt8]] = [:]
        let id = ResourceID("/subscriptions/S/resourceGroups/g/providers/A.B/c/VM")
        let names = [id.canonical, id.canonical + "|queue=orders"]
        for name in names { catalog.assign(member: name, group: "g", region: nil) }
        #expect(catalog.region(of: id) == nil)
        _ = catalog.takeChanges()
        catalog.assign(member: names[1], group: "", region: "westeurope")
        #expect(catalog.takeChanges().count == 1 && catalog.region(of: id) == "westeurope")
        for name in names { catalog.assign(member: name, group: "g", region: "westeurope") }
        restarted(&catalog, &stored)
        #expect(catalog.region(of: id) == "westeurope" && catalog.region(of: names[0]) == "westeurope")
        catalog.assign(member: names[0], group: "g", region: nil)
        #expect(catalog.region(of: names[0]) == "westeurope", "what nobody knows just now was known before")
    }

    @Test("what cannot be read is said, and its number and place are given to nobody else")
    func damaged() {
        var catalog = LedgerCatalog([
            ("catalog/metrics", Array("x\ty\n\n7\tm\t\t\n9\t\t\t\n8\tk\tsoon\t".utf8)),
            ("catalog/block/abc", [1, 2, 3]),
            ("catalog/block/4", []), ("catalog/other", []), ("catalog/metrics/", [0xff]),
            ("catalog/block/6", Array("g\n/a\t\t\n/b\tx\t\n\n\t\t".utf8)),
        ])
        #expect(catalog.damage.count == 7, "\(catalog.damage)")
        #expect(
            LedgerCatalog([
                ("catalog/block/\(Int64.max)", [10]), ("catalog/metrics", Array("\(Int64.max)\tm\t\t".utf8)),
            ]).damage.count == 2)
        #expect(catalog.assign(metric: "m") == (7, false))
        #expect(catalog.assign(metric: "new") == (1_000_010, false))
        for name in ["/b", "/r", "/s"] { catalog.assign(member: name, group: "g", region: nil) }
        #expect(places(catalog, ["/a", "/b", "/r", "/s"]) == ["6.0", "6.2", "6.4", "6.5"])
        catalog.assign(member: "/t", group: "other", region: nil)
        #expect(places(catalog, ["/t"]) == ["7.0"])
    }

    @Test("names with tabs and line breaks come back as they were", arguments: ["\t", "\n", "\r\n", "\u{1b}t", "\\t"])
    func controlCharacters(mark: String) {
        var catalog = LedgerCatalog([])
        var stored: [String: [UInt8]] = [:]
        let names = ["a\(mark)b", "\(mark)a", "a\(mark)"]
        for (number, name) in names.enumerated() {
            #expect(catalog.assign(metric: name) == (Int64(number + 1), false))
            catalog.assign(member: name, group: "g\(mark)", region: "r\(mark)")
        }
        let before = places(catalog, names)
        restarted(&catalog, &stored)
        for (number, name) in names.enumerated() { #expect(catalog.assign(metric: name) == (Int64(number + 1), false)) }
        #expect(places(catalog, names) == before && catalog.damage.isEmpty)
        #expect(catalog.region(of: names[0]) == "r\(mark)")
        catalog.assign(member: "new", group: "g\(mark)", region: nil)
        #expect(places(catalog, ["new"]) == ["1.3"], "its group is known as well")
    }

    @Test("what was stored before names were escaped is read, also names with tabs")
    func unescaped() {
        var catalog = LedgerCatalog([("catalog/metrics", Array("1\ta\tb\t\t\n2\tc\\t\t5\t".utf8))])
        #expect(catalog.damage.isEmpty)
        #expect(catalog.assign(metric: "a\tb") == (1, false))
        #expect(catalog.assign(metric: "c\\t") == (2, true))
    }
}
