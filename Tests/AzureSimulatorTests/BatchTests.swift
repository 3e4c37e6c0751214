import Foundation
import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

extension TestAzure {
    /// A token for `audience`, good for a day.
    func token(for audience: String) -> String {
        azure.state.withLock {
            $0.tokens.issue(
                audience: audience, principal: azure.options.clientID, lifetime: .seconds(86_400),
                now: clock.systemNow)
        }
    }

    /// Asks many resources at once, by default for the hour that ended an hour ago.
    func batch(
        _ ids: [String], _ query: [(String, String)], in region: String = "westeurope",
        subscription: String = Estate.standardSubscription, audience: String = "https://metrics.monitor.azure.com",
        body: String? = nil
    ) -> Answer {
        var query = query
        if !query.contains(where: { ["starttime", "endtime"].contains($0.0) }) {
            query += [("starttime", "2031-02-04T10:00:00Z"), ("endtime", "2031-02-04T11:00:00Z")]
        }
        let defaults = [("api-version", "2024-02-01"), ("metricnamespace", "Microsoft.Compute/virtualMachines")]
        query = defaults.filter { name, _ in !query.contains { $0.0 == name } } + query
        let text = body ?? #"{"resourceids":[\#(ids.map { "\"\($0)\"" }.joined(separator: ","))]}"#
        return Answer(
            azure.answer(
                ServedRequest(
                    method: "POST", path: "/subscriptions/\(subscription)/metrics:getBatch",
                    query: query.filter { !$0.1.isEmpty }.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(
                        separator: "&"),
                    headers: [
                        ("Host", region.isEmpty ? "127.0.0.1:1" : "\(region).metrics.localhost:1"),
                        ("Authorization", "Bearer \(token(for: audience))"), ("Content-Type", "application/json"),
                    ], body: Array(text.utf8))))
    }
}

extension TestAzure.Answer {
    /// The entries of a batch's answer.
    var entries: [Entry] { (json["values"] as? [[String: Any]] ?? []).map(Entry.init) }

    struct Entry {
        let json: [String: Any]
        var resource: String { json["resourceid"] as? String ?? "" }
        var metrics: [TestAzure.Metric] { (json["value"] as? [[String: Any]] ?? []).map(TestAzure.Metric.init) }
    }
}

/// `metrics:getBatch` on the metrics data plane.
@Suite struct BatchTests {
    static let machines = ["vm-web-1", "vm-web-2", "vm-spare"].map(TestAzure.id)
    static let cpu = [("metricnames", "Percentage CPU"), ("aggregation", "average,maximum")]

    @Test("every value of every resource is the truth, entries in their own order, ids in either case")
    func values() throws {
        let azure = TestAzure()
        let names = "percentage cpu,Network In Total,Disk Read Bytes"
        let answer = azure.batch(
            [Self.machines[0].uppercased(), Self.machines[1], String(Self.machines[2].dropFirst())],
            [("metricnames", names), ("interval", "PT5M"), ("aggregation", "Average,Minimum")])
        #expect(answer.status == 200, "\(answer.message)")
        #expect(answer.header("x-ms-ratelimit-remaining-subscription-reads") == nil)
        #expect(answer.entries.count == 3)
        var seen = 0
        for entry in answer.entries {
            #expect(entry.json["resourceregion"] as? String == "westeurope")
            #expect(entry.json["namespace"] as? String == "microsoft.compute/virtualmachines")
            #expect(entry.json["starttime"] as? String == "2031-02-04T10:00:00Z")
            #expect(entry.json["endtime"] as? String == "2031-02-04T11:00:00Z")
            #expect(entry.json["interval"] as? String == "PT5M")
            let id = try #require(Self.machines.first { $0.lowercased() == entry.resource.lowercased() })
            #expect(entry.metrics.count == 3)
            for metric in entry.metrics {
                #expect(metric.id.lowercased().hasPrefix(id.lowercased() + "/providers/microsoft.insights/metrics/"))
                for series in metric.series {
                    #expect(series.times.count == 12)
                    for aggregation in ["average", "minimum"] {
                        for (index, value) in series.values(aggregation).enumerated() {
                            let truth = azure.azure.truth(
                                resource: id, metric: metric.name, dimensions: [:], aggregation: aggregation,
                                grain: .fiveMinutes,
                                bucketStart: Timestamp(seconds: TestAzure.noon.seconds - 7200 + Int64(index) * 300))
                            #expect(value == truth)
                            seen += value == nil ? 0 : 1
                        }
                    }
                }
            }
        }
        #expect(seen >= 2 * 3 * 2 * 11, "\(seen)")
    }

