import Declaration
import Testing

@Suite struct RuntimeDiagnosticsTests {
    /// Text of the file → the diagnostics, in full up to the fix.
    static let told: [(String, [String])] = [
        ("server: {httpPort: 80}", []), ("healthCheck: {enableScraperFreshnessHealthCheck: false}", []),
        (
            "healthCheck: {enableScraperFreshnessHealthCheck: maybe}",
            [
                "1:50: error: `healthCheck.enableScraperFreshnessHealthCheck` cannot be `maybe`; write true or false"
            ]
        ),
        (
            "metricSinks:\n  statsd: {host: a, port: 8125}",
            ["2:3: warning: `metricSinks.statsd` has no effect: this version does not push to StatsD yet"]
        ),
        ("resourceDiscovery: {host: '', port: }", []),
        ("state: {folder: /x, maxSize: 256MiB, maxAge: 1.00:00:00}", []),
        ("state: {maxSize: much}", ["1:18: error: `state.maxSize` cannot be `much`; write a size such as 256MiB"]),
        (
            "state: {maxSize: 256}",
            [
                "1:18: error: `state.maxSize` is 256 bytes, but less than 1 MiB holds no request to a collector; "
                    + "leave it out for 256MiB, or write 1MiB or more"
            ]
        ),
        ("state: {maxAge: 0}", ["1:17: error: a `maxAge` of zero would delete all points before they are sent"]),
        ("collection: {revisions: ignore}", []),
        (
            "collection: {revisions: again}",
            ["1:25: error: `collection.revisions` cannot be `again`; write one of ignore, resend"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', sumsAs: cumulative}}\n"
                + "collection: {revisions: resend}",
            ["2:25: error: `revisions: resend` does not go with `sumsAs: cumulative`: the points of a running total"]
        ),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', sumsAs: cumulative}}", []),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', sumsAs: delta}}\n"
                + "collection: {revisions: resend}",
            [
                "1:74: warning: deltas arrive at least once",
                "2:25: warning: with `sumsAs: delta` a revised bucket is sent again whole",
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', sumsAs: counter}}",
            [
                "1:74: error: `metricSinks.openTelemetryCollector.sumsAs` cannot be `counter`; "
                    + "write one of gauge, delta, cumulative"
            ]
        ),
        ("azureMonitor: {integration: {metricsBatching: {enabled: true, maxBatchSize: 50}}}", []),
        (
            "azureMonitor: {integration: {metricsBatching: {maxBatchSize: 51}}}",
            [
                "1:62: warning: `maxBatchSize` is 51, but Azure Monitor takes 50 resources a call: 50 is used; "
                    + "write 50, or leave it out"
            ]
        ),
        (
            "azureMonitor: {integration: {metricsBatching: {maxBatchSize: 0}}}",
            ["1:62: error: with a `maxBatchSize` of 0 no resource could be asked for; write a number from 1 to 50"]
        ),
        ("azureMonitor: {integration: {metricsBatching: {enabled: false, maxBatchSize: 0}}}", []),
        (
            "azureMonitor: {integration: {metricsBatching: {azureRegion: westeurope}}}",
            [
                "1:48: warning: `azureMonitor.integration.metricsBatching.azureRegion` has no effect: "
                    + "each resource is asked for in its own region"
            ]
        ),
        (
            "metricSink: {statsd: {host: a, port: 1}}",
            ["1:1: warning: the key `metricSink` is unknown and ignored; did you mean `metricSinks`?"]
        ),
        (
            "authentication:\n  identityID: a\n  secretFilPath: b",
            [
                "3:3: warning: the key `authentication.secretFilPath` is unknown and ignored; "
                    + "did you mean `secretFilePath`?"
            ]
        ),
        (
            "collection: {frequency: 3}",
            [
                "1:14: warning: the key `collection.frequency` is unknown and ignored; "
                    + "known here: settle, overlap, backfill, catchUp, revisions, takeover"
            ]
        ),
        ("oops: {}", ["1:1: warning: the key `oops` is unknown and ignored; known here: "]),
        (
            "server:\n  httpPort:\n    deep: 1",
            ["2:3: warning: `server.httpPort` is a value, not a section; what stands below it is ignored"]
        ),
        (
            "authentication: ServicePrincipal",
            [
                "1:17: warning: `authentication` is a section, not a value; it is ignored; "
                    + "its keys are mode, identityId, secretFilePath, secretFileName"
            ]
        ),
        (
            "server: {httpPort: eighty}",
            [
                "1:20: error: `server.httpPort` cannot be `eighty`; write a whole number from 0 to 65535"
            ]
        ),
        ("telemetry: {defaultVerbosity: Verbose}", ["1:31: error: `telemetry.defaultVerbosity` cannot be `Verbose`"]),
        (
            "telemetry: {defaultVerbosity: Infomation}",
            [
                "1:31: error: `telemetry.defaultVerbosity` cannot be `Infomation`; "
                    + "did you mean `Information`?"
            ]
        ),
        ("collection: {settle: soon}", ["1:22: error: `collection.settle` cannot be `soon`; write hh:mm:ss"]),
        ("collection: {settle: -00:01:00}", ["1:22: error: `collection.settle` cannot be `-00:01:00`; write 00:00:00"]),
        ("collection: {backfill: 5}", ["1:24: warning: `5` means 5 days; write 00:05:00 for 5 minutes"]),
        (
            "collection: {settle: 93.00:00:00, overlap: P93D, catchUp: 92.23:59:59, backfill: 2232:00:00}",
            [
                "1:82: error: `collection.backfill` is 2232 days, but Azure Monitor keeps 93 days; write 93.00:00:00"
            ]
        ),
        (
            "collection: {settle: 10000000.00:00:00, overlap: 93.00:00:01, catchUp: PT10675198H, backfill: 2000}",
            [
                "1:22: error: `collection.settle` is 10000000 days, but Azure Monitor keeps 93 days; "
                    + "write 93.00:00:00 or less",
                "1:50: error: `collection.overlap` is 93 days 1 second, but Azure",
                "1:72: error: `collection.catchUp` is 444799 days 22 hours, but Azure",
                "1:95: error: `collection.backfill` is 2000 days, but Azure Monitor keeps 93 days; "
                    + "write 93.00:00:00 or less; 1.09:20:00 for 2000 minutes",
            ]
        ),
        ("collection: {settle: 99999999.00:00:00}", ["1:22: error: `collection.settle` cannot be `99999999.00:00:00`"]),
        ("collection: {settle: PT99999999999H}", ["1:22: error: `collection.settle` cannot be `PT99999999999H`"]),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', timeout: 01:00:01}}",
            [
                "1:75: error: `metricSinks.openTelemetryCollector.timeout` is 1 hour 1 second, "
                    + "but a request may take 1 hour at most; write 01:00:00 or less"
            ]
        ),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', timeout: 01:00:00}}", []),
        (
            "collection: {backfill: 24:00:00}",
            ["1:24: warning: `24:` counts days, because hours end at 23: this means 24 days"]
        ),
        (
            "Server: {HTTPPORT: 1}\nserver: {httpPort: 2}",
            [
                "2:10: error: `server.httpPort` is given twice; case does not tell keys apart; "
                    + "remove one; the other is `Server.HTTPPORT`"
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {layout: wide}}",
            [
                "1:15: warning: no `collectorUri` is given; http://localhost:4318 is used",
                "1:48: error: `metricSinks.openTelemetryCollector.layout` cannot be `wide`; write one of resource, flat",
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {CollectorUri: , layout: flat}}",
            ["1:40: error: `collectorUri` has no value; write http://collector:4318"]
        ),
        ("metricSinks: {openTelemetryCollector: {collectorUri: ' '}}", ["1:54: error: `collectorUri` has no value"]),
        ("metricSinks: {openTelemetryCollector: {collectorUri: ~}}", ["1:54: error: `collectorUri` has no value"]),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://u:p@otel:4318/a/V1/metrics/?k=v'}}",
            [
                "1:54: warning: `collectorUri` is a base URL to which v1/metrics is appended: it is posted to "
                    + "http://otel:4318/a/V1/metrics/v1/metrics; write http://otel:4318/a"
            ]
        ),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://otel/v1/metricsx'}}", []),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'otel:4318'}}",
            ["1:54: error: `collectorUri` is no absolute URL"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://u:p@otel:99999/x'}}",
            ["1:54: error: the port of `collectorUri` is no number from 1 to 65535"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http:///x'}}",
            ["1:54: error: `collectorUri` is no absolute URL"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', tls: {clientKeyFile: /k}}}",
            ["1:87: error: a client certificate needs its key"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', timeout: 00:00:00}}",
            ["1:75: error: a `timeout` of zero would wait for ever"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', headers: 'Authorization=Bearer t0p'}}",
            [
                "1:75: error: `metricSinks.openTelemetryCollector.headers` is a section, not a value; indent its keys below it"
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', tls: {caFil: /ca.pem}}}",
            [
                "1:72: error: the key `metricSinks.openTelemetryCollector.tls.caFil` is unknown; did you mean `caFile`?"
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', headers: [a=b]}}",
            ["1:76: error: `headers` must be a mapping, not a list"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', sumsAs: delta}}",
            [
                "1:74: warning: deltas arrive at least once: a request that is repeated because its answer was lost counts twice"
            ]
        ),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: [500, 408, 599]}}", []),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: '500, 408'}}", []),
        ("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: []}}", []),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: [500, 204, 99, oops]}}",
            [
                "1:85: error: `metricSinks.openTelemetryCollector.retryStatus.1` cannot be `204`; a status of 2xx says that "
                    + "the points were taken; write statuses from 400 to 599, such as 500",
                "1:90: error: `metricSinks.openTelemetryCollector.retryStatus.2` cannot be `99`; write statuses from",
                "1:94: error: `metricSinks.openTelemetryCollector.retryStatus.3` cannot be `oops`; write statuses from",
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: 100}}",
            [
                "1:79: error: `metricSinks.openTelemetryCollector.retryStatus` cannot be `100`; "
                    + "a status of 1xx is not the final answer"
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: '500, 308,'}}",
            [
                "1:79: error: `metricSinks.openTelemetryCollector.retryStatus` cannot be `500, 308,`; "
                    + "redirects are never followed, and nothing is lost by them"
            ]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: {a: 500}}}",
            ["1:83: error: `retryStatus` must be a list, not a mapping; write `retryStatus: [500]`"]
        ),
        (
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: [500, 413]}}",
            [
                "1:85: warning: with 413 in `retryStatus` a request with one bad point is sent for ever, and all others "
                    + "wait; leave 413 out: the bad point is then found, dropped and counted"
            ]
        ),
        ("- a", ["1:1: error: a runtime configuration must be a mapping, not a list"]),
        ("a: [", ["2:1: error: a value is missing"]),
    ]

    @Test("what has no effect, is unknown or wrong is told at its place", arguments: told)
    func tells(text: String, expected: [String]) {
        let (configuration, diagnostics) = loadRuntime(text)
        let found = lines(diagnostics)
        #expect(found.count == expected.count, "\(found)")
        for (line, start) in zip(found, expected) { #expect(line.hasPrefix(start), "\(line)") }
        #expect((configuration == nil) == expected.contains { $0.contains(": error: ") })
    }

    /// Every key that Promitor documents for its runtime configuration, with a value that is not its default.
    static let promitor = [
        "server.maxDegreeOfParallelism=4", "concurrency.mutexTimeoutSeconds=5",
        "azureMonitor.logging.isEnabled=true",
        "azureMonitor.logging.informationLevel=Body", "azureMonitor.integration.useAzureMonitorSdk=false",
        "azureMonitor.integration.history.startingFromInHours=2",
        "azureMonitor.integration.history.startingFromOffset=00:10:00",
        "azureMonitor.integration.metricsBatching.azureRegion=westeurope", "telemetry.containerLogs.isEnabled=false",
        "telemetry.applicationInsights.isEnabled=true", "telemetry.applicationInsights.verbosity=Error",
        "telemetry.applicationInsights.instrumentationKey=key", "resourceDiscovery.host=discovery",
        "resourceDiscovery.port=8889", "prometheus.scrapeEndpoint.baseUriPath=/x",
        "metricSinks.prometheusScrapingEndpoint.baseUriPath=/x",
        "metricSinks.prometheusScrapingEndpoint.metricUnavailableValue=-1",
        "metricSinks.prometheusScrapingEndpoint.enableMetricTimestamps=true",
        "metricSinks.prometheusScrapingEndpoint.labels.transformation=Lowercase", "metricSinks.statsd.host=h",
        "metricSinks.statsd.port=1", "metricSinks.statsd.metricPrefix=p", "metricSinks.statsd.metricFormat=Geneva",
        "metricSinks.statsd.geneva.account=a", "metricSinks.statsd.geneva.namespace=n",
        "metricSinks.atlassianStatuspage.pageId=p", "metricSinks.atlassianStatuspage.systemMetricMapping.0.id=i",
        "metricSinks.atlassianStatuspage.systemMetricMapping.0.promitorMetricName=m",
    ]

    @Test("no key of Promitor is ignored in silence", arguments: promitor)
    func idle(setting: String) throws {
        let parts = setting.split(separator: "=").map(String.init)
        let variable = "PROMITOR_YAML_OVERRIDE_" + parts[0].split(separator: ".").joined(separator: "__")
        let diagnostics = loadRuntime("", environment: [variable: parts[1]]).1
        let warning = try #require(diagnostics.first)
        #expect(diagnostics.count == 1)
        #expect(warning.severity == .warning)
        #expect(warning.message.contains("has no effect"), "\(warning)")
        #expect(warning.message.contains("environment variable `\(variable)`"))
    }

    /// Text that is an error when strict, and a warning else.
    static let questionable = [
        "x: 1", "metricSinks: {openTelemetryCollector: {layout: flat}}", "collection: {overlap: 5}",
        "authentication: {secretFilePath: /x}", "server: 80",
    ]

    @Test("strict makes an error of what is questionable", arguments: questionable)
    func strict(text: String) {
        let (configuration, diagnostics) = loadRuntime(text, strict: true)
        #expect(configuration == nil)
        #expect(diagnostics.map(\.severity) == [.error])
        #expect(loadRuntime(text).1.map(\.severity) == [.warning])
    }

    /// What Promitor's own documentation has people write.
    static let realLife = """
        server:
          httpPort: 80
          maxDegreeOfParallelism: 8
        authentication:
          mode: ServicePrincipal
          identityId: 6a5e5d0b-0000-0000-0000-000000000000
        concurrency:
          mutexTimeoutSeconds: 90
        healthCheck:
          enableScraperFreshnessHealthCheck: true
        metricsConfiguration:
          absolutePath: /config/metrics-declaration.yaml
        metricSinks:
          openTelemetryCollector:
            collectorUri: http://collector:4318
          prometheusScrapingEndpoint:
            baseUriPath: /metrics
            metricUnavailableValue: NaN
            enableMetricTimestamps: false
            labels:
              transformation: None
        azureMonitor:
          logging:
            isEnabled: true
            informationLevel: Basic
          integration:
            useAzureMonitorSdk: false
            history:
              startingFromInHours: 2
            metricsBatching:
              enabled: true
              maxBatchSize: 50
              azureRegion: westeurope
        telemetry:
          applicationInsights:
            instrumentationKey: abc
            isEnabled: true
            verbosity: trace
          containerLogs:
            isEnabled: true
            verbosity: trace
          defaultVerbosity: error
        resourceDiscovery:
          host: promitor-agent-resource-discovery
          port: 80
        """

    @Test("a real configuration of Promitor is accepted with one note a section, strict too", arguments: [false, true])
    func realLife(strict: Bool) {
        let (configuration, diagnostics) = loadRuntime(Self.realLife, strict: strict)
        #expect(configuration != nil)
        #expect(
            lines(diagnostics) == [
                "3:3: warning: `server.maxDegreeOfParallelism` has no effect: "
                    + "the pace follows Azure's limits, and at most 8 answers are held at once",
                "7:1: warning: `concurrency` has no effect: each request has its own deadline, and runs never overlap",
                "16:3: warning: `metricSinks.prometheusScrapingEndpoint` has no effect: "
                    + "this version has no scraping endpoint for Prometheus yet",
                "23:3: warning: `azureMonitor.logging` has no effect: `--log-level` decides what is logged",
                "27:5: warning: `azureMonitor.integration.useAzureMonitorSdk` has no effect: "
                    + "there is one client for Azure Monitor here",
                "28:5: warning: `azureMonitor.integration.history` has no effect: every finished interval is read once, "
                    + "and `collection.backfill` says how far back to begin",
                "33:7: warning: `azureMonitor.integration.metricsBatching.azureRegion` has no effect: "
                    + "each resource is asked for in its own region",
                "35:3: warning: `telemetry.applicationInsights` has no effect: "
                    + "this version does not send its log to Application Insights",
                "43:1: warning: `resourceDiscovery` has no effect: this version does not discover resources yet",
            ])
    }

    /// Switches off what is not there, or on what is.
    static let agreeing = [
        "azureMonitor: {logging: {informationLevel: Body, isEnabled: false}}",
        "azureMonitor: {integration: {useAzureMonitorSdk: TRUE, metricsBatching: {enabled: 'False', maxBatchSize: 5}}}",
        "telemetry: {applicationInsights: {verbosity: Trace, instrumentationKey: x, isEnabled: false}}",
        "telemetry: {containerLogs: {isEnabled: true}}",
    ]

    @Test("what asks for what is the case anyhow needs no word", arguments: agreeing)
    func agrees(text: String) {
        #expect(loadRuntime(text).1.isEmpty)
    }

    @Test("one idle part of a section is named by itself, and a variable apart from the file")
    func parts() {
        let text = "azureMonitor: {logging: {isEnabled: false}, integration: {history: {startingFromInHours: 2}}}"
        let variables = ["PROMITOR_azureMonitor__integration__useAzureMonitorSdk": "false"]
        let found = lines(loadRuntime(text, environment: variables).1)
        #expect(found.count == 2)
        #expect(found.first?.contains("`: `azureMonitor.integration.useAzureMonitorSdk` has no effect") == true)
        #expect(found.last?.hasPrefix("1:59: warning: `azureMonitor.integration.history` has no effect") == true)
    }

    @Test("a variable for the endpoint makes up for a missing collectorUri")
    func endpointVariable() {
        let diagnostics = loadRuntime(
            "metricSinks: {openTelemetryCollector: {layout: flat}}",
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"]
        ).1
        #expect(diagnostics.isEmpty)
    }

    @Test("a variable does not make up for a blank collectorUri, which Promitor refuses")
    func blankCollectorURI() {
        let reading = readRuntime(
            "metricSinks: {openTelemetryCollector: {collectorUri: }}",
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"])
        #expect(reading.configuration == nil)
        #expect(lines(reading.diagnostics) == ["1:40: error: `collectorUri` has no value; write http://collector:4318"])
    }

    @Test("a URL with v1/metrics is warned of and left as it is")
    func fullURL() {
        let text = "metricSinks: {openTelemetryCollector: {collectorUri: 'http://otel:4318/v1/metrics'}}"
        #expect(loadRuntime(text).0?.openTelemetryCollector?.collectorURI == "http://otel:4318/v1/metrics")
    }
}
