import AzureMonitor
import Declaration
import MetricModel
import Planning

/// What a declaration asks for, held against what its resources offer. Pure: no I/O.
struct OnlineComparison {
    private let declaration: MetricsDeclaration
    private let sumsAs: SumForm
    private var offers: [ResourceID: MetricDefinitions] = [:]
    private var refusals: [ResourceID: AzureError] = [:]
    /// Why Azure could not be asked at all.
    private(set) var outage: AzureError?

    init(_ declaration: MetricsDeclaration, sumsAs: SumForm) {
        self.declaration = declaration
        self.sumsAs = sumsAs
    }

    /// Takes over what Azure said about `resource`.
    mutating func add(_ answer: Result<MetricDefinitions, AzureError>, of resource: ResourceID) {
        switch answer {
        case .success(let definitions): offers[resource] = definitions
        case .failure(let error) where error.isOutage: outage = outage ?? error
        case .failure(let error): refusals[resource] = error
        }
    }

    /// Everything that does not fit, in the order of the declaration.
    /// - Parameter resourceCount: How many there are, asked or not.
    func findings(resourceCount: Int) -> [OnlineFinding] {
        var findings: [OnlineFinding] = []
        if let outage {
            let message = "Azure cannot be asked: " + outage.circumstances
            findings.append(
                OnlineFinding(
                    severity: .error, mark: nil, isAboutIdentity: outage.code == .unauthenticated, message: message,
                    fix: outage.remedy))
        }
        let unchecked = resourceCount - offers.count - refusals.count
        if unchecked > 0 {
            findings.append(
                OnlineFinding(
                    severity: .warning, mark: nil,
                    message: "\(unchecked) of \(resourceCount) resources were not checked",
                    fix: outage == nil
                        ? "at most \(OnlineCheck.maximumResources) are, because Azure limits such questions" : nil))
        }
        for metric in declaration.metrics { findings += self.findings(metric) }
        return findings
    }

    private func findings(_ metric: DeclaredMetric) -> [OnlineFinding] {
        var findings = refused(metric)
        var offering: [(resource: DeclaredResource, definition: MetricDefinition)] = []
        var lacking: [DeclaredResource] = []
        for resource in metric.resources {
            guard let offer = offers[resource.resource.id] else { continue }
            if let definition = offer.metric(named: metric.azureMetricName) {
                offering.append((resource, definition))
            } else {
                lacking.append(resource)
            }
        }
        if let first = lacking.first {
            let names = offers[first.resource.id]?.metrics.map(\.name) ?? []
            findings.append(
                OnlineFinding(
                    severity: .error, mark: metric.places.metricName,
                    message: "`\(metric.azureMetricName)` is no metric of \(words(lacking.map(\.resource.id.name)))",
                    fix: Self.advice(on: metric.azureMetricName, among: names)))
        }
        findings += aggregation(metric, offering.map(\.definition))
        findings += sum(metric, offering.map(\.definition))
        findings += grain(metric, offering.map(\.definition))
        for (resource, definition) in offering { findings += dimensions(metric, resource, definition) }
        var seen: Set<OnlineFinding> = []
        return findings.filter { seen.insert($0).inserted }
    }

    /// Resources that are not there, or not to be seen.
    private func refused(_ metric: DeclaredMetric) -> [OnlineFinding] {
        metric.resources.compactMap { resource in
            refusals[resource.resource.id].map { error in
                OnlineFinding(
                    severity: .error, mark: resource.location, message: error.circumstances, fix: error.remedy)
            }
        }
    }

    private func aggregation(_ metric: DeclaredMetric, _ definitions: [MetricDefinition]) -> [OnlineFinding] {
        let wanted = metric.descriptor.aggregation
        let lacking = definitions.first {
            !$0.supportedAggregations.isEmpty && !$0.supportedAggregations.contains(wanted)
        }
        guard let lacking else { return [] }
        let names = lacking.supportedAggregations.map(\.declaredName)
        return [
            OnlineFinding(
                severity: .error, mark: metric.places.aggregation,
                message: "`\(lacking.name)` does not offer the aggregation `\(wanted.declaredName)`",
                fix: "write one of " + Self.alternatives(names))
        ]
    }

    private func sum(_ metric: DeclaredMetric, _ definitions: [MetricDefinition]) -> [OnlineFinding] {
        let kind = sumsAs.kind(of: metric.descriptor.aggregation, isMonotonic: metric.isMonotonic)
        for definition in definitions {
            guard let primary = definition.primaryAggregation, kind.isDoubtful(primaryAggregation: primary) else {
                continue
            }
            return [
                OnlineFinding(
                    severity: .warning, mark: metric.places.aggregation,
                    message: DoubtfulSum.message(definition.name, primary: primary),
                    fix: DoubtfulSum.fix(primary: primary))
            ]
        }
        return []
    }

    private func grain(_ metric: DeclaredMetric, _ definitions: [MetricDefinition]) -> [OnlineFinding] {
        for definition in definitions {
            let choice = GrainChoice(
                declared: metric.requestedGrain, offered: definition.grains, fallback: metric.descriptor.grain)
            guard choice.basis == .nearest, choice.grain != metric.descriptor.grain else { continue }
            let offered = definition.grains.map(\.description)
            return [
                OnlineFinding(
                    severity: .warning, mark: metric.places.interval ?? metric.places.metricName,
                    message: """
                        `\(definition.name)` does not offer the interval \(metric.requestedGrain ?? choice.grain): its \
                        nearest, \(choice.grain), is used
                        """,
                    fix: "write `interval: \(choice.grain)`"
                        + (offered.count > 1 ? "; it offers \(offered.joined(separator: ", "))" : ""))
            ]
        }
        return []
    }

    private func dimensions(
        _ metric: DeclaredMetric, _ resource: DeclaredResource, _ definition: MetricDefinition
    ) -> [OnlineFinding] {
        let known = Set(definition.dimensions.map { $0.lowercased() })
        let asked = resource.dimensions + (resource.filter?.conditions.map(\.name) ?? [])
        var seen: Set<String> = []
        return asked.filter { seen.insert($0.lowercased()).inserted && !known.contains($0.lowercased()) }.map { name in
            let fix =
                known.isEmpty
                ? "remove it: the metric has no dimensions" : Self.advice(on: name, among: definition.dimensions)
            return OnlineFinding(
                severity: .error, mark: metric.places.dimensions[name] ?? resource.location,
                message: "`\(definition.name)` has no dimension `\(name)`", fix: fix)
        }
    }

    /// "did you mean …?", or what there is.
    private static func advice(on name: String, among known: [String]) -> String {
        let near = Suggestion.similar(to: name, among: known)
        if !near.isEmpty { return "did you mean " + near.map { "`\($0)`" }.joined(separator: " or ") + "?" }
        return known.isEmpty ? "it has no metrics at all" : "write one of " + alternatives(known)
    }

    /// At most twelve of them, in words.
    private static func alternatives(_ names: [String]) -> String {
        let shown = names.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > 12 ? "\(shown) or one of \(names.count - 12) more" : shown
    }

    /// `vm-1`, `vm-1 and vm-2`, `vm-1, vm-2 and 21 more`.
    private func words(_ names: [String]) -> String {
        switch names.count {
        case 0...2: names.joined(separator: " and ")
        default: "\(names[0]), \(names[1]) and \(names.count - 2) more"
        }
    }
}