    @Test("a resource's part of a batch is what a call about it alone gets")
    func sameAsAlone() {
        let azure = TestAzure(now: TestAzure.noon + .seconds(7))
        let window = [("starttime", "2031-02-04T11:40:00Z"), ("endtime", "2031-02-04T12:00:00Z")]
        let namespace = [("metricnamespace", "Microsoft.ServiceBus/namespaces")]
        let question = [
            ("metricnames", "ActiveMessages,IncomingMessages"), ("top", "3"), ("orderby", "total desc"),
        ]
        let id = TestAzure.id("sb-shop")
        let batch = azure.batch(
            [id], window + namespace + question + [("filter", "EntityName eq '*'"), ("interval", "PT1M")])
        let alone = azure.metrics(
            id,
            question + [
                ("timespan", "2031-02-04T11:40:00Z/2031-02-04T12:00:00Z"), ("$filter", "EntityName eq '*'"),
            ])
        let metrics = batch.entries.first?.metrics ?? []
        #expect(metrics.count == 2 && metrics.allSatisfy { $0.series.count == 3 }, "\(batch.message)")
        func byName(_ metrics: [TestAzure.Metric]) -> [String: NSDictionary] {
            Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.json as NSDictionary) })
        }
        #expect(byName(metrics) == byName(alone.metrics))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var ids = BatchTests.machines
        var query: [(String, String)] = BatchTests.cpu
        var region = "westeurope"
        var subscription = Estate.standardSubscription
        var audience = "https://metrics.monitor.azure.com"
        var body: String?
        var status = 400
        var says: String

        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(name: "ARM's token", audience: "https://management.azure.com", status: 401, says: "wrong audience"),
        Refusal(
            name: "51 ids", ids: (1...51).map { machines[0] + "\($0)" },
            says: "Requested resources count: 51 bigger than allowed max: 50"),
        Refusal(
            name: "a capital letter in the key", body: #"{"resourceIds":["\#(machines[0])"]}"#, says: "'resourceids'"),
        Refusal(name: "no ids", ids: [], says: "'resourceids'"),
        Refusal(name: "no JSON", body: #"{"resourceids":["#, says: "not a JSON object"),
        Refusal(name: "twice, in other case", ids: [machines[0], machines[0].uppercased()], says: "Duplicate"),
        Refusal(name: "mixed types", ids: [machines[0], TestAzure.id("kv-shop")], says: "not of the metric namespace"),
        Refusal(name: "another subscription", subscription: "another", says: "not in the subscription"),
        Refusal(name: "the host of another region", region: "northeurope", says: "not in northeurope"),
        Refusal(name: "the global host", region: "global", says: "not in global"),
        Refusal(
            name: "mixed regions", ids: [TestAzure.id("kv-shop"), TestAzure.id("kv-data")],
            query: [("metricnamespace", "microsoft.keyvault/vaults"), ("metricnames", "ServiceApiHit")], region: "",
            says: "is in the region northeurope"),
        Refusal(
            name: "no such resource", ids: [machines[0], machines[0] + "-gone"], status: 404,
            says: "Failed to find resource mapping"),
        Refusal(name: "$filter", query: cpu + [("$filter", "LUN eq '*'")], says: "called filter"),
        Refusal(name: "timespan", query: cpu + [("timespan", "PT1H")], says: "starttime"),
        Refusal(
            name: "auto-adjust", query: cpu + [("AutoAdjustTimegrain", "true")],
            says: "'AutoAdjustTimegrain' is not supported"),
        Refusal(name: "grain", query: cpu + [("interval", "PT2M")], says: "Detected invalid time grain input: PT2M"),
        Refusal(name: "no names", query: [("metricnames", "")], says: "'metricnames' is missing"),
        Refusal(
            name: "no namespace", query: cpu + [("metricnamespace", "")], says: "'metricnamespace' is missing"),
        Refusal(
            name: "a custom namespace",
            query: [
                ("metricnamespace", "Azure.VM.Linux.GuestMetrics"), ("metricnames", "mem/available_percent"),
            ], says: "not of the metric namespace"),
        Refusal(
            name: "21 names", query: [("metricnames", (1...21).map { "m\($0)" }.joined(separator: ","))],
            says: "Requested metrics count: 21 bigger than allowed max: 20"),
        Refusal(
            name: "a metric that the type does not have", query: [("metricnames", "Percentage CPU,Loaves")],
            says: "Failed to find metric configuration"),
        Refusal(name: "an end alone", query: cpu + [("endtime", "2031-02-04T11:00:00Z")], says: "'starttime'"),
        Refusal(name: "a version", query: cpu + [("api-version", "2018-01-01")], says: "API version '2018-01-01'"),
    ]

    @Test("what Azure refuses is refused, always in an envelope", arguments: refusals)
    func refusal(_ refusal: Refusal) {
        let answer = TestAzure().batch(
            refusal.ids, refusal.query, in: refusal.region, subscription: refusal.subscription,
            audience: refusal.audience, body: refusal.body)
        #expect(answer.status == refusal.status)
        #expect(answer.isWrapped && answer.message.contains(refusal.says), "\(answer.message)")
    }

    static let audiences: [(String, Int)] = [
        ("https://metrics.monitor.azure.com/", 200), ("https://metrics.monitor.azure.us", 200),
        ("https://metrics.monitor.azure.cn", 200), ("http://metrics.localhost:1", 200),
        ("http://westeurope.metrics.localhost:1", 200), ("http://127.0.0.1:1/metrics", 200),
        ("http://127.0.0.1:1", 200),
        ("http://management.localhost:1", 401), ("https://management.usgovcloudapi.net", 401),
        ("https://api.loganalytics.io", 401), ("http://metrics.localhost:2", 401),
    ]

    @Test(
        "a token must be for the metrics plane, in any cloud, or for the simulator under such a name",
        arguments: audiences)
    func audience(_ audience: String, _ status: Int) {
        #expect(TestAzure().batch([Self.machines[0]], Self.cpu, audience: audience).status == status)
    }

    @Test("50 ids and 20 names are allowed; a SKU without one of the metrics fails the whole batch")
    func limits() {
        let estate = Estate.scaled(EstateScale(text: "50x20x1x1") ?? .small)
        let azure = TestAzure(TestAzure.options(estate))
        let names = estate.resources[0].metrics.map(\.name).joined(separator: ",")
        let answer = azure.batch(estate.resources.map(\.id), [("metricnames", names)])
        #expect(answer.entries.count == 50 && answer.entries.allSatisfy { $0.metrics.count == 20 }, "\(answer.message)")

        var plain = Estate.standard.resources.filter { $0.id.hasSuffix("/sb-data") }
        plain.append(SimulatedResource(id: plain[0].id + "2", location: "northeurope"))
        let mixed = TestAzure(TestAzure.options(Estate(resources: plain))).batch(
            plain.map(\.id),
            [("metricnamespace", "Microsoft.ServiceBus/namespaces"), ("metricnames", "NamespaceCpuUsage")],
            in: "northeurope")
        #expect(mixed.status == 400 && mixed.message.contains("Failed to find metric configuration"))
    }

    @Test("the window: the last hour by default, until now without an end, floored, milliseconds allowed")
    func window() {
        let azure = TestAzure(now: TestAzure.noon + .seconds(5))
        let cases: [([(String, String)], first: String, count: Int)] = [
            ([("starttime", ""), ("endtime", "")], "2031-02-04T11:00:00Z", 60),
            ([("starttime", "2031-02-04T11:50:00Z")], "2031-02-04T11:50:00Z", 10),
            (
                [("starttime", "2031-02-04T10:00:30.123Z"), ("endtime", "2031-02-04T10:04:59.9Z")],
                "2031-02-04T10:00:00Z", 4
            ),
        ]
        for (window, first, count) in cases {
            let answer = azure.batch([Self.machines[0]], Self.cpu + window)
            let times = answer.entries.first?.metrics.first?.series.first?.times ?? []
            #expect(times.first == first && times.count == count, "\(answer.message) \(times)")
        }
    }

    @Test("one metric of one resource fails in a good answer when it does not store the aggregation")
    func samplingType() {
        let answer = TestAzure().batch(
            Self.machines, [("metricnames", "Percentage CPU,Network In Total"), ("aggregation", "total")])
        for entry in answer.entries {
            let codes = Dictionary(uniqueKeysWithValues: entry.metrics.map { ($0.name, $0.errorCode ?? "Success") })
            #expect(codes == ["Percentage CPU": "InvalidSamplingType", "Network In Total": "Success"])
        }
        #expect(answer.entries.count == 3)
    }
}
