import Declaration
import Testing

@Suite struct RuntimeValuesTests {
    @Test("without any setting the defaults count", arguments: ["", "# nothing\n", "---\n", "{}", "server:\n"])
    func defaults(text: String) throws {
        let (configuration, diagnostics) = loadRuntime(text)
        let runtime = try #require(configuration)
        #expect(diagnostics.isEmpty)
        #expect(runtime.httpPort == 5000 && runtime.checksHealth)
        #expect(readRuntime(text).declaredPath == nil)
        #expect(runtime.collection == CollectionDefaults())
        #expect(runtime.collection.backfill == .zero)
        #expect(runtime.collection.catchUp == .seconds(86_400))
        #expect(runtime.collection.revisions == .ignore)
        #expect(runtime.state == StateSettings(folder: nil, maximumBytes: 256 << 20, maximumAge: nil))
        #expect(runtime.metricsBatching == MetricsBatching(enabled: nil, maximumResources: 50))
        #expect(runtime.metricsBatching.isEnabled)
        #expect(runtime.openTelemetryCollector == nil)
        #expect(runtime.verbosity == .information)
        #expect(runtime.identity == DeclaredIdentity(applicationID: "app-1", secret: Secret("s3cret")))
    }

    /// Text → the port; nil when it is refused.
    static let ports: [(String, UInt16?)] = [
        ("server: {maxDegreeOfParallelism: 8}", 80), ("server: {httpPort: }", 80), ("server: {httpPort: 5000}", 5000),
        ("SERVER: {HTTPport: ' 8080 '}", 8080), ("server: {httpPort: 0}", 0), ("server: {httpPort: 65535}", 65_535),
        ("server: {httpPort: 65536}", nil), ("server: {httpPort: -1}", nil), ("server: {httpPort: eighty}", nil),
    ]

    @Test("the port is Promitor's, except in files that Promitor does not start with", arguments: ports)
    func port(text: String, expected: UInt16?) {
        let reading = readRuntime(text)
        #expect(reading.httpPort == expected)
        #expect(reading.configuration?.httpPort == expected)
    }

    @Test("the port is known although the identity is not")
    func portOfBrokenFile() {
        let reading = readRuntime("server: {httpPort: 8080}\nauthentication: {mode: Nobody}")
        #expect(reading.configuration == nil)
        #expect(reading.httpPort == 8080)
    }

    @Test("health is checked unless that is switched off", arguments: [("true", true), ("False", false), ("", true)])
    func healthCheck(value: String, expected: Bool) {
        let text = "healthCheck: {enableScraperFreshnessHealthCheck: \(value)}"
        #expect(loadRuntime(text).0?.checksHealth == expected)
    }

