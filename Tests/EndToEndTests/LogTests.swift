import HTTPServer
import Testing

/// What `run` writes while it works.
@Suite(.timeLimit(.minutes(5))) struct LogTests {
    @Test("by default from information on; the start is summed up; nothing of it goes to standard output")
    func text() async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0, "\(ended)")
        let start = try #require(ended.errors.first)
        for words in [
            " info Azimuth starts ", "cloud=Custom", "tenant=c8819874-9e56-4e3f-b1a8-1c0325138f27",
            "identity=\"application ceb249a3-44ce-4c90-8863-6776336f5b7e in tenant", "metrics=3", "resources=3",
            "schedules=\"* * * * * | */5 * * * *\"", "sinks=\"openTelemetryCollector \(recorder.baseURL)/v1/metrics\"",
        ] {
            #expect(start.contains(words), "no '\(words)' in \(start)")
        }
        #expect(ended.errors.contains { $0.contains(" info Scraped ") })
        #expect(!ended.errors.contains { $0.contains(" debug ") || $0.contains(" trace ") }, "\(ended)")
        #expect(ended.output.count == 4 && ended.output.last?.hasPrefix("total: 4 points decided") == true, "\(ended)")
    }

    static let levels: [([String], String, Bool)] = [
        (["--log-level", "information"], "Information", true), (["--log-level", "Warning"], "Information", false),
        ([], "Warning", false), ([], "Information", true), (["--log-level", "info"], "Error", true),
        (["--log-level", "none"], "Information", false),
    ]

    @Test("the level comes from the command line, else from runtime.yaml", arguments: levels)
    func level(arguments: [String], configured: String, isLogged: Bool) async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        try folder.edit(
            "runtime.yaml", "metricSinks:", "telemetry:\n  defaultVerbosity: \(configured)\nmetricSinks:")
        let ended = try await folder.azimuth(["run", "--once"] + arguments)
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.contains { $0.contains(" info Scraped ") } == isLogged, "\(ended)")
        // What begins is said in any case, unless the command line says otherwise.
        let isSilenced = !arguments.isEmpty && !isLogged
        #expect(ended.errors.contains { $0.contains(" info Azimuth starts ") } != isSilenced, "\(ended)")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int32
        var environment: [String: String] = [:]
        /// Lines of the log by level, at least.
        var levels: Set<String>
        var spoil: @Sendable (AgentFolder) throws -> Void = { _ in }
        var fault: FaultyAzure.Interception = { _ in nil }

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "nothing wrong", status: 0, levels: ["info"]),
        Case(
            name: "a warning about a file", status: 0, levels: ["info", "warning"],
            spoil: { try $0.edit("metrics-declaration.yaml", "    scraping: {", "    lables: {}\n    scraping: {") }),
        Case(
            name: "a warning about a variable", status: 0,
            environment: ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "a \"quoted\"\\\u{1}\ttext"],
            levels: ["info", "warning"]),
        Case(
            name: "a failing resource", status: 1, levels: ["info", "error"],
            fault: { $0.isAbout("vm-web-2") ? .page(200, title: "\"Sign\\in\"") : nil }),
        Case(
            name: "an invalid file", status: 2, levels: ["critical"],
            spoil: { try $0.edit("metrics-declaration.yaml", "RedisCache", "Redis\\\"Cash") }),
        Case(name: "no sink", status: 2, levels: ["critical"], spoil: { try $0.write("", to: "runtime.yaml") }),
        Case(
            name: "a missing file with trouble in the other", status: 4, levels: ["critical", "warning"],
            spoil: { folder in
                try folder.edit("runtime.yaml", "metricSinks:", "unknown: 1\nmetricSinks:")
                try folder.remove("metrics-declaration.yaml")
            }),
    ]

    @Test("with --log-format json every line on standard error is a JSON object", arguments: cases)
    func json(_ problem: Case) async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(
            azure: FaultyAzure(fault: problem.fault), collector: recorder, isBatching: false)
        try problem.spoil(folder)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--log-format", "json", "--config", folder.path],
            environment: problem.environment)
        #expect(ended.status == problem.status, "\(ended)")
        let lines = try ended.errors.map { try JSONLine($0) }
        for line in lines {
            #expect(["time", "level", "message"].allSatisfy { line[$0]?.isEmpty == false }, "\(ended)")
        }
        #expect(Set(lines.compactMap { $0["level"] }) == problem.levels, "\(ended)")
    }
}
