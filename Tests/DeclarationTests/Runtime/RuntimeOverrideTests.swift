import Declaration
import Testing

@Suite struct RuntimeOverrideTests {
    static let file = "metricsConfiguration: {absolutePath: file}"

    /// Variables → the path of the metrics declaration that counts.
    static let layers: [([String: String], String)] = [
        ([:], "file"),
        (["metricsConfiguration__absolutePath": "plain"], "plain"),
        (["METRICSCONFIGURATION__ABSOLUTEPATH": "plain"], "plain"),
        (["metricsConfiguration__absolutePath": "plain", "PROMITOR_metricsConfiguration__absolutePath": "p"], "p"),
        (
            [
                "PROMITOR_metricsConfiguration__absolutePath": "p",
                "PROMITOR_YAML_OVERRIDE_metricsConfiguration__absolutePath": "override",
            ], "override"
        ),
        (
            [
                "AZIMUTH_metricsConfiguration__absolutePath": "ours",
                "PROMITOR_YAML_OVERRIDE_metricsConfiguration__absolutePath": "override",
            ], "ours"
        ),
        (
            [
                "AZIMUTH_metricsConfiguration__absolutePath": "ours",
                "AZIMUTH_YAML_OVERRIDE_METRICSCONFIGURATION__absolutepath": "ours, overriding",
            ], "ours, overriding"
        ),
        (["PROMITOR_YAML_OVERRIDE_metricsConfiguration__absolutePath": " "], "file"),
        (["promitor_yaml_override_metricsConfiguration__absolutePath": "lower"], "lower"),
        (["metricsConfiguration_absolutePath": "one underscore"], "file"),
    ]

    @Test("variables lie over the file in Promitor's order, ours on top", arguments: layers)
    func order(variables: [String: String], expected: String) throws {
        let reading = readRuntime(Self.file, environment: variables)
        #expect(reading.diagnostics.isEmpty)
        #expect(reading.declaredPath?.path == expected)
    }

    @Test("the file is not needed for a setting")
    func withoutFile() throws {
        let runtime = try #require(
            loadRuntime(
                "",
                environment: [
                    "AZIMUTH_YAML_OVERRIDE_metricSinks__openTelemetryCollector__collectorUri": "http://c:4318",
                    "AZIMUTH_YAML_OVERRIDE_metricSinks__openTelemetryCollector__headers__X-Key": "k",
                ]
            ).0)
        #expect(runtime.openTelemetryCollector?.collectorURI == "http://c:4318")
        #expect(runtime.openTelemetryCollector?.headers == [.init("X-Key", Secret("k"))])
    }

    static let foreign = [
        "PATH", "PROMITOR_CONFIG_FOLDER", "AZIMUTH_CONFIG_FOLDER", "PROMITOR_AGENT_SCRAPER_SERVICE_HOST", "SERVER",
        "foo__bar", "__", "PROMITOR_", "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]

    @Test("other variables are not ours to judge", arguments: foreign)
    func leavesAlone(name: String) {
        #expect(loadRuntime("", environment: [name: "x"]).1.isEmpty)
    }

    static let misspelled = [
        ("PROMITOR_YAML_OVERRIDE_metricSinks__statd__host", "`metricSinks.statd` is unknown", "`statsd`"),
        ("AZIMUTH_YAML_OVERRIDE_servr", "`servr` is unknown", "`server`"),
        ("PROMITOR_server__htpPort", "`server.htpPort` is unknown", "`httpPort`"),
        ("AZIMUTH_server__htpPort", "`server.htpPort` is unknown", "`httpPort`"),
    ]

    @Test("a variable that is meant for us and names nothing is told", arguments: misspelled)
    func tells(name: String, message: String, fix: String) throws {
        let diagnostics = loadRuntime("", environment: [name: "x"]).1
        let warning = try #require(diagnostics.first)
        #expect(diagnostics.count == 1)
        #expect(warning.mark == nil)
        #expect(warning.message.hasPrefix("in the environment variable `\(name)`: the key \(message)"), "\(warning)")
        #expect(warning.fix?.contains(fix) == true)
    }

    @Test("a value of the wrong kind names its variable")
    func wrongKind() throws {
        let (configuration, diagnostics) = loadRuntime("", environment: ["AZIMUTH_collection__settle": "soon"])
        #expect(configuration == nil)
        #expect(
            diagnostics.map(\.message) == [
                "in the environment variable `AZIMUTH_collection__settle`: `collection.settle` cannot be `soon`"
            ])
    }
}
