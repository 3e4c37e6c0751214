import Testing

@testable import Declaration

/// A part of a declaration with `§` before each place, and what is reported there.
typealias Row = (String, [String])

@Suite struct GrammarTests {
    static let azureRows: [Row] = [
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g", []),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: Global", []),
        ("§tenantId: t\nsubscriptionId: s", ["E `resourceGroupName` is missing"]),
        ("§tenantId:\nsubscriptionId: §null\nresourceGroupName: §\" \"", ["E no value", "E no value", "E no value"]),
        ("tenantId: §[t]\nsubscriptionId: s\nresourceGroupName: §{a: b}", ["E not a list", "E not a mapping"]),
        ("tenantId: t\n§subscriptionID: s\nresourceGroupName: g", ["E did you mean `subscriptionId`?"]),
        ("tenantId: §<tenant>\nsubscriptionId: s\nresourceGroupName: g", ["W still the placeholder `<tenant>`"]),
        (
            "tenantId: §a/b\nsubscriptionId: §s?x=y\nresourceGroupName: §..",
            ["E holds `/`, which no name in Azure has", "E holds `?`", "E `resourceGroupName` cannot be `..`"]
        ),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: §<a/b>", ["E holds `/`"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\n§region: x", ["W known here: tenantId"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §global", ["E did you mean `Global`?"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §AzureCloud", ["E write Global, China"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: China", []),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: UsGov", []),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §Germany", ["E closed it in October 2021"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §Unspecified", ["E names none; write Global"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §China2", ["E did you mean `China`?"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §usgov", ["E did you mean `UsGov`?"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\n§cloud:", ["E `cloud` has no value"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: §Custom", ["E needs `endpoints`"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\n§endpoints: {}", ["W used with `cloud: Custom` only"]),
        ("tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: Custom\nendpoints: §x", ["E must be a mapping"]),
    ]

    @Test("the Azure section", arguments: azureRows)
    func azure(text: String, expected: [String]) {
        expectDiagnostics(sample(azure: text), expected)
    }

    private static let urlKeys = [
        "authenticationEndpoint", "resourceManagerEndpoint", "managementEndpoint", "graphEndpoint",
        "metricsQueryAudience", "metricsClientAudience",
    ]

    /// A custom cloud without the endpoint `missing`; `line` comes last.
    private static func custom(without missing: String = "", _ line: String = "") -> String {
        let all =
            urlKeys.map { "\($0): https://a.example" } + ["storageEndpointSuffix: a.example", "keyVaultSuffix: b"]
        let lines = all.filter { !$0.hasPrefix(missing + ":") } + (line.isEmpty ? [] : [line])
        // What is missing is reported where the endpoints begin.
        let mark = line.isEmpty && !missing.isEmpty ? "§" : ""
        return "tenantId: t\nsubscriptionId: s\nresourceGroupName: g\ncloud: Custom\nendpoints:\n  " + mark
            + lines.joined(separator: "\n  ")
    }

    private static func custom(_ key: String, _ value: String) -> String {
        custom(without: key, key + ": " + value)
    }

    static let endpointRows: [Row] =
        [
            (custom(), []), (custom("logAnalyticsEndpoint", "https://logs.example"), []),
            (custom("logAnalyticsEndpoint", ""), []),
            (custom("logAnalyticsEndpoint", "§logs"), ["E an absolute URL"]),
            (custom("metricsClientAudience", "http://metrics.localhost:8090"), []),
            (custom("metricsClientAudience", "§https://metrics.example?x=1"), ["E end it before `?` or `#`"]),
            (custom("storageEndpointSuffix", "core.windows.net"), []),
            (custom("storageEndpointSuffix", "localhost:1"), []),
            (custom("storageEndpointSuffix", "§https://core.example"), ["W must be the end of a host name"]),
            (custom("storageEndpointSuffix", "§.core.example"), ["W without `https://`, dot or slash"]),
            (custom("storageEndpointSuffix", "§core.example/"), ["W must be the end of a host name"]),
            (custom("storageEndpointSuffix", "§me@core.example"), ["W must be the end of a host name"]),
            (custom(without: "storageEndpointSuffix"), ["E `storageEndpointSuffix` is missing"]),
            (custom(without: "keyVaultSuffix"), ["E `keyVaultSuffix` is missing"]),
            (custom("keyVaultSuffix", "any thing"), []),
        ] + urlKeys.map { (custom(without: $0), ["E `\($0)` is missing"]) }
        + urlKeys.map {
            (custom($0, "§http://a.example"), ["\($0 == "graphEndpoint" ? "W" : "E") `\($0)` uses plain http"])
        }

    @Test("the endpoints of a custom cloud", arguments: endpointRows)
    func endpoints(text: String, expected: [String]) {
        expectDiagnostics(sample(azure: text), expected)
    }

    private static let schedule = "scraping: {schedule: \"* * * * *\"}\n"

    static let defaultsRows: [Row] = [
        ("aggregation: {interval: 00:01:00}\n" + schedule, []),
        ("§aggregation: {interval: 00:01:00}", ["E `scraping` is missing"]),
        ("aggregation: {interval: 00:01:00}\nscraping: §often", ["E must be a mapping, not text"]),
        ("aggregation: {interval: 00:01:00}\nscraping: {schedule: §\"\"}", ["E `schedule` has no value"]),
        ("aggregation: {interval: 00:01:00}\nscraping: {schedule: §often}", ["E the schedule cannot be read"]),
        ("aggregation: {interval: 00:01:00}\nscraping: {schedule: \"0 0 L * *\"}", []),
        ("aggregation: {interval: 00:01:00}\nscraping: {schedule: §\"0 0 30 2 *\"}", ["E never comes"]),
        ("aggregation: {interval: 00:01:00}\nlimit: 5\n" + schedule, []),
        ("aggregation: {interval: 00:01:00}\nlimit:\n" + schedule, []),
        ("aggregation: {interval: 00:01:00}\nlimit: §1.5\n" + schedule, ["W must be a whole number, not `1.5`"]),
        ("aggregation: {interval: 00:01:00}\nlimit: §[1]\n" + schedule, ["W must be a whole number, not a list"]),
        (
            "aggregation: {interval: 00:01:00}\nlimit: §0\n" + schedule,
            ["E `limit` is 0; write a number from 1 to 10000"]
        ),
        ("aggregation: {interval: 00:01:00}\nlimit: §10001\n" + schedule, ["E `limit` is 10001"]),
        ("aggregation: {interval: 00:01:00}\nlimit: §-1\n" + schedule, ["E `limit` is -1"]),
        ("aggregation: {interval: 00:01:00}\nlabels:\n" + schedule, []),
        ("aggregation: {interval: 00:01:00}\nlabels: §[a]\n" + schedule, ["E `labels` must be a mapping, not a list"]),
        ("aggregation: {interval: 00:01:00}\nlabels: {a: §[b]}\n" + schedule, ["W the label `a` must be text"]),
        ("aggregation: {interval: 00:01:00}\nlabels: {a: §~}\n" + schedule, ["W taken as not given"]),
        ("aggregation: {interval: 00:01:00}\nlabels: {a: , b: \"\", c: \"~\", d: 1}\n" + schedule, []),
        ("aggregation: {interval: 00:01:00}\nlabels: {§resource_uri: x, tenant_id: y}\n" + schedule, ["W wins over"]),
        (
            "aggregation: {interval: 00:01:00}\nlabels: {§a-b: x, §1a: x, §__a: x}\n" + schedule,
            ["W legal", "W legal", "W legal"]
        ),
        ("aggregation: {interval: 00:01:00, §type: Total}\n" + schedule, ["W `type` is unknown and ignored"]),
    ]

    @Test("the defaults", arguments: defaultsRows)
    func defaults(text: String, expected: [String]) {
        expectDiagnostics(sample(defaults: text), expected)
    }

    static let intervalsRows: [Row] = [
        ("00:05:00", []), ("PT5M", []), ("\"1.00:00:00\"", []), ("P1D", []),
        ("§5", ["W `5` means 5 days; Azure Monitor's nearest interval, 1 day, is used; write 00:05:00 for 5 minutes"]),
        ("§1", ["W `1` means 1 day; write 00:01:00 for 1 minute, or 1.00:00:00"]),
        (
            "§24:00:00",
            ["W means 24 days; Azure Monitor's nearest interval, 1 day, is used; write 1.00:00:00 for 24 hours"]
        ),
        ("§00:07:00", ["W no interval of 7 minutes: its nearest, 5 minutes, is used; write 00:05:00"]),
        ("§00:03:00", ["W its nearest, 1 minute, is used"]), ("§00:00:30", ["W its nearest, 1 minute"]),
        ("§00:00:00", ["W must be longer than zero"]), ("§0", ["W not scraped"]),
        ("§-00:05:00", ["W must be longer than zero"]), ("§-5", ["W not scraped"]),
        ("§10675198.00:00:00", ["W no interval of 10675198 days: its nearest, 1 day, is used"]),
        ("§PT10675198H", ["W its nearest, 1 day, is used"]),
        ("§99999999.00:00:00", ["E is no length of time"]), ("§PT99999999999H", ["E is no length of time"]),
        ("§soon", ["E `soon` is no length of time"]), ("§5m", ["E `5m` is no length of time"]),
        ("§null", ["E `interval` has no value"]), ("§[]", ["E must be text, not a list"]),
    ]

    @Test("intervals of a metric and of the defaults", arguments: intervalsRows)
    func interval(text: String, expected: [String]) {
        let own = metric(configuration: "{metricName: CPU, aggregation: {type: Total, interval: \(text)}}")
        expectDiagnostics(sample(metric: own), expected)
        expectDiagnostics(sample(defaults: "aggregation: {interval: \(text)}\n" + Self.schedule), expected)
    }

    @Test("an interval that is nowhere is five minutes, with a warning where it is missing")
    func missingInterval() {
        let own = metric(configuration: "\n  metricName: CPU\n  aggregation:\n    §type: Total")
        expectDiagnostics(sample(defaults: Self.schedule, metric: own), ["W add `interval: 00:05:00` here"])
        expectDiagnostics(
            sample(defaults: "aggregation:\n" + Self.schedule, metric: own),
            ["W the finest that the metric offers is used"])
        let text = sample(defaults: Self.schedule, metric: own).filter { $0 != "§" }
        let (declaration, _) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "m", environment: [:], strict: false)
        #expect(declaration?.metrics.map(\.descriptor.grain) == [.fiveMinutes])
        #expect(declaration?.metrics.map(\.requestedGrain) == [nil])
    }

    static let requestedRows: [(String, Int64, Int64)] = [
        ("00:05:00", 300, 300), ("PT1H", 3600, 3600), ("00:10:00", 300, 600), ("03:00:00", 3600, 10_800),
    ]

    @Test(
        "an interval is kept as written beside Azure's nearest, with its place and the others'",
        arguments: requestedRows)
    func requestedInterval(text: String, grain: Int64, requested: Int64) throws {
        let own = metric(
            configuration: "\n  metricName: CPU\n  aggregation:\n    type: Total\n    interval: \(text)\n"
                + "  dimensions:\n  - name: LUN")
        let (declaration, _) = DeclarationLoader.load(
            bytes: Array(sample(metric: own).utf8), file: "m", environment: [:], strict: false)
        let metric = try #require(declaration?.metrics.first)
        #expect(metric.descriptor.grain.seconds == grain && metric.requestedGrain?.seconds == requested)
        let line = metric.places.metricName.line
        #expect(
            metric.places
                == MetricPlaces(
                    metricName: SourceMark(line: line, column: 19), aggregation: SourceMark(line: line + 2, column: 15),
                    interval: SourceMark(line: line + 3, column: 19),
                    dimensions: ["LUN": SourceMark(line: line + 5, column: 15)]))
        #expect(line == 14)
    }

    static let configurationsRows: [Row] = [
        ("§{metricName: CPU}", ["E `aggregation` is missing"]),
        ("§{aggregation: {type: Total}}", ["E `metricName` is missing"]),
        ("§CPU", ["E must be a mapping, not text"]), ("§[]", ["E must be a mapping, not a list"]),
        ("{metricName: CPU, aggregation: §Total}", ["E `aggregation` must be a mapping, not text"]),
        ("{metricName: CPU, aggregation: §{}}", ["E `type` is missing"]),
        ("{metricName: CPU, aggregation: {type: §total}}", ["E did you mean `Total`?"]),
        ("{metricName: CPU, aggregation: {type: §Sum}}", ["E write one of Average, Minimum, Maximum, Total, Count"]),
        ("{metricName: CPU, aggregation: {type: §3}}", ["W `3` is taken for the aggregation `Minimum`"]),
        ("{metricName: CPU, aggregation: {type: §0}}", ["W `0`, which is `None`, has no values"]),
        ("{metricName: CPU, aggregation: {type: §6}}", ["E the aggregation `6` is unknown"]),
        ("{metricName: CPU, aggregation: {type: §-1}}", ["E the aggregation `-1` is unknown"]),
        ("{metricName: CPU, aggregation: {type: §None}}", ["W the metric is not scraped"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [{name: A}, {name: B}]}", []),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: }", []),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: §{name: A}}", ["E must be a list, not a mapping"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [§A]}", ["E write `- name: …`"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [{§nmae: A}]}", ["W did you mean `name`?"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [{name: §\"\"}]}", ["W a dimension without name"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [§{}]}", ["W a dimension without name"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [{name: §~}]}", ["W taken as not given"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimensions: [{name: A}, {name: §a}]}", ["W stands twice"]),
        ("{metricName: CPU, aggregation: {type: Total}, §dimension: {name: A}}", ["W `- name: A`"]),
        ("{metricName: CPU, aggregation: {type: Total}, §dimension: {name: A}, dimensions: []}", ["W deprecated"]),
        ("{metricName: CPU, aggregation: {type: Total}, dimension: §[]}", ["E must be a mapping, not a list"]),
        ("{metricName: CPU, aggregation: {type: Total}, §dimension: {name: A}, dimensions: [{name: B}]}", ["E both"]),
    ]

