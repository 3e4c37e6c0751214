import AzureMonitor
import Declaration
import MetricModel
import Settlement

/// Where resources are, as far as Azure says it: lower-case regions by id. Nothing for what it does not know.
typealias RegionLookup = @Sendable ([ResourceID]) async -> [ResourceID: String]

/// What is declared, where it is in Azure, and where its ledgers are kept. Prepared once, before the first call.
actor Estate {
    /// A declared metric and what its pairs share.
    typealias Metric = (declared: DeclaredMetric, form: MetricForm)

    /// Those whose table was not made yet: their lists of resources are long.
    private var metrics: [Metric]
    private let lookUp: RegionLookup
    private let state: any ScrapeState
    private var catalog = LedgerCatalog([])
    private var metricIDs: [String: Int64] = [:]
    private var isPrepared = false
    private var catalogDamage: [String] = []

    init(_ metrics: [Metric], state: any ScrapeState, lookUp: @escaping RegionLookup) {
        self.metrics = metrics
        self.state = state
        self.lookUp = lookUp
    }

    /// Gives every member its place and every metric its number, as new or as it was before.
    /// - Parameters:
    ///   - now: Azure's now, for what is not declared any more; `nil` where it is not known: then all of it is kept until
    ///     the next start.
    ///   - keep: How long that is kept.
    func prepare(at now: Timestamp?, keep: Duration) async throws {
        guard !isPrepared else { return }
        catalog = LedgerCatalog(try await state.documents(LedgerCatalog.prefix))
        catalogDamage = catalog.damage
        let members = ScrapeTable.members(of: metrics.map(\.declared))
        let regions = await regions(of: members)
        var returned: [Int64] = []
        for metric in metrics {
            let name = metric.declared.descriptor.name
            let (id, hasReturned) = catalog.assign(metric: name)
            metricIDs[name] = id
            if hasReturned { returned.append(id) }
        }
        let identities = Set(members.map(\.identity))
        let gone = now.map { now in
            catalog.retire(
                exceptMetrics: Set(metricIDs.keys), members: identities, now: now.seconds,
                after: keep.wholeNanoseconds / 1_000_000_000)
        }
        for member in members {
            let region = regions[member.id]
            catalog.assign(
                member: member.identity,
                group: [member.id.subscriptionID.lowercased(), region ?? "", member.id.type.lowercased()]
                    .joined(separator: "/"), region: region)
        }
        var step = ScrapeStep()
        let views = 0...Int64(await state.destinations.count)
        func addresses(_ metrics: [Int64], views: some Sequence<Int64>) -> [LedgerAddress] {
            metrics.flatMap { metric in
                catalog.blockNumbers.flatMap { block in
                    views.map { LedgerAddress(view: $0, block: block, metric: metric) }
                }
            }
        }
        // A destination that was behind when a metric left may have come level since without it. What its own ledger says
        // of a metric that returns is not to be trusted then: it would be sent again what it has.
        step.deletedLedgers =
            addresses(gone?.metrics ?? [], views: views) + addresses(returned, views: views.dropFirst())
        let deleted = Set(step.deletedLedgers)
        step.ledgers = try await withoutPlaces(gone?.places ?? [], views: views).filter {
            !deleted.contains($0.address)
        }
        step.documents = catalog.takeChanges()
        // Without points there is always room.
        _ = try await state.keep(step)
        isPrepared = true
    }

    /// What is scraped by `schedule`, once; empty before ``prepare(at:keep:)``.
    func takeTable(for schedule: CronSchedule) -> ScrapeTable {
        defer { metrics.removeAll { $0.declared.schedule == schedule } }
        return ScrapeTable(
            metrics.filter { $0.declared.schedule == schedule }, metricIDs: metricIDs, places: catalog.places,
            regions: { catalog.region(of: $0) })
    }

    /// What could not be read of the stored catalog, once.
    func takeCatalogDamage() -> [String] {
        defer { catalogDamage = [] }
        return catalogDamage
    }

    /// What answers said about where members are.
    /// - Returns: What has to be stored with it.
    func learned(_ regions: [(region: String, member: MonitoredResource)]) -> [(name: String, bytes: [UInt8]?)] {
        for (region, member) in regions {
            catalog.assign(member: member.identity, group: "", region: region)
        }
        return catalog.takeChanges()
    }

    private func regions(of members: [MonitoredResource]) async -> [ResourceID: String] {
        var known: [ResourceID: String] = [:]
        var unknown: Set<ResourceID> = []
        for member in members {
            if let region = member.region ?? catalog.region(of: member.identity) {
                known[member.id] = region
            } else {
                unknown.insert(member.id)
            }
        }
        guard !unknown.isEmpty else { return known }
        // Azure's inventory has no parts of resources, such as the blob service of an account: they are where it is.
        let asked = Set(unknown.flatMap { [$0] + ($0.parent.map { [$0] } ?? []) })
        let found = await lookUp(asked.sorted { $0.canonical < $1.canonical })
        for id in unknown { known[id] = found[id] ?? id.parent.flatMap { found[$0] } }
        return known
    }

    /// The ledgers of all metrics that have a pair in one of these places, without it.
    private func withoutPlaces(
        _ places: [ScrapeTable.Place], views: ClosedRange<Int64>
    ) async throws -> [(address: LedgerAddress, bytes: [UInt8])] {
        var changed: [(address: LedgerAddress, bytes: [UInt8])] = []
        for (block, places) in Dictionary(grouping: places, by: \.block).sorted(by: { $0.key < $1.key }) {
            for (metric, view) in catalog.metricNumbers.flatMap({ metric in views.map { (metric, $0) } }) {
                let address = LedgerAddress(view: view, block: block, metric: metric)
                guard let bytes = try await state.ledger(address),
                    let remaining = Self.without(places.map(\.slot), bytes)
                else { continue }
                changed.append((address, remaining))
            }
        }
        return changed
    }

    private static func without(_ slots: [Int], _ bytes: [UInt8]) -> [UInt8]? {
        let anyTimes = SettlementTimes(SettlementRules(grain: .oneMinute, scheduleInterval: .seconds(60)))
        guard let stored = try? BlockLedger.read(bytes, times: anyTimes) else { return nil }
        var ledger = stored.ledger
        for slot in slots { ledger.end(slot) }
        let times = SettlementTimes(SettlementRules(grain: stored.grain, scheduleInterval: .seconds(60)))
        return ledger.bytes(times: times, form: stored.form)
    }
}
