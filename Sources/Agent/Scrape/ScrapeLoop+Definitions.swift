import AzureMonitor
import Declaration
import MetricModel
import Planning

/// One resource type of a schedule, and what Azure says about its metrics.
struct ScrapedType: Sendable {
    let key: DefinitionsCatalog.Key
    /// What has to be known before its pairs are planned.
    private(set) var wanted: [DefinitionsCatalog.Wanted] = []
    private var samples: [String: Int] = [:]
    /// Whether that was read, or at least tried.
    var isPrepared = false
    /// `nil` as long as nothing could be read.
    var known: KnownMetrics?

    init(key: DefinitionsCatalog.Key) { self.key = key }

    /// A few resources speak for the metric of a type.
    mutating func want(_ metricKey: String, of resource: ResourceID) {
        guard samples[metricKey, default: 0] < DefinitionsCatalog.maximumSamples else { return }
        samples[metricKey, default: 0] += 1
        wanted.append(.init(metric: metricKey, of: resource))
    }
}

/// What definitions mean for the pairs of a type.
extension ScrapeTable {
    /// At which grain a strip is read by what is known now, and what its metric offers; `nil` when nobody knows.
    func grain(of strip: Int) -> (choice: GrainChoice, offered: [TimeGrain]?) {
        let form = strips[strip].form
        let offered = types[blocks[strips[strip].block].type].known?.grains(of: form.metricKey)
        // What was read before a restart goes on as it was until Azure says otherwise.
        let fallback = offered == nil ? strips[strip].reading.descriptor.grain : form.declared.grain
        return (GrainChoice(declared: form.requestedGrain, offered: offered, fallback: fallback), offered)
    }

    /// Decides with whom a strip may be asked by what is known now: what is not listed would be refused together with
    /// everything that shares its call, and a metric for an aggregation that only a neighbour supports.
    mutating func chooseCompany(of strip: Int) {
        guard let known = types[blocks[strips[strip].block].type].known else { return }
        let metric = strips[strip].form.metricKey
        strips[strip].listed = known.aggregations(of: metric) ?? .all
        if !known.contains(metric) { strips[strip].company = .none }
    }
}

/// Reading what metrics offer before they are planned, and living with the answer.
extension ScrapeLoop {
    /// One cycle. Types whose definitions are not read yet are planned as soon as they are; nobody else waits for them.
    /// - Returns: What it did, and the pairs that should be asked again soon.
    func runCycle(of members: SlotMap?) async throws -> (report: CycleReport, unread: SlotMap) {
        try await prepare()
        await adoptNews()
        let members = members ?? table.everything
        // Which also brings the token that all questions need.
        if let error = await source.learnTime() { return withoutTime(members, error) }
        let open = table.types.indices.filter { type in
            !table.types[type].isPrepared && !pairs(of: type, among: members).isEmpty
        }
        if open.isEmpty { return try await runPart(of: members) }
        return try await runPreparing(open, members: members)
    }

    /// Nothing is planned, and nothing is skipped, by a system clock that may be wrong.
    private func withoutTime(_ members: SlotMap, _ error: AzureError) -> (report: CycleReport, unread: SlotMap) {
        var report = CycleReport(schedule: schedule.text, startedAt: source.now)
        report.pairCount = commonStrips.reduce(0) { $0 + members[$1].nonzeroBitCount }
        var round = ScrapeRound([], plannedAt: source.now, strips: table.strips.count)
        for strip in commonStrips where members[strip] != 0 {
            fail(
                strip, members[strip], error.description, cause: error.cause, isShared: error.isShared, round: &round,
                report: &report)
        }
        return (report, members)
    }

    private func pairs(of type: Int, among members: SlotMap) -> SlotMap {
        var pairs = members
        for strip in table.strips.indices where table.blocks[table.strips[strip].block].type != type {
            pairs[strip] = 0
        }
        return pairs
    }

    private func runPreparing(
        _ open: [Int], members: SlotMap
    ) async throws -> (report: CycleReport, unread: SlotMap) {
        let arrived = Lock<[Int]>([])
        let definitions = definitions
        return try await withThrowingTaskGroup(of: Void.self) { group in
            var ready = members
            for type in open {
                ready = ready.subtracting(pairs(of: type, among: members))
                let (key, wanted) = (table.types[type].key, table.types[type].wanted)
                group.addTask {
                    await definitions.prepare(key, for: wanted)
                    arrived.withLock { $0.append(type) }
                }
            }
            var cycle: (report: CycleReport, unread: SlotMap)?
            if !ready.isEmpty { cycle = try await runPart(of: ready) }
            while try await group.next() != nil {
                try Task.checkCancellation()
                // All that have arrived by now share one part, so that the first cycle is one as far as possible.
                let here = arrived.withLock { arrived in
                    defer { arrived = [] }
                    return arrived
                }
                if here.isEmpty { continue }
                for type in here { table.types[type].isPrepared = true }
                await adopt(here)
                var asked = SlotMap(count: table.strips.count)
                for type in here { asked.formUnion(pairs(of: type, among: members)) }
                var part = try await runPart(of: asked)
                await noticeFailures(of: here, read: asked.subtracting(part.unread), report: &part.report)
                if var sum = cycle {
                    sum.report = sum.report.joined(with: part.report)
                    sum.unread.formUnion(part.unread)
                    cycle = sum
                } else {
                    cycle = part
                }
            }
            return cycle
                ?? (CycleReport(schedule: schedule.text, startedAt: source.now), SlotMap(count: table.strips.count))
        }
    }