    @Test("what is asked of Azure Monitor", arguments: configurationsRows)
    func configuration(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: metric(configuration: text)), expected)
    }

    static let resourcesRows: [Row] = [
        ("[{virtualMachineName: a}, {virtualMachineName: b, subscriptionId: s2, resourceGroupName: }]", []),
        ("[{virtualMachineName: a, subscriptionId: §null}]", ["W `null` for `subscriptionId` is taken as not given"]),
        ("[{virtualMachineName: a, subscriptionId: §[x]}]", ["W must be text, not a list; it is ignored"]),
        ("[{virtualMachineName: §~}]", ["E `virtualMachineName` has no value"]),
        ("[{§virtualMachineName: }]", ["E `virtualMachineName` has no value"]),
        ("[§{subscriptionId: s}]", ["E `virtualMachineName` is missing"]),
        ("[{virtualMachineName: a, §resourceGroup: x}]", ["W known here: virtualMachineName"]),
        ("[{virtualMachineName: a, §subscriptionID: x}]", ["W did you mean `subscriptionId`?"]),
        (
            "[{virtualMachineName: §\"a/b?c#d\", resourceGroupName: §rg/../x y}]",
            ["E `virtualMachineName` holds `/`, which no name in Azure has", "E `resourceGroupName` holds `/`"]
        ),
        ("[{virtualMachineName: a, subscriptionId: §s&t}]", ["E `subscriptionId` holds `&`"]),
        (
            "[{virtualMachineName: §<vm>, resourceGroupName: §<group>}]",
            ["W `virtualMachineName` is still the placeholder `<vm>`", "W still the placeholder `<group>`"]
        ),
        ("[§vm-1]", ["E write `- virtualMachineName: …`"]), ("§vm-1", ["E `resources` must be a list, not text"]),
        ("[{virtualMachineName: a}, §{virtualMachineName: A}]", ["W it is scraped once"]),
    ]

    @Test("resources", arguments: resourcesRows)
    func resources(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: metric(resources: text)), expected)
    }

    @Test("neither resources nor groups", arguments: ["§resources:", "§resources: []"])
    func noResources(resources: String) {
        let configuration = "azureMetricConfiguration: {metricName: C, aggregation: {type: Total}}"
        let text = "description: d\nresourceType: VirtualMachine\n\(configuration)\n"
        expectDiagnostics(sample(metric: text + resources), ["E the metric has no resources"])
        let whole = sample(metric: text).replacing("- name: m", with: "- §name: m")
        expectDiagnostics(whole, ["E the metric has no resources"])
    }

    private static let total = "{metricName: CPU, aggregation: {type: Total}}"
    private static let count = "{metricName: CPU, aggregation: {type: Count}}"

    static let metricsRows: [Row] = [
        (metric(type: "§VirtualMachines"), ["E did you mean `VirtualMachine`?"]),
        (metric(type: "§virtualMachine"), ["E did you mean `VirtualMachine`?"]),
        (metric(type: "§NotSpecified"), ["E `NotSpecified` is unknown"]),
        (metric(type: "§5"), ["W `5` is taken for the resource type `VirtualMachine`"]),
        (metric(type: "§0"), ["E `0` is unknown"]), (metric(type: "§57"), ["E `57` is unknown"]),
        (metric(type: "§-9223372036854775808"), ["E is unknown"]),
        (metric(more: "scraping: {schedule: \"@Every_Minute\"}"), []),
        (metric(more: "scraping: {schedule: \"0 0 * * 5#2\"}"), []),
        (metric(more: "scraping: {schedule: \"0 0 LW * ?\"}"), []),
        (metric(more: "scraping: {schedule: §\"@often\"}"), ["E cannot be read at `@often`: `@often` is no macro"]),
        (metric(more: "scraping: {schedule: §\"0 0 1W,15W * *\"}"), ["E cannot be read at `,15W * *`: `,` is not"]),
        (metric(type: "§Spaceship"), ["E or `Generic` with a `resourceUri`"]),
        (metric(more: "scraping: {schedule: §\"\"}"), ["W that of `metricDefaults` is used"]),
        (metric(more: "scraping: {schedule: §~}"), ["W that of `metricDefaults` is used"]),
        (metric(more: "scraping: {§shedule: x}"), ["E did you mean `schedule`?"]),
        (metric(more: "scraping: §often"), ["W must be a mapping, not text; it is ignored"]),
        (metric(more: "scraping:"), []), (metric(more: "labels:"), []),
        (metric(more: "labels: {§instance_name: x}"), ["W `instance_name` of its own, which wins"]),
        (metric(more: "§resourceCollections: [{name: x}]"), ["W called `resourceDiscoveryGroups` since Promitor 2.0"]),
        (metric(more: "§resourceDiscoveryGroups: [{name: x}]"), ["W only the `resources` of `m` are scraped"]),
        (metric(more: "resourceDiscoveryGroups: []"), []), (metric(more: "resourceDiscoveryGroups:"), []),
        (metric(more: "§resourceDiscoveryGroups: [{§nmae: x}]"), ["W not supported yet", "E did you mean `name`?"]),
        (metric(more: "resourceDiscoveryGroups: §x"), ["E must be a list, not text"]),
        (metric(more: "collection: {settle: 00:00:00, backfill: 0}"), []),
        (metric(more: "collection: {settle: §-00:00:01}"), ["E `settle` is negative"]),
        (metric(configuration: total, more: "collection: {monotonic: true}"), []),
        (metric(configuration: total, more: "collection: {monotonic: §5}"), ["E cannot be `5`; write true or false"]),
        (metric(more: "collection: {§monotonic: true}"), ["W no effect on the aggregation Average: it is for totals"]),
        (metric(configuration: count, more: "collection: {§monotonic: false}"), ["W counts are monotonic anyhow"]),
        (metric(more: "collection: {overlap: §5}"), ["W `5` means 5 days; write 00:05:00"]),
        (metric(more: "collection: {backfill: §a week}"), ["E no length of time"]),
        (metric(more: "collection: {settle: 93.00:00:00, overlap: P93D, backfill: 93.00:00}"), []),
        (
            metric(more: "collection: {settle: §10000000.00:00:00, overlap: §93.00:00:01, backfill: §200000.00:00:00}"),
            [
                "E `settle` is 10000000 days, but Azure Monitor keeps 93 days; write 93.00:00:00 or less",
                "E 93 days 1 second, but", "E 200000 days, but",
            ]
        ),
        (
            metric(more: "collection: {backfill: §120}"),
            ["E is 120 days, but Azure Monitor keeps 93 days; write 93.00:00:00 or less; 02:00:00 for 120 minutes"]
        ),
        (metric(more: "§logAnalyticsConfiguration: {query: x}"), ["W does not go with"]),
        (metric(more: "<<: {}").replacing("<<", with: "§<<"), ["W merge key"]),
        (metric(more: "§Labels: {}"), ["W did you mean `labels`?"]),
    ]

    @Test("metrics", arguments: metricsRows)
    func metrics(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: text), expected)
    }

    private static let bus = "{metricName: A, aggregation: {type: Total}"

    static let typesRows: [Row] = [
        (
            metric(type: "ServiceBusNamespace", resources: "[{namespace: n}]", more: "labels: {§entity_name: x}"),
            ["W from Azure"]
        ),
        (
            metric(type: "SqlDatabase", resources: "[{serverName: s, databaseName: d}]", more: "labels: {§server: x}"),
            ["W from Azure"]
        ),
        (
            metric(
                type: "ServiceBusNamespace", configuration: bus + ", §dimensions: [{name: Other}]}",
                resources: "[{namespace: n}, {namespace: o}]"), ["W the dimension `Other` is ignored"]
        ),
        (
            metric(
                type: "ServiceBusNamespace", configuration: bus + ", dimensions: [{name: EntityName}]}",
                resources: "[{namespace: n, queueName: §q}]"), ["E cannot be combined with the dimension `EntityName`"]
        ),
        (metric(type: "Generic", resources: "[{resourceUri: §/subscriptions/x}]"), ["E cannot begin with"]),
        (metric(type: "Generic", resources: "[{resourceUri: A/b/c, filter: §x ne 'y'}]"), ["E knows `eq` only"]),
        (metric(type: "MySql", resources: "[{serverName: s, type: §single}]"), ["E write `Single`"]),
        (
            metric(type: "ServiceBusNamespace", resources: #"[{namespace: n, queueName: §"a\tb"}]"#),
            ["E `queueName` holds a control character"]
        ),
        (metric(type: "Generic", resources: #"[{resourceUri: §"A.B/c/d\n"}]"#), ["E `resourceUri` holds a control"]),
        (
            metric(
                type: "Generic",
                resources: "[{resourceUri: A.B/c/d, filter: F eq 'In'}, {resourceUri: A.B/c/d, filter: §F eq 'Out'}]"),
            ["W already, with another filter; only that one is scraped; give each filter a metric"]
        ),
        (
            metric(type: "Generic", resources: "[{resourceUri: A.B/c/d, filter: F eq 'In'}, §{resourceUri: A.B/c/d}]"),
            ["W with another filter"]
        ),
        (metric(type: "Generic", resources: #"[{resourceUri: A.B/c/d, filter: "A eq\n 'x'"}]"#), []),
    ]

    @Test("rules of the resource types", arguments: typesRows)
    func types(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: text), expected)
    }

    /// A metric of a storage queue.
    private static func queue(
        type: String = "§StorageQueue", metric: String = "MessageCount", more: String = "",
        _ resources: String = "{accountName: a, queueName: q, sasToken: {rawValue: hidden}}"
    ) -> String {
        "description: d\nresourceType: \(type)\n"
            + "azureMetricConfiguration: {metricName: \(metric), aggregation: {type: Total}\(more)}\nresources: [\(resources)]"
    }

    static let queueRows: [Row] = [
        (queue(), ["W not supported yet: `m` is checked, but not scraped"]),
        (queue(type: "§§3"), ["W taken for the resource type `StorageQueue`", "W not supported yet"]),
        (queue(metric: "timespentinqueue"), ["W not supported yet"]),
        (queue(metric: "§Messages"), ["W not", "E no metric `Messages`; write `MessageCount` or `TimeSpentInQueue`"]),
        (queue(more: ", §dimensions: [{name: A}]"), ["W not supported yet", "W the dimension `A` is ignored"]),
        (queue("§{accountName: a, queueName: q}"), ["W not supported yet", "E `sasToken` is missing"]),
        (queue("{accountName: a, queueName: q, sasToken: §hidden}"), ["W not", "E must be a mapping, not text"]),
        (queue("{accountName: a, queueName: q, sasToken: §{}}"), ["W not", "E `sasToken` has no source"]),
        (
            queue("{accountName: a, queueName: §\"\", sasToken: {environmentVariable: §UNSET}}"),
            ["W not", "E `queueName` has no value", "E the environment variable `UNSET`"]
        ),
        (
            queue(
                "{accountName: a, queueName: q, sasToken: {rawValue: x}}, {accountName: a, queueName: r, sasToken: {rawValue: x}}, "
                    + "§{accountName: a, queueName: q, sasToken: {rawValue: y}}"),
            ["W not", "W stands twice"]
        ),
    ]

    @Test("storage queues are checked, though not scraped yet, and their token is not shown", arguments: queueRows)
    func storageQueue(text: String, expected: [String]) {
        let text = sample(metric: text)
        expectDiagnostics(text, expected)
        let (_, found) = DeclarationLoader.load(
            bytes: Array(text.filter { $0 != "§" }.utf8), file: "f", environment: [:], strict: false)
        #expect(!rendered(found).contains { $0.contains("hidden") })
    }

    private static let logs =
        "description: d\nresourceType: §LogAnalytics\nresources: [{workspaceId: w, workspaceName: n}]\n"

    private static let query = "logAnalyticsConfiguration: {query: project result}"

    static let logAnalyticsRows: [Row] = [
        (logs + "logAnalyticsConfiguration: {query: \"T | project result\"}", ["W not supported yet"]),
        (logs + "logAnalyticsConfiguration: {query: §T}", ["W not supported yet", "E `| project result`"]),
        (logs + "logAnalyticsConfiguration: §{aggregation: {interval: 00:15:00}}", ["W not", "E `query` is missing"]),
        (
            logs + "logAnalyticsConfiguration: {query: project result, aggregation: {§type: Total}}",
            ["W not", "W ignored"]
        ),
        (
            logs.replacing("§LogAnalytics", with: "§§47") + "logAnalyticsConfiguration: {query: project result}",
            ["W taken for the resource type `LogAnalytics`", "W not supported yet"]
        ),
        (
            logs + "logAnalyticsConfiguration: {query: project result, aggregation: {interval: §-00:01:00}}",
            ["W not", "W how far back the query looks"]
        ),
        (
            logs + "logAnalyticsConfiguration: {query: project result, aggregation: {interval: §5}}",
            ["W not", "W `5` means 5 days"]
        ),
        (
            logs + "logAnalyticsConfiguration: {query: project result, aggregation: {interval: §soon}}",
            ["W not", "E `soon` is no length of time"]
        ),
        (logs + "logAnalyticsConfiguration: {query: project result, aggregation: {interval: 00:15:00}}", ["W not"]),
        (
            logs.replacing("workspaceName: n", with: "workspaceName: §\"\"") + query,
            ["W not", "W `workspaceName` is blank"]
        ),
        (
            logs.replacing("workspaceName: n", with: "workspaceName: §~") + query,
            ["W not", "W `workspaceName` is blank"]
        ),
        (
            logs.replacing("workspaceId: w", with: "workspaceId: §\"\"") + query,
            ["W not", "E `workspaceId` has no value"]
        ),
        (
            logs + "§azureMetricConfiguration: {}\nlogAnalyticsConfiguration: {query: project result}",
            ["W not", "W does not go"]
        ),
    ]

    @Test("what cannot be scraped takes only its own metric away")
    func skipped() throws {
        func scraped(_ first: String, _ second: String, defaults: String) -> [String]? {
            let items = [("a", first), ("b", second)].map { name, text in
                "  - name: \(name)\n" + text.split(separator: "\n").map { "    \($0)\n" }.joined()
            }
            let head = sample(defaults: defaults).split(separator: "  - name: m")[0]
            let (declaration, _) = DeclarationLoader.load(
                bytes: Array((head + items.joined()).utf8), file: "m", environment: [:], strict: false)
            return declaration?.metrics.map(\.descriptor.name)
        }
        let interval = "aggregation: {interval: 00:01:00}\n"
        let zero = metric(configuration: "{metricName: CPU, aggregation: {type: Total, interval: 0}}")
        let own = metric(
            configuration: "{metricName: CPU, aggregation: {type: Total, interval: PT1M}}",
            more: "scraping: {schedule: \"* * * * *\"}")
        #expect(scraped(zero, metric(), defaults: interval + Self.schedule) == ["b"])
        #expect(scraped(metric(), own, defaults: "aggregation: {interval: -1}\n" + Self.schedule) == ["b"])
    }

    @Test("Log Analytics is checked, though not scraped yet", arguments: logAnalyticsRows)
    func logAnalytics(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: text), expected)
    }

    @Test("Log Analytics needs an endpoint where the cloud has none of its own")
    func logAnalyticsEndpoint() {
        expectDiagnostics(
            sample(azure: Self.custom(), metric: Self.logs.replacing("§", with: "§§") + Self.query),
            ["E add `logAnalyticsEndpoint` to the `endpoints`", "W not supported yet"])
        expectDiagnostics(
            sample(azure: Self.custom("logAnalyticsEndpoint", "https://a.example"), metric: Self.logs + Self.query),
            ["W not supported yet"])
    }

    @Test("a resource with two filters counts once, as it is scraped, with the first")
    func twoFilters() throws {
        let resources = "[{resourceUri: A.B/c/d, filter: F eq 'In'}, {resourceUri: A.B/c/d, filter: F eq 'Out'}]"
        let text = sample(metric: metric(type: "Generic", resources: resources))
        let (declaration, _) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "f", environment: [:], strict: false)
        let read = try #require(declaration?.metrics.first).resources
        #expect(read.map { $0.filter?.text } == ["F eq 'In'"])
    }

    @Test("names of metrics must differ, at least not in case alone, and be legal in Prometheus")
    func metricNames() {
        func metrics(_ names: String...) -> String {
            names.reduce(sample()) {
                $0 + "  - name: \($1)\n" + metric().split(separator: "\n").map { "    \($0)\n" }.joined()
            }
        }
        expectDiagnostics(metrics("n", "a:b_1"), [])
        expectDiagnostics(metrics("n", "§m"), ["E `m` is taken by the metric in line 10"])
        expectDiagnostics(metrics("§M"), ["W differs only in case from `m` in line 10"])
        expectDiagnostics(metrics("§1x", "§a-b", "§é"), ["W not a legal", "W not a legal", "W not a legal"])
        expectDiagnostics(
            metrics(#"§"a\tb""#, #"§"a\nb""#, #"§"a\x7f""#), [String](repeating: "E a control character", count: 3))
        expectDiagnostics(metrics("§~"), ["E `name` has no value"])
    }

    @Test("the top level")
    func topLevel() {
        let well = sample()
        expectDiagnostics(well, [])
        expectDiagnostics(well.replacing("version: v1", with: "version: §V1"), ["E write `version: v1`"])
        expectDiagnostics(well.replacing("version: v1", with: "version: §v2"), ["E the version `v2` is unknown"])
        expectDiagnostics(well.replacing("version: v1", with: "§version:"), ["E `version` has no value"])
        expectDiagnostics(well.replacing("version: v1\n", with: "§"), ["E `version` is missing"])
        expectDiagnostics(well + "§extra: 1\n", ["W known here: version, azureMetadata, metricDefaults, metrics"])
        let empty = String(well.prefix { $0 != "-" }).replacing("metrics:\n  ", with: "")
        expectDiagnostics(empty + "metrics: §[]", ["W nothing is scraped"])
        expectDiagnostics(empty + "§metrics:", ["E has no list"])
        expectDiagnostics(empty + "metrics: §{}", ["E must be a list, not a mapping"])
        expectDiagnostics(empty + "metrics: [§x]", ["E must be a mapping, not text"])
    }

    @Test("a wrong default is reported once, not for every metric")
    func noCascade() {
        let own = metric() + "§lables: {}"
        expectDiagnostics(
            sample(defaults: "aggregation: {interval: §x}\nscraping: {schedule: §y}", metric: own),
            ["E no length of time", "E the schedule", "W did you mean"])
        expectDiagnostics(
            sample(defaults: "§x", metric: own), ["E `metricDefaults` must be a mapping", "W did you mean"])
    }

    static let strictRows: [Row] = [
        (metric(more: "§lables: {}"), ["E did you mean `labels`?"]),
        (queue(type: "§StorageQueue"), ["E not supported yet: `m` is checked, but not scraped"]),
        (metric(more: "scraping: {schedule: §\"\"}"), ["E that of `metricDefaults` is used"]),
        (metric(configuration: "{metricName: CPU, aggregation: {type: §3}}"), ["E taken for"]),
        (metric(more: "§resourceDiscoveryGroups: [{name: x}]"), ["E resource discovery is not supported yet"]),
        (metric(configuration: "{metricName: CPU, aggregation: {type: §None}}"), ["E the metric is not scraped"]),
    ]

    @Test("strict makes errors of findings, first of all of metrics that would not be scraped", arguments: strictRows)
    func strict(text: String, expected: [String]) {
        expectDiagnostics(sample(metric: text), expected, strict: true)
    }
}
