import AzureMonitor
import Declaration
import MetricModel
import Planning

/// One resource type of a schedule, and what Azure says about its metrics.
struct ScrapedType: Sendable {
    let key: DefinitionsCatalog.Key
    /// What has to be known before its pairs are planned.
    fileprivate(set) var wanted: [DefinitionsCatalog.Wanted] = []
    /// Whether that was read, or at least tried.
    fileprivate(set) var isPrepared = false
    /// `nil` as long as nothing could be read.
    fileprivate(set) var known: KnownMetrics?

    /// The types of `pairs`, each once, and the position of each pair's.
    static func types(of pairs: [ScrapePair]) -> ([ScrapedType], [Int]) {
        var types: [ScrapedType] = []
        var positions: [DefinitionsCatalog.Key: Int] = [:]
        var resources: [DefinitionsCatalog.Wanted: Int] = [:]
        let ofPair = pairs.map { pair in
            let key = DefinitionsCatalog.Key(of: pair.resource.id)
            let position = positions[key] ?? types.count
            if position == types.count {
                positions[key] = position
                types.append(ScrapedType(key: key))
            }
            // A few resources speak for the metric of a type.
            let metric = DefinitionsCatalog.Wanted(metric: pair.metricKey, of: ResourceID(key.type))
            if resources[metric, default: 0] < DefinitionsCatalog.maximumSamples {
                resources[metric, default: 0] += 1
                types[position].wanted.append(.init(metric: pair.metricKey, of: pair.resource.id))
            }
            return position
        }
        return (types, ofPair)
    }
}

/// Reading what metrics offer before they are planned, and living with the answer.
extension ScrapeLoop {
    /// One cycle. Types whose definitions are not read yet are planned as soon as they are; nobody else waits for them.
    /// - Returns: What it did, and the members that should be asked again soon.
    func runCycle(of members: Set<Int>) async throws -> (report: CycleReport, unread: Set<Int>) {
        await adoptNews()
        if types.allSatisfy(\.isPrepared) { return try await runPart(of: members) }
        let unprepared = Dictionary(
            grouping: members.filter { !types[typeOfPair[$0]].isPrepared }, by: { typeOfPair[$0] })
        if unprepared.isEmpty { return try await runPart(of: members) }
        // Nothing is asked before the time is known, which also brings the token that all these questions need.
        await source.learnTime()
        return try await runPreparing(unprepared, ready: members.subtracting(unprepared.values.joined()))
    }

    private func runPreparing(
        _ unprepared: [Int: [Int]], ready: Set<Int>
    ) async throws -> (report: CycleReport, unread: Set<Int>) {
        let arrived = Lock<[Int]>([])
        let definitions = definitions
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for type in unprepared.keys {
                let (key, wanted) = (types[type].key, types[type].wanted)
                group.addTask {
                    await definitions.prepare(key, for: wanted)
                    arrived.withLock { $0.append(type) }
                }
            }
            var cycle: (report: CycleReport, unread: Set<Int>)?
            if !ready.isEmpty { cycle = try await runPart(of: ready) }
            while try await group.next() != nil {
                try Task.checkCancellation()
                // All that have arrived by now share one part, so that the first cycle is one as far as possible.
                let here = arrived.withLock { arrived in
                    defer { arrived = [] }
                    return arrived
                }
                if here.isEmpty { continue }
                for type in here { types[type].isPrepared = true }
                await adopt(here)
                let pairs = Set(here.flatMap { unprepared[$0] ?? [] })
                var part = try await runPart(of: pairs)
                await noticeFailures(of: here, read: pairs.subtracting(part.unread), report: &part.report)
                cycle = cycle.map { ($0.report.joined(with: part.report), $0.unread.union(part.unread)) } ?? part
            }
            return cycle ?? (CycleReport(schedule: schedule.text, startedAt: source.now), [])
        }
    }

    /// Takes over what was read in the background since the last time.
    private func adoptNews() async {
        let generation = await definitions.generation
        guard generation != knownGeneration else { return }
        knownGeneration = generation
        await adopt(types.indices.filter { types[$0].isPrepared })
    }

    /// Chooses the grains of all pairs of these types by what is known now.
    private func adopt(_ indices: [Int]) async {
        for index in indices { types[index].known = await definitions.known(types[index].key) }
        let now = source.now
        let chosen = Set(indices)
        for pair in pairs.indices where chosen.contains(typeOfPair[pair]) {
            let form = pairs[pair].form
            let offered = types[typeOfPair[pair]].known?.grains(of: pairs[pair].metricKey)
            let choice = GrainChoice(
                declared: form.requestedGrain, offered: offered, fallback: form.declared.grain)
            pairs[pair].read(at: choice.grain, now: now)
            notice(choice, offered: offered ?? [], pair: pair)
        }
    }

    /// Once a metric: what it is read at when that is not what was declared.
    private func notice(_ choice: GrainChoice, offered: [TimeGrain], pair: Int) {
        let form = pairs[pair].form
        // What no metric offers was said when the file was read.
        guard choice.grain != form.declared.grain || choice.basis == .finest,
            saidGrains[form.declared.name, default: []].insert(choice.grain).inserted
        else { return }
        let metric = pairs[pair].azureMetricName
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
        pendingNotices.append(
            PairNotice(
                severity: choice.basis == .nearest ? .warning : .info, metric: form.declared.name,
                resource: pairs[pair].resource.id, message: message, kind: .grain))
    }

    /// Once a type: definitions that could not be read although its values can. Whatever hits both is said already.
    private func noticeFailures(of indices: [Int], read: Set<Int>, report: inout CycleReport) async {
        for index in indices {
            guard let error = await definitions.failure(of: types[index].key),
                let pair = read.filter({ typeOfPair[$0] == index }).min()
            else { continue }
            report.notices.append(
                PairNotice(
                    severity: .warning, metric: pairs[pair].metric.name, resource: pairs[pair].resource.id,
                    message: """
                        what \(types[index].key.type) offers could not be read, so intervals are used as declared until it \
                        can: \(error.explanation)
                        """, kind: .definitions))
        }
    }

    /// What to say besides Azure's refusal when the pair's metric is none that Azure lists for its type.
    func adviceOnName(of pair: Int) -> String {
        types[typeOfPair[pair]].known?.advice(on: pairs[pair].azureMetricName, metric: pairs[pair].metric.name) ?? ""
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
