import Declaration
import Testing

@Suite struct RuntimeDiagnosticsTests {
    /// Text of the file → the diagnostics, in full up to the fix.
    static let told: [(String, [String])] = [
        ("server: {httpPort: 80}", ["1:10: warning: `server.httpPort` has no effect: this version serves no HTTP yet"]),
        (
            "metricSinks:\n  statsd: {host: a, port: 8125}",
            ["2:12: warning: `metricSinks.statsd` has no effect: this version does not push to StatsD yet"]
        ),
        ("resourceDiscovery: {host: '', port: }", []),
        (
            "state: {folder: /x, maxSize: 256MiB, maxAge: 1.00:00:00}",
            ["1:9: warning: `state` has no effect: this version keeps nothing over a restart yet"]
        ),
        (
            "collection: {takeover: 00:30:00, revisions: ignore}",
            [
                "1:14: warning: `collection.takeover` has no effect: agents do not share their work yet",
                "1:34: warning: `collection.revisions` has no effect: what Azure changes later is ignored",
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
                    + "known here: settle, overlap, backfill, catchUp, takeover, revisions"
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
                "1:10: warning: `server.httpPort` has no effect",
                "1:20: error: `server.httpPort` cannot be `eighty`; write a whole number from 0 to 65535",
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
            "collection: {backfill: 24:00:00}",
            ["1:24: warning: `24:` counts days, because hours end at 23: this means 24 days"]
        ),
        (
            "Server: {HTTPPORT: 1}\nserver: {httpPort: 2}",
            [
                "1:10: warning: `server.httpPort` has no effect",
                "2:10: error: `server.httpPort` is given twice; case does not tell keys apart; "
                    + "remove one; the other is `Server.HTTPPORT`",
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
            "metricSinks: {openTelemetryCollector: {collectorUri: 'otel:4318'}}",
            ["1:54: error: `collectorUri` is no absolute URL"]
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
            "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', headers: [a=b]}}",
            ["1:76: error: `headers` must be a mapping, not a list"]
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
        "server.httpPort=8080", "server.maxDegreeOfParallelism=4", "concurrency.mutexTimeoutSeconds=5",
        "healthCheck.enableScraperFreshnessHealthCheck=false", "azureMonitor.logging.isEnabled=true",
        "azureMonitor.logging.informationLevel=Body", "azureMonitor.integration.useAzureMonitorSdk=false",
        "azureMonitor.integration.history.startingFromInHours=2",
        "azureMonitor.integration.history.startingFromOffset=00:10:00",
        "azureMonitor.integration.metricsBatching.enabled=true",
        "azureMonitor.integration.metricsBatching.maxBatchSize=50",
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

    @Test("strict makes an error of each warning")
    func strict() {
        let (configuration, diagnostics) = loadRuntime("server: {httpPort: 80}\nx: 1", strict: true)
        #expect(configuration == nil)
        #expect(diagnostics.map(\.severity) == [.error, .error])
    }

    @Test("a variable for the endpoint makes up for a missing collectorUri")
    func endpointVariable() {
        let diagnostics = loadRuntime(
            "metricSinks: {openTelemetryCollector: {layout: flat}}",
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"]
        ).1
        #expect(diagnostics.isEmpty)
    }
}
