import Foundation
import FoundationNetworking
import TestServers
import Testing

/// A real time series database takes the push, and what it then has equals what Azure has.
@Suite(.timeLimit(.minutes(5))) struct VictoriaMetricsTests {
    /// One line of its export.
    struct Series: Decodable {
        var metric: [String: String]
        var values: [Double]
        /// Milliseconds since 1970.
        var timestamps: [Int64]

        /// Whose series it is, in the layouts that the collector's configuration knows.
        var resource: String {
            let id = metric["cloud.resource_id"] ?? metric["resource_uri"].map { "/" + $0 } ?? ""
            return id.lowercased()
        }
    }

    @Test(
        "run --once → VictoriaMetrics → export: every value and time equals the truth", arguments: ["resource", "flat"])
    func export(layout: String) async throws {
        let storage = try Paths.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: storage) }
        let port = try CollectorTests.freePort()
        let server = try Child(
            try Paths.victoriaMetrics(),
            [
                "-storageDataPath=\(storage)", "-httpListenAddr=127.0.0.1:\(port)", "-retentionPeriod=7d",
                "-memory.allowedBytes=64MB",
            ])
        await CollectorTests.waitForPort(port, of: server)
        let azure = try await SimulatorProcess(collector: "http://127.0.0.1:\(port)/opentelemetry")
        try azure.append("    layout: \(layout)\ncollection:\n  backfill: 00:30:00\n", to: "runtime.yaml")

        let before = Int64(Date().timeIntervalSince1970)
        let once = try await azure.azimuth(["run", "--once"])
        let after = Int64(Date().timeIntervalSince1970)
        #expect(once.status == 0, "\(once)")
        let total = try #require(once.output.first { $0.hasPrefix("total: ") })
        let count = try #require(Int(total.split(separator: " ")[1]))

        let base = "http://127.0.0.1:\(port)"
        _ = try await Self.get(base + "/internal/force_flush")
        let export = try await Self.get(base + "/api/v1/export?match%5B%5D=%7B__name__%21%3D%22%22%7D")
        let series = try export.split(separator: "\n").map {
            try JSONDecoder().decode(Series.self, from: Data($0.utf8))
        }
        #expect(series.reduce(0) { $0 + $1.values.count } == count, "\(series.count) series")

        var compared = 0
        for row in CollectorTests.rows {
            let id = CollectorTests.id(of: row).lowercased()
            let stored = series.filter { $0.metric["__name__"] == row.name && $0.resource == id }
            let points = stored.reduce(into: [:]) { $0.merge($1.points(of: row)) { _, _ in .nan } }
            compared += points.count
            var problem: String? = "never compared"
            for now in Set([before, after]) where problem != nil {
                let truth = try await CollectorTests.truth(of: row, now: now, azure: azure)
                problem = points == truth ? nil : "\(points.count) points, truth \(truth.count)"
            }
            #expect(problem == nil, "\(row.name) of \(row.resource): \(problem ?? "")")
        }
        #expect(compared > 1000, "\(compared)")
    }

    private static func get(_ url: String) async throws -> String {
        let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: url)))
        #expect((response as? HTTPURLResponse)?.statusCode == 200, "\(url)")
        return String(decoding: data, as: UTF8.self)
    }
}

extension VictoriaMetricsTests.Series {
    /// Values under the same text as the truth's: dimension labels, start and end.
    func points(of row: CollectorTests.Row) -> [String: Double] {
        let labels = row.dimensions.values.compactMap { name in metric[name].map { "\(name)=\($0)" } }.sorted()
        let keys = timestamps.map { "\(labels) \($0 / 1000 - row.grain) \($0 / 1000)" }
        return Dictionary(zip(keys, values)) { _, _ in .nan }
    }
}
