import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import Planning

/// How many calls a declaration takes, found out by the very code that the agent plans by.
public struct CallPlan: Sendable {
    private let configuration: AgentConfiguration
    private let access: AzureAccess

    /// The plan of what `access` declares.
    public init(_ access: AzureAccess) {
        self.access = access
        configuration = AgentConfiguration(
            declaration: access.declaration, collection: access.collection, environment: access.environment,
            credential: access.credential, destinations: [], batching: access.batching)
    }

    /// Asks nobody. Resources whose region is not declared count as one region for each subscription and type, and
    /// metrics as offering the grain that is declared and every aggregation.
    /// - Parameter now: The month begins here.
    public func offline(at now: Timestamp) async throws -> PlanReport {
        let asked = Lock(0)
        let tables = try await tables(at: now) { ids in
            asked.withLock { $0 = ids.count }
            return Dictionary(ids.map { ($0, PlanReport.unknownRegion) }) { first, _ in first }
        }
        var notes: [String] = []
        let unknown = Set(tables.flatMap(\.table.resources).filter { $0.region == PlanReport.unknownRegion }.map(\.id))
        if !unknown.isEmpty {
            let count = unknown.count == 1 ? "1 resource is" : "\(unknown.count) resources are"
            notes.append(
                """
                Nobody said where \(count): each subscription and type counts as one region, which is the fewest calls \
                there can be. --online asks Azure Resource Graph.
                """)
        }
        notes.append(
            """
            Intervals are taken as declared, and every aggregation as supported by every metric, which is the fewest calls; \
            --online asks Azure what each metric offers.
            """)
        return report(tables, at: now, resourcesLookedUp: asked.withLock { $0 }, notes: notes)
    }

    /// Asks Azure where resources are and what their metrics offer, as the agent does when it starts.
    /// - Returns: The plan, and what could not be read, each trouble once: then it is of what is known.
    public func online(
        _ http: any HTTPClient, clock: any AgentClock
    ) async throws -> (report: PlanReport, failures: [String]) {
        let (client, azureTime) = access.client(http, clock: clock)
        await client.learnTime()
        let now = azureTime.now
        let asked = Lock(0)
        let failures = Lock<[String]>([])
        var tables = try await tables(at: now) { ids in
            asked.withLock { $0 = ids.count }
            return await client.regions(of: ids) { error in failures.withLock { $0.append(error.explanation) } }
        }
        let definitions = DefinitionsCatalog(
            clock: clock, limiter: CallLimiter(limit: CallConcurrency.limit), client: client)
        for index in tables.indices {
            for type in tables[index].table.types.indices {
                let (key, wanted) = (tables[index].table.types[type].key, tables[index].table.types[type].wanted)
                await definitions.prepare(key, for: wanted)
                try Task.checkCancellation()
                tables[index].table.types[type].known = await definitions.known(key)
                if index == 0, let error = await definitions.failure(of: key) {
                    failures.withLock { $0.append(error.explanation) }
                }
            }
            tables[index].table.adoptDefinitions()
        }
        var seen: Set<String> = []
        let distinct = failures.withLock { $0 }.filter { seen.insert($0).inserted }
        let notes =
            distinct.isEmpty
            ? []
            : [
                """
                Azure did not tell all of it: where a region or what a metric offers is not known, the declaration counts, \
                and the agent's calls will be others.
                """
            ]
        return (report(tables, at: now, resourcesLookedUp: asked.withLock { $0 }, notes: notes), distinct)
    }

    /// What is declared but not counted.
    private var leftOut: [String] {
        let metrics = access.declaration.unsupported
        guard !metrics.isEmpty else { return [] }
        let named = metrics.prefix(5).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
        return ["Not counted: \(named)\(metrics.count > 5 ? " and \(metrics.count - 5) more" : "")."]
    }

    /// What each schedule scrapes, as the agent would have it without a state.
    private func tables(
        at now: Timestamp, lookUp: @escaping RegionLookup
    ) async throws -> [(schedule: CronSchedule, table: ScrapeTable)] {
        let estate = Estate(configuration.metrics(at: now), state: NoState(), lookUp: lookUp)
        try await estate.prepare(at: now, keep: configuration.dormancy)
        var tables: [(schedule: CronSchedule, table: ScrapeTable)] = []
        for schedule in configuration.schedules { tables.append((schedule, await estate.takeTable(for: schedule))) }
        return tables
    }

    private func report(
        _ tables: [(schedule: CronSchedule, table: ScrapeTable)], at now: Timestamp, resourcesLookedUp: Int,
        notes: [String]
    ) -> PlanReport {
        let schedules = tables.map { schedule, table in
            SteadyMonth(schedule, table: table, batching: configuration.batching).planned(from: now)
        }
        let types = Set(tables.flatMap { $0.table.types.map(\.key) })
        let graphQueries = (resourcesLookedUp + 999) / 1000
        let hasBatches = schedules.contains { $0.cycles.contains { $0.calls.contains { $0.feed.route == .batch } } }
        var audiences: Set<String> = [access.environment.audience]
        if graphQueries > 0 { audiences.insert(access.environment.resourceGraph.audience) }
        if hasBatches { audiences.insert(access.environment.batchMetricsAudience) }
        return PlanReport(
            schedules, batchSize: configuration.batching.isEnabled ? configuration.batching.maximumResources : nil,
            besides: PlanReport.Besides(
                tokens: audiences.count, definitionsPerDay: types.count, graphQueriesPerStart: graphQueries),
            notes: leftOut + notes)
    }
}

extension ScrapeTable {
    /// Reads every strip at the grain that its type offers, as far as that is known.
    fileprivate mutating func adoptDefinitions() {
        for strip in strips.indices {
            strips[strip].reading = strips[strip].form.reading(at: grain(of: strip).choice.grain)
            chooseCompany(of: strip)
        }
    }
}

/// Nothing is kept, and nothing was.
private struct NoState: ScrapeState {
    var destinations: [String] { [] }
    var resumesFrom: Timestamp? { nil }
    func planning(at now: Timestamp) -> Timestamp? { nil }

    func keep(_ step: ScrapeStep) -> StepOutcome { .kept }
    func withoutRoom(_ destinations: [String]) -> [String] { [] }
    func ledger(_ address: LedgerAddress) -> [UInt8]? { nil }
    func documents(_ prefix: String) -> [(name: String, bytes: [UInt8])] { [] }
    func settled(until time: Timestamp?, schedule: String) {}
}
