import Foundation
import MetricModel
import TestServers
import Testing

/// `azimuth scrape`: one metric now, pushed to nobody.
@Suite(.timeLimit(.minutes(5))) struct ScrapeCommandTests {
    @Test("scrape shows aligned columns, times, values, units and what is not settled yet")
    func scrapeTable() async throws {
        let stage = try OnlineStage()
        let ended = try await stage.folder.azimuth(["scrape", "vm_cpu", "--buckets", "3"])
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.first == "vm_cpu: Average of Percentage CPU, PT1M, 2 resources. Times are UTC")
        let title = try #require(ended.output.first { $0.hasPrefix("RESOURCE") })
        let rows = ended.output.filter { $0.hasPrefix("vm-web-") }
        for row in rows {
            for column in ["START", "END", "UNIT", "STATE"] {
                let offset = title.distance(
                    from: title.startIndex, to: try #require(title.range(of: column)).lowerBound)
                #expect(row.prefix(offset).hasSuffix("  "), "\(column) is not aligned:\n\(ended)")
            }
        }
        let settled = rows.filter { $0.hasSuffix("  settled") }
        let open = rows.filter { $0.contains("  not settled until ") }
        #expect(settled.count == 6 && (4...8).contains(open.count) && rows.count == settled.count + open.count)
        let value = /^vm-web-\d  \d{4}-\d\d-\d\d \d\d:\d\d  \d{4}-\d\d-\d\d \d\d:\d\d +\d+(\.\d{1,3})?  % +settled$/
        #expect(settled.allSatisfy { (try? value.wholeMatch(in: $0)) != nil }, "\(ended)")
        #expect(ended.output.last?.contains("settled 3 min after its end") == true)
        #expect(stage.calls("metrics") == 2 && stage.calls("metricDefinitions") == 1)
    }

    private struct Scraped: Decodable {
        struct Series: Decodable {
            var labels: [String: String]
            var buckets: [Bucket]
        }
        struct Bucket: Decodable {
            var start, end: String
            var value: Double?
            var settled: Bool
        }
        var resource, unit, interval, aggregation, settledUntil: String
        var series: [Series]
    }

    @Test("scrape as JSON has the truth's values; only settled ones are called that")
    func scrapeJSON() async throws {
        let stage = try OnlineStage()
        let ended = try await stage.folder.azimuth(
            ["scrape", "vm_cpu", "--resource", "VM-WEB-1", "--buckets", "4", "--format", "json"])
        #expect(ended.status == 0 && ended.output.count == 1, "\(ended)")
        let scraped = try JSONDecoder().decode(Scraped.self, from: Data(ended.output[0].utf8))
        #expect(scraped.resource == OnlineStage.machine && scraped.unit == "Percent" && scraped.interval == "PT1M")
        let buckets = try #require(scraped.series.first).buckets
        let settled = buckets.filter(\.settled)
        #expect(scraped.series.count == 1 && settled.count == 4 && buckets.count > 4)
        #expect(settled.last?.end == scraped.settledUntil && !buckets[4...].contains(where: \.settled))
        for bucket in settled {
            let truth = stage.azure.truth(
                resource: OnlineStage.machine, metric: "Percentage CPU", aggregation: "average", grain: .oneMinute,
                bucketStart: try #require(Timestamp(iso8601: bucket.start)))
            #expect(bucket.value == truth)
        }
    }

    private struct OfficialPoint: Decodable {
        var name, unit, start, time, value: String
        var resource: [[String]]
        var attributes: [[String]]
    }

    @Test("scrape as OTLP/JSON is what the official package reads, settled values only, and a limit goes out as top")
    func scrapeOTLP() async throws {
        let stage = try OnlineStage(limitedBus: true)
        let ended = try await stage.folder.azimuth(
            ["scrape", "bus_messages", "--buckets", "2", "--format", "otlp-json"])
        #expect(ended.status == 0 && ended.errors.isEmpty && ended.output.count == 1, "\(ended)")
        try stage.folder.write(ended.output[0], to: "request.json")
        let decoded = try await Child(
            Paths.python, [Paths.root + "/Tests/Tools/decode_otlp_json.py", stage.folder.file("request.json")]
        ).ended()
        #expect(decoded.status == 0, "\(decoded)")
        let points = try decoded.output.map { try JSONDecoder().decode(OfficialPoint.self, from: Data($0.utf8)) }
        // Three series, one of which may have no value.
        #expect((4...6).contains(points.count), "\(decoded)")
        #expect(points.allSatisfy { $0.name == "bus_messages" && $0.unit == "{count}" })
        #expect(points.allSatisfy { (Int64($0.time) ?? 0) - (Int64($0.start) ?? 0) == 60_000_000_000 })
        #expect(points.allSatisfy { $0.attributes.map { $0[0] } == ["entity_name"] })
        #expect(points.first?.resource.contains(["cloud.region", "string_value", "westeurope"]) == true)
        let query = try #require(stage.azure.journal.last { $0.route == "metrics" }?.query)
        #expect(query.contains("&top=3&orderby=average%20desc"), "\(query)")
    }

    static let scrapeMistakes: [([String], Int32, String)] = [
        (["scrape", "vm_cup"], 2, "did you mean `vm_cpu`"),
        (["scrape", "vm_cpu", "--resource", "vm-web-3"], 2, "did you mean `vm-web-1` or `vm-web-2`?"),
        (["scrape", "vm_cpu", "--buckets", "0"], 64, "--buckets must be a number from 1 to 1440"),
        (["definitions", "nothing"], 2, "declares no metric `nothing`; it declares vm_cpu, vm_network, redis_clients"),
        (["definitions", "/subscriptions/x"], 2, "is no id of a resource"),
        (["definitions", OnlineStage.machine + "-gone"], 1, "ResourceNotFound"),
        (["definitions", OnlineStage.machine, "--namespace", "Foo"], 1, "Leave the namespace out"),
    ]

    @Test("a mistake is named with what to do, on standard error alone", arguments: scrapeMistakes)
    func mistake(arguments: [String], status: Int32, words: String) async throws {
        let ended = try await OnlineStage().folder.azimuth(arguments)
        #expect(ended.status == status && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.contains { $0.contains(words) }, "\(ended)")
    }

    @Test("a resource that cannot be read costs its neighbours nothing and ends with 1")
    func scrapeGone() async throws {
        let stage = try OnlineStage()
        try stage.folder.edit("metrics-declaration.yaml", "virtualMachineName: vm-web-2", "virtualMachineName: vm-gone")
        let ended = try await stage.folder.azimuth(["scrape", "vm_cpu"])
        #expect(ended.status == 1 && ended.output.contains { $0.hasPrefix("vm-web-1  ") }, "\(ended)")
        #expect(ended.errors.count == 1 && ended.errors[0].contains("vm_cpu of vm-gone: Azure answered 404"))
    }

    @Test("scrape and definitions need no collector, run and validate do")
    func noCollector() async throws {
        let folder = try OnlineStage().folder
        for command in [["run", "--once"], ["validate"]] {
            let ended = try await folder.azimuth(command)
            #expect(ended.status == 2 && ended.description.contains("no sink is configured"), "\(ended)")
        }
    }
}
