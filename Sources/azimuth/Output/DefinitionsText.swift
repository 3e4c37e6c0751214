import AzureMonitor
import MetricModel
import TerminalText

/// What a resource offers, for people and for programs.
struct DefinitionsText {
    /// More than one when all offer the same.
    private(set) var resources: [ResourceID]
    /// What the definitions are of.
    let namespace: String
    let definitions: MetricDefinitions
    let namespaces: [MetricNamespace]

    /// Resources that offer the same together, in the order of the first of each.
    static func merged(_ listings: [DefinitionsText]) -> [DefinitionsText] {
        var merged: [DefinitionsText] = []
        for listing in listings {
            let like = merged.firstIndex {
                $0.namespace.lowercased() == listing.namespace.lowercased() && $0.definitions == listing.definitions
                    && $0.namespaces == listing.namespaces
            }
            if let like { merged[like].resources += listing.resources } else { merged.append(listing) }
        }
        return merged
    }

    /// The resources, their metrics, and other namespaces they have.
    func lines(width: Int?) -> [String] {
        var lines = resources.map(\.description) + ["metric namespace \(namespace)", ""]
        guard !definitions.metrics.isEmpty else { return lines + ["it offers no metrics"] + footer }
        var table = TextTable([
            .init("METRIC"), .init("UNIT"), .init("AGGREGATIONS"), .init("INTERVALS"), .init("DIMENSIONS"),
        ])
        for metric in sorted {
            table.add([
                metric.name, metric.unit.isEmpty ? "-" : metric.unit, aggregations(metric), grains(metric.grains),
                metric.dimensions.isEmpty ? "-" : metric.dimensions.joined(separator: ", "),
            ])
        }
        lines += table.lines(width: width)
        return lines + footer
    }

    private var sorted: [MetricDefinition] {
        definitions.metrics.sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
    }

    private var footer: [String] {
        let others = namespaces.filter { $0.name.lowercased() != namespace.lowercased() }
        var lines: [String] = []
        var legend: [String] = []
        if definitions.metrics.contains(where: { $0.primaryAggregation != nil }) {
            legend.append("* primary aggregation")
        }
        if definitions.metrics.contains(where: { grains($0.grains).contains("…") }) {
            legend.append(
                "PT1M…P1D: "
                    + Self.usualGrains.compactMap { TimeGrain(seconds: $0)?.description }.joined(separator: ", "))
        }
        if !legend.isEmpty { lines += [""] + legend }
        guard !others.isEmpty else { return lines }
        let names = others.map { "\($0.name)" + ($0.classification.isEmpty ? "" : " (\($0.classification))") }
        return lines + ["", "other metric namespaces, shown with --namespace: " + names.joined(separator: ", ")]
    }

    /// In our order, the primary one with a star: `Average* Minimum Maximum`.
    private func aggregations(_ metric: MetricDefinition) -> String {
        let all = Set(metric.supportedAggregations + [metric.primaryAggregation].compactMap { $0 })
        let names = Aggregation.allCases.filter(all.contains).map { aggregation in
            aggregation.declaredName + (aggregation == metric.primaryAggregation ? "*" : "")
        }
        return names.isEmpty ? "-" : names.joined(separator: " ")
    }

    /// `PT1M…P1D` when all of Azure's usual ones between are there, else a list.
    private func grains(_ grains: [TimeGrain]) -> String {
        let sorted = grains.sorted()
        guard let finest = sorted.first, let widest = sorted.last else { return "-" }
        let between = Self.usualGrains.filter { (finest.seconds...widest.seconds).contains($0) }
        if sorted.count > 2, between == sorted.map(\.seconds) { return "\(finest)…\(widest)" }
        return sorted.map(\.description).joined(separator: " ")
    }

    private static let usualGrains: [Int64] = [60, 300, 900, 1800, 3600, 21_600, 43_200, 86_400]

    /// One object.
    var json: String {
        let metrics = sorted.map { metric in
            object([
                ("name", jsonString(metric.name)), ("description", jsonString(metric.description)),
                ("unit", jsonString(metric.unit)), ("namespace", jsonString(metric.namespace)),
                ("primaryAggregation", metric.primaryAggregation.map { jsonString($0.declaredName) } ?? "null"),
                ("aggregations", array(metric.supportedAggregations.map(\.declaredName))),
                ("intervals", array(metric.grains.map(\.description))), ("dimensions", array(metric.dimensions)),
            ])
        }
        let spaces = namespaces.map { space in
            object([("name", jsonString(space.name)), ("classification", jsonString(space.classification))])
        }
        return object([
            ("resource", jsonString(resources.first?.description ?? "")), ("namespace", jsonString(namespace)),
            ("namespaces", "[" + spaces.joined(separator: ",") + "]"),
            ("metrics", "[" + metrics.joined(separator: ",") + "]"),
        ])
    }

    private func array(_ texts: [String]) -> String { "[" + texts.map(jsonString).joined(separator: ",") + "]" }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(jsonString($0)):\($1)" }.joined(separator: ",") + "}"
    }
}
