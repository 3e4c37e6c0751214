import Foundation
import TestServers
import Testing

/// The commands as a user types them.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    private func azimuth(_ arguments: [String]) async throws -> Ended {
        try await Child(Paths.azimuth, arguments).ended()
    }

    @Test("the version, and nothing else", arguments: [["--version"], ["run", "--version"]])
    func version(arguments: [String]) async throws {
        let ended = try await azimuth(arguments)
        #expect(ended.status == 0 && ended.errors.isEmpty && ended.output.count == 1, "\(ended)")
        let numbers = ended.output.first?.split(separator: ".") ?? []
        #expect(numbers.count == 3 && numbers.allSatisfy { Int($0) != nil }, "\(ended)")
    }

    static let helps: [([String], String)] = [
        (["--help"], "azimuth demo"), (["-h"], "azimuth demo"), (["help"], "azimuth demo"),
        (["run", "--help"], "azimuth run --config ./config"),
        (["run", "--help"], "azimuth run --once --config ./config"),
        (["help", "run"], "azimuth run --config ./config"),
        (["validate", "--help"], "azimuth validate --config ./config"),
        (["validate", "--help"], "azimuth validate --config ./config --online"),
        (["scrape", "--help"], "azimuth scrape azure_vm_cpu_percent --config ./config"),
        (["definitions", "--help"], "azimuth definitions azure_vm_cpu_percent --config ./config"),
        (["simulate", "--help"], "azimuth simulate --port 8090"), (["demo", "--help"], "azimuth demo --for 30s"),
        (["status", "--help"], "azimuth status --config ./config"),
    ]

    @Test("every help holds an example, a line that can be typed", arguments: helps)
    func help(arguments: [String], example: String) async throws {
        let ended = try await azimuth(arguments)
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.contains { $0.hasPrefix("  " + example) }, "\(ended)")
    }

    @Test("the help of the root lists every command")
    func commands() async throws {
        let ended = try await azimuth(["--help"])
        for command in ["run", "validate", "status", "scrape", "definitions", "simulate", "demo"] {
            #expect(ended.output.contains { $0.hasPrefix("  \(command) ") }, "\(ended)")
        }
    }

    static let mistakes: [([String], String)] = [
        (["frobnicate"], "frobnicate"), (["run", "--frobnicate"], "--frobnicate"), (["run", "extra"], "extra"),
        (["run", "--config"], "--config"), (["run", "--log-level", "loud"], "loud"),
        (["run", "--log-format", "xml"], "xml"), (["run", "--flush-timeout", "soon"], "soon"),
        (["validate", "--format", "xml"], "xml"), (["scrape"], "metric"), (["scrape", "m", "--format", "xml"], "xml"),
        (["definitions"], "subject"), (["definitions", "m", "--format", "xml"], "xml"),
        (["demo", "--for", "ever"], "ever"), (["simulate", "--port", "70000"], "70000"),
        (["status", "--format", "xml"], "xml"), (["status", "--timeout", "soon"], "soon"),
    ]

    @Test("a slip of the pen ends with 64, names it on standard error and shows the usage", arguments: mistakes)
    func mistake(arguments: [String], named: String) async throws {
        let ended = try await azimuth(arguments)
        #expect(ended.status == 64 && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.first?.contains(named) == true, "\(ended)")
        #expect(ended.errors.contains { $0.hasPrefix("Usage: azimuth") }, "\(ended)")
    }

    @Test("validate counts and ends with 0 when the files can be run")
    func valid() async throws {
        let folder = try AgentFolder()
        let text = try await folder.azimuth(["validate"])
        #expect(text.status == 0 && text.errors.isEmpty, "\(text)")
        #expect(text.output == ["0 errors, 0 warnings; 3 metrics, 4 metric-resources to scrape"])
        let json = try await folder.azimuth(["validate", "--format", "json"])
        #expect(json.status == 0 && json.errors.isEmpty && json.output.isEmpty, "\(json)")
    }

    @Test("a warning does not refuse the files, and does with --strict", arguments: [false, true], [false, true])
    func warning(isAboutVariable: Bool, isStrict: Bool) async throws {
        let folder = try AgentFolder()
        if !isAboutVariable {
            try folder.edit("metrics-declaration.yaml", "    scraping: {", "    lables: {}\n    scraping: {")
        }
        let environment = isAboutVariable ? ["OTEL_EXPORTER_OTLP_TIMEOUT": "soon"] : [:]
        let named = isAboutVariable ? "OTEL_EXPORTER_OTLP_TIMEOUT" : "lables"
        let arguments = (isStrict ? ["--strict"] : []) + ["--config", folder.path]

        let text = try await folder.azimuth(exactly: ["validate"] + arguments, environment: environment)
        #expect(text.status == (isStrict ? 2 : 0) && text.errors.isEmpty && text.output.count == 2, "\(text)")
        #expect(text.output.last?.hasPrefix(isStrict ? "1 error, 0 warnings" : "0 errors, 1 warning;") == true)

        let json = try await folder.azimuth(
            exactly: ["validate", "--format", "json"] + arguments, environment: environment)
        try #require(json.status == (isStrict ? 2 : 0) && json.errors.isEmpty && json.output.count == 1, "\(json)")
        let line = try JSONLine(json.output[0])
        #expect(line["severity"] == (isStrict ? "error" : "warning") && line["message"]?.contains(named) == true)
        #expect(line["line"] == (isAboutVariable ? nil : "38"), "\(json)")
    }

    @Test("a mistake in both files is reported in one go")
    func bothFiles() async throws {
        let folder = try AgentFolder()
        try folder.edit("metrics-declaration.yaml", "RedisCache", "RedisCash")
        try folder.edit("runtime.yaml", "ServicePrincipal", "ServicePrincess")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 2 && ended.output.isEmpty && ended.errors.count == 3, "\(ended)")
        #expect(ended.errors.first?.contains("runtime.yaml:2:9") == true, "\(ended)")
    }
}
