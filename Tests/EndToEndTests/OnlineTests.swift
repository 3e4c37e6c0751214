import AzureSimulator
import Foundation
import HTTPServer
import MetricModel
import Testing

/// The commands that ask Azure something and push nothing: `scrape`, `definitions` and `validate --online`.
@Suite(.timeLimit(.minutes(1))) struct OnlineTests {
    private static let shop = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-shop/providers/"
    private static let machine = shop + "Microsoft.Compute/virtualMachines/vm-web-1"

    /// A simulated Azure and a folder that fits, with no collector anywhere.
    private struct Stage {
        let azure: AzureSimulator
        let folder: AgentFolder

        init(limitedBus: Bool = false) throws {
            azure = try AzureSimulator(clock: SystemClock())
            folder = try AgentFolder(azure: azure, collector: ClosedPort())
            try folder.write("authentication:\n  mode: ServicePrincipal\n", to: "runtime.yaml")
            let bus = """
                  - name: bus_messages
                    description: Messages waiting
                    resourceType: ServiceBusNamespace
                    azureMetricConfiguration:
                      metricName: activemessages
                      limit: 3
                      aggregation: {type: Average}
                    resources:
                      - namespace: sb-shop

                """
            if limitedBus {
                try folder.edit("metrics-declaration.yaml", "  - name: vm_cpu\n", bus + "  - name: vm_cpu\n")
            }
        }

        func calls(_ route: String) -> Int { azure.journal.count { $0.route == route } }
    }

    // MARK: scrape

    @Test("scrape shows aligned columns, times, values, units and what is not settled yet")
    func scrapeTable() async throws {
        let stage = try Stage()
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
        let stage = try Stage()
        let ended = try await stage.folder.azimuth(
            ["scrape", "vm_cpu", "--resource", "VM-WEB-1", "--buckets", "4", "--format", "json"])
        #expect(ended.status == 0 && ended.output.count == 1, "\(ended)")
        let scraped = try JSONDecoder().decode(Scraped.self, from: Data(ended.output[0].utf8))
        #expect(scraped.resource == Self.machine && scraped.unit == "Percent" && scraped.interval == "PT1M")
        let buckets = try #require(scraped.series.first).buckets
        let settled = buckets.filter(\.settled)
        #expect(scraped.series.count == 1 && settled.count == 4 && buckets.count > 4)
        #expect(settled.last?.end == scraped.settledUntil && !buckets[4...].contains(where: \.settled))
        for bucket in settled {
            let truth = stage.azure.truth(
                resource: Self.machine, metric: "Percentage CPU", aggregation: "average", grain: .oneMinute,
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
        let stage = try Stage(limitedBus: true)
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
        (["definitions", machine + "-gone"], 1, "ResourceNotFound"),
        (["definitions", machine, "--namespace", "Foo"], 1, "Leave the namespace out"),
    ]

    @Test("a mistake is named with what to do, on standard error alone", arguments: scrapeMistakes)
    func mistake(arguments: [String], status: Int32, words: String) async throws {
        let ended = try await Stage().folder.azimuth(arguments)
        #expect(ended.status == status && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.contains { $0.contains(words) }, "\(ended)")
    }

    @Test("a resource that cannot be read costs its neighbours nothing and ends with 1")
    func scrapeGone() async throws {
        let stage = try Stage()
        try stage.folder.edit("metrics-declaration.yaml", "virtualMachineName: vm-web-2", "virtualMachineName: vm-gone")
        let ended = try await stage.folder.azimuth(["scrape", "vm_cpu"])
        #expect(ended.status == 1 && ended.output.contains { $0.hasPrefix("vm-web-1  ") }, "\(ended)")
        #expect(ended.errors.count == 1 && ended.errors[0].contains("vm_cpu of vm-gone: Azure answered 404"))
    }

    // MARK: definitions

    @Test("definitions of a declared metric's resources: one table for all that offer the same")
    func definitionsTable() async throws {
        let ended = try await Stage().folder.azimuth(["definitions", "vm_cpu"])
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.prefix(2).map { $0.split(separator: "/").last } == ["vm-web-1", "vm-web-2"])
        #expect(
            ended.output.contains(
                "Percentage CPU            Percent         Average* Minimum Maximum        PT1M…P1D   -"), "\(ended)")
        #expect(ended.output.contains { $0.hasPrefix("Data Disk Read Bytes/sec") && $0.hasSuffix("  LUN") })
        #expect(ended.output.filter { $0.hasPrefix("METRIC") }.count == 1)
        #expect(ended.output.last?.hasSuffix("--namespace: Azure.VM.Linux.GuestMetrics (Custom)") == true)
    }

    private struct Listing: Decodable {
        struct Metric: Decodable {
            var name, unit: String
            var primaryAggregation: String?
            var aggregations, intervals, dimensions: [String]
        }
        struct Namespace: Decodable { var name, classification: String }
        var resource, namespace: String
        var namespaces: [Namespace]
        var metrics: [Metric]
    }

    @Test("definitions of an id and a namespace, as JSON")
    func definitionsJSON() async throws {
        let ended = try await Stage().folder.azimuth(
            ["definitions", Self.machine, "--namespace", "azure.vm.linux.guestmetrics", "--format", "json"])
        #expect(ended.status == 0 && ended.output.count == 1, "\(ended)")
        let listing = try JSONDecoder().decode(Listing.self, from: Data(ended.output[0].utf8))
        #expect(listing.resource == Self.machine && listing.metrics.map(\.name).contains("mem/available_percent"))
        #expect(listing.namespaces.map(\.classification) == ["Platform", "Custom"])
        let metric = try #require(listing.metrics.first)
        #expect(metric.primaryAggregation == "Average" && metric.intervals.first == "PT1M")
        #expect(metric.aggregations.count == 5)
    }

    // MARK: validate --online

    private static let edits = [
        ("Percentage CPU, aggregation: {type: Average}", "Percentage GPU, aggregation: {type: Average}"),
        (
            "Network In Total, aggregation: {type: Total}",
            "network in total, aggregation: {type: Count}, dimensions: [{name: Disk}]"
        ),
        ("connectedclients, aggregation: {type: Maximum}", "clients, aggregation: {type: Maximum}"),
        ("cacheName: redis-shop", "cacheName: redis-gone"),
    ]

    @Test(
        "validate --online names every thing Azure does not have, with its place and what was meant",
        arguments: [false, true])
    func online(isJSON: Bool) async throws {
        let stage = try Stage()
        try stage.folder.write(AgentFolder.runtime(collector: "http://localhost:4318"), to: "runtime.yaml")
        for (old, new) in Self.edits { try stage.folder.edit("metrics-declaration.yaml", old, new) }
        let path = stage.folder.file("metrics-declaration.yaml")
        let offline = try await stage.folder.azimuth(["validate"])
        #expect(offline.status == 0 && stage.azure.journal.isEmpty, "nothing is asked without --online: \(offline)")
        let ended = try await stage.folder.azimuth(
            ["validate", "--online"] + (isJSON ? ["--format", "json"] : []))
        #expect(ended.status == 2 && ended.errors.isEmpty, "\(ended)")
        let expected = [
            (24, 44, "`Percentage GPU` is no metric of vm-web-1 and vm-web-2", "did you mean `Percentage CPU`?"),
            (31, 82, "`Network In Total` does not offer the aggregation `Count`", "write one of `Total`"),
            (31, 110, "`Network In Total` has no dimension `Disk`", "the metric has no dimensions"),
            (40, 9, "ResourceNotFound", "remove a deleted resource from the declaration"),
        ]
        #expect(ended.output.count == expected.count + (isJSON ? 0 : 1), "\(ended)")
        for (line, (row, column, message, fix)) in zip(ended.output, expected) {
            if isJSON {
                let object = try JSONLine(line)
                #expect(object["line"] == "\(row)" && object["column"] == "\(column)", "\(line)")
                #expect(object["message"]?.contains(message) == true && object["fix"]?.contains(fix) == true, "\(line)")
            } else {
                #expect(line.hasPrefix("\(path):\(row):\(column): error: ") && line.contains(message), "\(line)")
                #expect(line.contains(fix), "\(line)")
            }
        }
        if !isJSON { #expect(ended.output.last == "4 errors, 0 warnings") }
        #expect(stage.calls("metrics") == 0 && stage.calls("metricDefinitions") == 3)
    }

    @Test("an interval that is not offered is a warning, and with --strict an error", arguments: [false, true])
    func onlineInterval(isStrict: Bool) async throws {
        let stage = try Stage()
        try stage.folder.write(AgentFolder.runtime(collector: "http://localhost:4318"), to: "runtime.yaml")
        try stage.folder.edit("metrics-declaration.yaml", "resourceType: RedisCache", "resourceType: StorageAccount")
        try stage.folder.edit(
            "metrics-declaration.yaml", "connectedclients, aggregation: {type: Maximum}",
            "usedcapacity, aggregation: {type: Average, interval: 00:05:00}")
        try stage.folder.edit(
            "metrics-declaration.yaml", "cacheName: redis-shop",
            "{accountName: stshop, resourceGroupName: rg-shop-data}")
        let ended = try await stage.folder.azimuth(["validate", "--online"] + (isStrict ? ["--strict"] : []))
        #expect(ended.status == (isStrict ? 2 : 0) && ended.output.count == 2, "\(ended)")
        let line = ended.output.first ?? ""
        #expect(
            line.hasSuffix(
                "\(isStrict ? "error" : "warning"): `UsedCapacity` does not offer the interval PT5M: its nearest, PT1H, is "
                    + "used; write `interval: PT1H`"), "\(ended)")
    }

    @Test("an Azure that cannot be asked is one clear error, not one a resource", arguments: [false, true])
    func onlineOutage(isIdentity: Bool) async throws {
        let folder = try AgentFolder(azure: isIdentity ? FaultyAzure() : ClosedPort(), collector: ClosedPort())
        let ended = try await folder.azimuth(
            ["validate", "--online"], secret: isIdentity ? "Wr0ng+Value" : AgentFolder.secret)
        #expect(ended.status == 2 && ended.errors.isEmpty, "\(ended)")
        let errors = ended.output.filter { $0.contains(": error: ") }
        try #require(errors.count == 1, "\(ended)")
        #expect(
            errors[0].hasPrefix(folder.file(isIdentity ? "runtime.yaml" : "metrics-declaration.yaml") + ": error: "))
        #expect(errors[0].contains(isIdentity ? "AADSTS7000215" : "could not be reached"))
        #expect(ended.output.contains { $0.hasSuffix("3 of 3 resources were not checked") })
    }

    static let faults: [@Sendable () -> ServedResponse] = [
        { .json(#"{"error":{"code":"AuthorizationFailed","message":"no role"}}"#, status: 403) },
        { .json(#"{"value":[{"name":"#) }, { .page(200, title: "Sign in") }, { .text(500, "") },
    ]

    @Test("definitions that cannot be read stop nobody from running, and are said once a type", arguments: 0..<4)
    func definitionsFail(fault: Int) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure { request in
            request.path.hasSuffix("/metricDefinitions") ? Self.faults[fault]() : nil
        }
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && recorder.received == AgentFolder.everything, "\(ended)")
        let warnings = ended.errors.filter { $0.contains(" warning ") }
        #expect(warnings.count == 2, "\(ended)")
        #expect(warnings.allSatisfy { $0.contains("could not be read, so intervals are used as declared") })
    }

    @Test("run uses the interval that a metric offers and says so once")
    func runInterval() async throws {
        let recorder = try Recorder()
        let azure = try AzureSimulator(clock: SystemClock())
        let folder = try AgentFolder(azure: azure, collector: recorder)
        try folder.edit("metrics-declaration.yaml", "resourceType: RedisCache", "resourceType: StorageAccount")
        try folder.edit(
            "metrics-declaration.yaml", "connectedclients, aggregation: {type: Maximum}",
            "usedcapacity, aggregation: {type: Average}")
        try folder.edit(
            "metrics-declaration.yaml", "cacheName: redis-shop",
            "{accountName: stshop, resourceGroupName: rg-shop-data}")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && recorder.received == AgentFolder.everything, "\(ended)")
        let warnings = ended.errors.filter { $0.contains(" warning ") }
        #expect(
            warnings.count == 1 && warnings[0].contains("does not offer PT1M: its nearest interval, PT1H"), "\(ended)")
        #expect(azure.journal.count { $0.route == "metricDefinitions" } == 2)
        #expect(azure.journal.contains { $0.query.contains("interval=PT1H&metricnames=usedcapacity") })
    }

    @Test("scrape and definitions need no collector, run and validate do")
    func noCollector() async throws {
        let folder = try Stage().folder
        for command in [["run", "--once"], ["validate"]] {
            let ended = try await folder.azimuth(command)
            #expect(ended.status == 2 && ended.description.contains("no sink is configured"), "\(ended)")
        }
    }
}

extension AzureSimulator: LocalServer {}