    @Test("every honoured key arrives, whatever its case")
    func everything() throws {
        let text = """
            AUTHENTICATION:
              Mode: servicePRINCIPAL
              identityid: app-2
            MetricsConfiguration: {ABSOLUTEPATH: /etc/metrics.yaml}
            telemetry: {defaultVerbosity: warning}
            collection:
              settle: 00:02:00
              overlap: PT10M
              backFill: 1.00:00:00
              catchup: 00:00:00
              revisions: Resend
            state: {FOLDER: /var/lib/azimuth, maxsize: 1 GiB, maxAge: 02:00:00}
            azureMonitor: {integration: {metricsBatching: {enabled: 'False', maxBatchSize: 20}}}
            metricSinks:
              opentelemetrycollector:
                CollectorURI: https://otel.example:4318/base
                headers: {X-Tenant: one, authorization: Bearer abc}
                timeout: 00:00:05
                compression: NONE
                tls: {caFile: /ca.pem, clientCertificateFile: /c.pem, clientKeyFile: /k.pem}
                layout: Flat
                timestamp: start
                sumsAs: Gauge
                serviceName: azure-metrics
                serviceNamespace: cloud
                RetryStatus: [500, 408]
            """
        let (configuration, diagnostics) = loadRuntime(text)
        let runtime = try #require(configuration)
        #expect(diagnostics.isEmpty)
        #expect(runtime.identity.applicationID == "app-2")
        #expect(readRuntime(text).declaredPath?.path == "/etc/metrics.yaml")
        #expect(runtime.verbosity == .warning)
        #expect(
            runtime.collection
                == CollectionDefaults(
                    settle: .seconds(120), overlap: .seconds(600), backfill: .seconds(86_400), catchUp: .zero,
                    revisions: .resend))
        #expect(
            runtime.state
                == StateSettings(folder: "/var/lib/azimuth", maximumBytes: 1 << 30, maximumAge: .seconds(7200)))
        #expect(runtime.metricsBatching.enabled == false && !runtime.metricsBatching.isEnabled)
        let collector = try #require(runtime.openTelemetryCollector)
        #expect(collector.collectorURI == "https://otel.example:4318/base")
        #expect(
            collector.headers == [
                .init("X-Tenant", Secret("one")), .init("authorization", Secret("Bearer abc")),
            ])
        #expect(collector.timeout == .seconds(5))
        #expect(collector.isCompressed == false)
        #expect(
            collector.tls == .init(caFile: "/ca.pem", clientCertificateFile: "/c.pem", clientKeyFile: "/k.pem"))
        #expect(collector.layout == .flat)
        #expect(collector.timestamp == .start)
        #expect(collector.sumsAs == .gauge)
        #expect(collector.serviceName == "azure-metrics")
        #expect(collector.serviceNamespace == "cloud")
        #expect(collector.retryStatus == [408, 500])
    }

    /// What stands in the section, and whether and how large calls for several resources are.
    static let batching: [(String, Bool, Int)] = [
        ("{}", true, 50), ("{enabled: true}", true, 50), ("{enabled: true, maxBatchSize: 7}", true, 7),
        ("{maxBatchSize: 1}", true, 1), ("{maxBatchSize: 500}", true, 50), ("{enabled: false}", false, 50),
    ]

    @Test("batching is on unless it is switched off, with at most 50 resources a call", arguments: batching)
    func metricsBatching(section: String, isEnabled: Bool, size: Int) throws {
        let text = "azureMonitor: {integration: {metricsBatching: \(section)}}"
        let batching = try #require(loadRuntime(text).0?.metricsBatching)
        #expect(batching.isEnabled == isEnabled)
        #expect(batching.maximumResources == size)
    }

    /// Text → bytes; nil when it is refused.
    static let sizes: [(String, Int?)] = [
        ("256MiB", 268_435_456), ("256mib", 268_435_456), ("256Mi", 268_435_456), ("100MB", 100_000_000),
        ("100 M", 100_000_000), ("1.5GiB", 1_610_612_736), ("2TB", 2_000_000_000_000), ("2048KiB", 2_097_152),
        ("1048576", 1_048_576), ("' 1048576B '", 1_048_576), ("1048575", nil), ("-1MiB", nil), ("1e9", nil),
        ("MiB", nil), ("1MiBi", nil), ("0x1000000", nil), ("1..5GiB", nil), ("99999999TiB", nil), (".5GiB", nil),
    ]

    @Test("state.maxSize is a size in bytes or with a unit", arguments: sizes)
    func maximumSize(text: String, expected: Int?) {
        #expect(loadRuntime("state: {maxSize: \(text)}").0?.state.maximumBytes == expected)
    }

    @Test("a collector section that says little leaves the rest open")
    func sparse() throws {
        let collector = try #require(
            loadRuntime("metricSinks: {openTelemetryCollector: {collectorUri: 'http://c:4318'}}").0?
                .openTelemetryCollector)
        var expected = CollectorSettings()
        expected.collectorURI = "http://c:4318"
        #expect(collector == expected)
    }

    /// What the file says, what a variable says, what holds.
    static let retryStatuses: [(String, [String: String], Set<Int>)] = [
        ("500", [:], [500]), ("[500]", [:], [500]), ("'500,408 , 409'", [:], [408, 409, 500]),
        ("[500, '408,409']", [:], [408, 409, 500]), ("[500]", ["retryStatus__1": "408"], [408, 500]),
        ("500", ["retryStatus": "408, 520"], [408, 520]), ("~", ["retryStatus": "507"], [507]),
    ]

    @Test("retryStatus is one status, several with commas, or a list", arguments: retryStatuses)
    func retryStatus(text: String, variables: [String: String], expected: Set<Int>) {
        let prefix = "AZIMUTH_YAML_OVERRIDE_metricSinks__openTelemetryCollector__"
        let environment = Dictionary(uniqueKeysWithValues: variables.map { (prefix + $0.key, $0.value) })
        let file = "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', retryStatus: \(text)}}"
        let (configuration, diagnostics) = loadRuntime(file, environment: environment)
        #expect(diagnostics.isEmpty, "\(lines(diagnostics))")
        #expect(configuration?.openTelemetryCollector?.retryStatus == expected)
    }

    @Test("an empty collector section is none", arguments: ["", "{}", "~"])
    func noCollector(content: String) throws {
        let runtime = try #require(loadRuntime("metricSinks: {statsd: , openTelemetryCollector: \(content)}").0)
        #expect(runtime.openTelemetryCollector == nil)
    }

    static let verbosities: [(String, Verbosity)] = [
        ("{}", .information),
        ("{defaultVerbosity: Error}", .error),
        ("{defaultVerbosity: TRACE}", .trace),
        ("{defaultVerbosity: None}", .none),
        ("{containerLogs: {verbosity: Debug}}", .debug),
        ("{defaultVerbosity: Error, containerLogs: {verbosity: Debug}}", .error),
        ("{defaultVerbosity: Debug, containerLogs: {verbosity: Critical}}", .critical),
    ]

    @Test("the console's verbosity only takes away from the general one", arguments: verbosities)
    func verbosity(section: String, expected: Verbosity) {
        #expect(loadRuntime("telemetry: \(section)").0?.verbosity == expected)
    }
}