    /// Takes over what was read in the background since the last time.
    private func adoptNews() async {
        let generation = await definitions.generation
        guard generation != knownGeneration else { return }
        knownGeneration = generation
        await adopt(table.types.indices.filter { table.types[$0].isPrepared })
    }

    /// Chooses the grains of all pairs of these types by what is known now.
    private func adopt(_ indices: [Int]) async {
        for index in indices { table.types[index].known = await definitions.known(table.types[index].key) }
        let now = source.now
        let chosen = Set(indices)
        for strip in table.strips.indices where chosen.contains(table.blocks[table.strips[strip].block].type) {
            let (choice, offered) = table.grain(of: strip)
            read(strip, at: choice.grain, now: now)
            notice(choice, offered: offered ?? [], strip: strip)
            noticeSum(strip)
            table.chooseCompany(of: strip)
        }
    }

    /// Once a metric: what it is read at when that is not what was declared.
    private func notice(_ choice: GrainChoice, offered: [TimeGrain], strip: Int) {
        let form = table.strips[strip].form
        // What no metric offers was said when the file was read.
        guard choice.grain != form.declared.grain || choice.basis == .finest,
            saidGrains[form.declared.name, default: []].insert(choice.grain).inserted
        else { return }
        let metric = form.azureMetricName
        let message: String
        switch choice.basis {
        case .asDeclared: message = "the metric \(metric) is read at \(choice.grain), as declared"
        case .finest: message = "no interval is declared: \(choice.grain), the finest that \(metric) offers, is used"
        case .nearest:
            let list = offered.map(\.description).joined(separator: ", ")
            message = """
                the metric \(metric) does not offer \(form.requestedGrain ?? form.declared.grain): its nearest interval, \
                \(choice.grain), is used. It offers \(list); write `interval: \(choice.grain)` to mean that
                """
        }
        let slot = table.strips[strip].slots.trailingZeroBitCount
        pendingNotices.append(
            PairNotice(
                severity: choice.basis == .nearest ? .warning : .info, metric: form.declared.name,
                resource: table.name(strip, slot).resource, message: message, kind: .grain))
    }

    /// Once a metric and type: a sum of values that Azure does not add up unless asked. It stays one: what a series is must
    /// not hang on whether definitions can be read today (rule S1).
    private func noticeSum(_ strip: Int) {
        let form = table.strips[strip].form
        let type = table.types[table.blocks[table.strips[strip].block].type]
        guard let primary = type.known?.primaryAggregation(of: form.metricKey),
            form.declared.kind.isDoubtful(primaryAggregation: primary),
            saidSums.insert("\(form.declared.name) \(type.key.type)").inserted
        else { return }
        let slot = table.strips[strip].slots.trailingZeroBitCount
        pendingNotices.append(
            PairNotice(
                severity: .warning, metric: form.declared.name, resource: table.name(strip, slot).resource,
                message: DoubtfulSum.message(form.azureMetricName, primary: primary) + ". In the declaration "
                    + DoubtfulSum.fix(primary: primary), kind: .sum))
    }

    /// Once a type: definitions that could not be read although its values can. Whatever hits both is said already.
    private func noticeFailures(of indices: [Int], read: SlotMap, report: inout CycleReport) async {
        for index in indices {
            guard let error = await definitions.failure(of: table.types[index].key) else { continue }
            let pairs = pairs(of: index, among: read)
            guard let strip = table.strips.indices.first(where: { pairs[$0] != 0 }) else { continue }
            let name = table.name(strip, pairs[strip].trailingZeroBitCount)
            report.notices.append(
                PairNotice(
                    severity: .warning, metric: name.metric, resource: name.resource,
                    message: """
                        what \(table.types[index].key.type) offers could not be read, so intervals are used as declared \
                        until it can: \(error.explanation)
                        """, kind: .definitions))
        }
    }

    /// What to say besides Azure's refusal when the strip's metric is none that Azure lists for its type.
    func adviceOnName(of strip: Int) -> String {
        let form = table.strips[strip].form
        return table.types[table.blocks[table.strips[strip].block].type].known?
            .advice(on: form.azureMetricName, metric: form.declared.name) ?? ""
    }
}

extension KnownMetrics {
    /// What to do about the Azure metric `name`, declared as `metric`, when it is not listed: a sentence after a blank.
    func advice(on name: String, metric: String) -> String {
        guard !contains(name) else { return "" }
        let near = Suggestion.similar(to: name, among: names)
        guard !near.isEmpty else { return " `azimuth definitions \(metric)` lists what there is." }
        return " Did you mean " + near.map { "`\($0)`" }.joined(separator: " or ") + "?"
    }
}
