import Foundation
import MetricModel
import ResourceFixture
import Testing

/// A declaration with one metric of each of Promitor's types, from the file to the collector.
@Suite(.timeLimit(.minutes(5))) struct EveryTypeTests {
    private static let subscription = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
    private static let tenant = "c8819874-9e56-4e3f-b1a8-1c0325138f27"
    private static let group = "/subscriptions/\(subscription)/resourceGroups/rg-every-type/providers/"
    private static let later = ["LogAnalytics", "StorageQueue"]

    @Test(
        "all 56 types validate, 54 are asked of Azure as they should be, and their true values arrive",
        arguments: [false, true])
    func everyType(isBatching: Bool) async throws {
        let rows = try ResourceFixture.all()
        let collector = try Recorder()
        let azure = try await SimulatorProcess(collector: collector.baseURL, options: ["--estate", "every-type"])
        let written = try await azure.azimuth(["validate", "--strict"])
        #expect(
            written.status == 0 && written.output == ["0 errors, 0 warnings; 54 metrics, 54 metric-resources to scrape"]
        )

        try azure.append(
            """
                layout: flat
            server: {httpPort: 0}
            azureMonitor: {integration: {metricsBatching: {enabled: \(isBatching)}}}

            """, to: "runtime.yaml")
        let lines = try Self.declare(rows, in: azure)
        let notes = Self.later.map { type in
            "\(azure.folder)/metrics-declaration.yaml:\(lines[type] ?? 0):19: warning: the resource type `\(type)` is not "
                + "supported yet: `every_\(type)` is checked, but not scraped; keep the metric for a later version, or "
                + "remove it"
        }
        let validated = try await azure.azimuth(["validate"])
        #expect(validated.status == 0, "\(validated)")
        #expect(validated.output == notes + ["0 errors, 2 warnings; 54 metrics, 54 metric-resources to scrape"])

        let before = Int64(Date().timeIntervalSince1970)
        let once = try await azure.azimuth(["run", "--once"])
        let after = Int64(Date().timeIntervalSince1970)
        #expect(once.status == 0, "\(once)")
        #expect(notes.allSatisfy(once.errors.contains), "\(once)")
        for type in Self.later {
            let line = "every_\(type): not scraped, the resource type \(type) is not supported yet"
            #expect(once.output.contains(line), "\(once)")
        }
        let asked = try await azure.azimuth(["scrape", "every_StorageQueue"])
        #expect(asked.status == 2, "\(asked)")
        #expect(asked.errors.last?.hasSuffix("but the resource type StorageQueue is not supported yet") == true)
        expectNoSecret(in: once, secret: "sv=2024-11-04&sig=never%2Fshown")

        let scraped = rows.filter { !Self.later.contains($0.type) }
        if isBatching {
            let calls = try await azure.get("/simulator/journal", [:], as: Journal.self).calls
            #expect(calls.contains { $0.route == "metricsBatch" } && !calls.contains { $0.route == "metrics" })
        } else {
            try await Self.expectCalls(for: scraped, of: azure)
        }
        let points = collector.points
        #expect(Set(points.keys) == Set(scraped.map { "every_\($0.type)" }))
        for row in scraped {
            let got = points["every_\(row.type)"] ?? []
            var truths: [Set<Recorder.Point>] = []
            for now in Set([before, after]) { truths.append(try await Self.truth(of: row, now: now, azure: azure)) }
            #expect(!got.isEmpty, "\(row)")
            #expect(truths.contains(Set(got)) && Set(got).count == got.count, "\(row): \(got), truth \(truths)")
        }
    }

    /// Writes a declaration of these rows below the head of the one that is there.
    /// - Returns: By type, the line in which it stands.
    private static func declare(_ rows: [ResourceFixture], in azure: SimulatorProcess) throws -> [String: Int] {
        let path = azure.folder + "/metrics-declaration.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var declaration = String(text[..<(try #require(text.range(of: "metrics:\n"))).upperBound])
        var lines: [String: Int] = [:]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        for row in rows {
            declaration += "  - name: every_\(row.type)\n    description: One of each\n"
            lines[row.type] = declaration.split(separator: "\n", omittingEmptySubsequences: false).count
            declaration += "    resourceType: \(row.type)\n"
            if let metric = row.metric {
                let dimensions = row.dimensions.map { "{name: \($0)}" }.joined(separator: ", ")
                declaration += """
                        azureMetricConfiguration:
                          metricName: \(metric)
                          aggregation: {type: \(row.aggregation ?? "")}
                          dimensions: [\(dimensions)]

                    """
            } else {
                declaration += "    logAnalyticsConfiguration: {query: '\(row.query ?? "")'}\n"
            }
            // JSON is YAML.
            declaration +=
                "    resources:\n      - " + String(decoding: try encoder.encode(row.resource), as: UTF8.self) + "\n"
        }
        try declaration.write(toFile: path, atomically: true, encoding: .utf8)
        return lines
    }

    private struct Journal: Decodable {
        struct Call: Decodable {
            var route: String
            var path: String
            var query: String
            var status: Int
        }
        var calls: [Call]
    }

    /// One query of each row, at its id and with its filter, and no other.
    private static func expectCalls(for rows: [ResourceFixture], of azure: SimulatorProcess) async throws {
        let journal = try await azure.get("/simulator/journal", [:], as: Journal.self)
        let calls = journal.calls.filter { $0.route == "metrics" }
        #expect(calls.count == rows.count && calls.allSatisfy { $0.status == 200 })
        for row in rows {
            let suffix = "/providers/microsoft.insights/metrics"
            let found = calls.filter {
                let path = $0.path.removingPercentEncoding ?? ""
                return path.lowercased().hasSuffix(suffix) && path.dropLast(suffix.count) == Self.group + row.id
            }
            var components = URLComponents()
            components.percentEncodedQuery = found.first?.query
            func parameter(_ name: String) -> String? { components.queryItems?.first { $0.name == name }?.value }
            #expect(found.count == 1, "\(row)")
            #expect(parameter("metricnames") == row.metric, "\(row)")
            #expect(parameter("aggregation")?.lowercased() == row.aggregation?.lowercased(), "\(row)")
            #expect(parameter("$filter") == row.filter, "\(row)")
        }
    }

    private struct Truth: Decodable {
        struct Series: Decodable {
            var dimensions: [String: String]
            var values: [Value]
        }
        struct Value: Decodable {
            var timeStamp: String
            var value: Double
        }
        var series: [Series]
    }

    /// What Azure has of `row` in the last minute that is settled at `now`, with every label that it should go by.
    private static func truth(of row: ResourceFixture, now: Int64, azure: SimulatorProcess) async throws -> Set<
        Recorder.Point
    > {
        let (end, minute) = (Timestamp(seconds: (now - 180) / 60 * 60), Duration.seconds(60))
        let answer = try await azure.get(
            "/simulator/truth",
            [
                "resource": group + row.id, "metric": row.metric ?? "", "aggregation": row.aggregation ?? "",
                "interval": "PT1M", "start": "\(end - minute)", "end": "\(end)",
                "dimensions": (Array(row.split.keys) + Array(row.only.keys)).joined(separator: ","),
            ], as: Truth.self)
        var points: Set<Recorder.Point> = []
        for series in answer.series where row.only.allSatisfy({ series.dimensions[$0.key] == $0.value }) {
            var labels = [
                "resource_group": "rg-every-type", "subscription_id": subscription, "tenant_id": tenant,
                "resource_uri": String((group + row.id).dropFirst()), "instance_name": row.instance,
                "team": "every-type",
            ]
            labels.merge(row.labels) { $1 }
            for (dimension, label) in row.split { labels[label] = series.dimensions[dimension] }
            for value in series.values {
                points.insert(.init(labels: labels, start: end - minute, end: end, value: value.value))
            }
        }
        return points
    }
}
