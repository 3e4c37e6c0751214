import Foundation
import Testing

/// Files that cannot be used: the agent does not start, says why once, and what to do.
@Suite(.timeLimit(.minutes(5))) struct FileProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int32 = 2
        /// Makes the problem.
        var spoil: @Sendable (AgentFolder) throws -> Void
        /// Instead of `--config` of the folder.
        var arguments: (@Sendable (AgentFolder) -> [String])?
        /// What the one message says, the name of the file among it.
        var says: [String]

        var testDescription: String { name }
    }

    static let declaration = "metrics-declaration.yaml"
    static let nothing: @Sendable (AgentFolder) throws -> Void = { _ in }

    static let cases: [Case] = [
        Case(
            name: "no folder given", status: 3, spoil: nothing, arguments: { _ in [] },
            says: ["nobody says where the configuration is", "give --config FOLDER"]),
        Case(
            name: "no such folder", status: 4, spoil: nothing, arguments: { ["--config", $0.file("nowhere")] },
            says: ["there is no runtime configuration at", "nowhere/runtime.yaml", "create it, or name another"]),
        Case(
            name: "missing runtime configuration", status: 4, spoil: { try $0.remove("runtime.yaml") },
            says: ["there is no runtime configuration at", "/runtime.yaml", "create it, or name another"]),
        Case(
            name: "missing declaration", status: 4, spoil: { try $0.remove(declaration) },
            says: ["there is no metrics declaration at", declaration, "create it, or name another"]),
        Case(
            name: "a directory instead of the declaration",
            spoil: { folder in
                try folder.remove(declaration)
                try FileManager.default.createDirectory(
                    atPath: folder.file(declaration), withIntermediateDirectories: false)
            },
            says: [declaration, "this is a directory, not a file", "name the file inside it"]),
        Case(
            name: "an empty declaration", spoil: { try $0.write("", to: declaration) },
            says: [declaration, "the file is empty", "it needs at least"]),
        Case(
            name: "an empty runtime configuration", spoil: { try $0.write("", to: "runtime.yaml") },
            says: ["runtime.yaml", "no sink is configured", "metricSinks.openTelemetryCollector.collectorUri"]),
        Case(
            name: "a program instead of the declaration",
            spoil: { try $0.write(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")), to: declaration) },
            says: [declaration, "this is a binary file, not YAML", "check that it is the right file"]),
        Case(
            name: "a program instead of the runtime configuration",
            spoil: { try $0.write(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")), to: "runtime.yaml") },
            says: ["runtime.yaml", "this is a binary file, not YAML", "check that it is the right file"]),
        Case(
            name: "a header that cannot be sent",
            spoil: { folder in
                let header = #"    headers: {Authorization: "Bearer s3cret\n x"}"#
                try folder.edit("runtime.yaml", "    collectorUri:", header + "\n    collectorUri:")
            },
            says: [
                "runtime.yaml:5:15: error: ", "`headers`: the value of Authorization has a line break",
                "write it on one line",
            ]),
        Case(
            name: "ten megabytes of YAML",
            spoil: { try $0.write(String(repeating: "- {name: metric}\n", count: 620_000), to: declaration) },
            says: [declaration, "larger than 4 MiB", "check that it is the right file"]),
        Case(
            name: "a key twice", spoil: { try $0.edit(declaration, "version: v1", "version: v1\nversion: v1") },
            says: [declaration + ":2:1", "the key `version` stands twice", "remove one of them"]),
        Case(
            name: "aliases of aliases of aliases",
            spoil: { try $0.write(aliasBomb, to: declaration) },
            says: [declaration, "aliases expand to more than 16 MB", "use fewer aliases"]),
        Case(
            name: "an unknown resource type", spoil: { try $0.edit(declaration, "RedisCache", "RedisCash") },
            says: [declaration + ":36:19", "the resource type `RedisCash` is unknown", "did you mean `RedisCache`"]),
        Case(
            name: "a collector that is no URL",
            spoil: { try $0.write(AgentFolder.runtime(collector: "nonsense"), to: "runtime.yaml") },
            says: ["runtime.yaml"]),
    ]

    /// 10⁹ times a word in half a kilobyte.
    private static let aliasBomb =
        "version: v1\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        + (1..<9).map { level in
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            return "a\(level): &a\(level) [\(aliases)]\n"
        }.joined()

    private func spoiled(_ problem: Case) throws -> (folder: AgentFolder, place: [String]) {
        let folder = try AgentFolder()
        try problem.spoil(folder)
        return (folder, problem.arguments?(folder) ?? ["--config", folder.path])
    }

    @Test("run does not start, names the file, the problem and the remedy, once", arguments: cases)
    func run(_ problem: Case) async throws {
        let (folder, place) = try spoiled(problem)
        let ended = try await folder.azimuth(exactly: ["run", "--once"] + place)
        #expect(ended.status == problem.status && ended.output.isEmpty, "\(ended)")
        try #require(ended.errors.count == 2, "\(ended)")
        for words in problem.says { #expect(ended.errors[0].contains(words), "no '\(words)' in \(ended.errors[0])") }
        #expect(ended.errors[0].contains("error: "))
        #expect(ended.errors[1].contains("does not start: nothing is scraped or sent, and Azure keeps its data"))
    }

    @Test("run says the same as JSON lines", arguments: cases)
    func runJSON(_ problem: Case) async throws {
        let (folder, place) = try spoiled(problem)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--log-format", "json", "--log-level", "critical"] + place)
        #expect(ended.status == problem.status && ended.output.isEmpty, "\(ended)")
        let lines = try ended.errors.map { try JSONLine($0) }
        try #require(lines.count == 2, "\(ended)")
        #expect(lines.map { $0["level"] } == ["critical", "critical"])
        // The place is a member of its own.
        for words in problem.says where !words.contains(".yaml") {
            #expect(lines[0].values.contains { $0.contains(words) }, "no '\(words)' in \(ended.errors[0])")
        }
        #expect(lines[1]["message"]?.contains("does not start") == true)
    }

    @Test("validate says the same, as text and as JSON objects", arguments: cases)
    func validate(_ problem: Case) async throws {
        let (folder, place) = try spoiled(problem)
        let text = try await folder.azimuth(exactly: ["validate"] + place)
        #expect(text.status == problem.status, "\(text)")
        let message = try #require(problem.status == 2 ? text.output.first : text.errors.first, "\(text)")
        for words in problem.says { #expect(message.contains(words), "no '\(words)' in \(message)") }

        let json = try await folder.azimuth(exactly: ["validate", "--format", "json"] + place)
        #expect(json.status == problem.status, "\(json)")
        let lines = try json.output.map { try JSONLine($0) }
        #expect(lines.count == (problem.status == 2 ? 1 : 0), "\(json)")
        for line in lines {
            #expect(line["severity"] == "error" && line["file"]?.hasSuffix(".yaml") == true)
            #expect(line["message"]?.isEmpty == false && line["fix"]?.isEmpty == false)
        }
    }

    @Test("a runtime configuration that is broken still says which declaration is checked")
    func brokenRuntime() async throws {
        let folder = try AgentFolder()
        try folder.write("version: v2\n", to: "other.yaml")
        let runtime = AgentFolder.runtime(collector: "nonsense")
        try folder.write(
            runtime + "metricsConfiguration: {absolutePath: /nowhere/other.yaml}\n", to: "runtime.yaml")
        let ended = try await folder.azimuth(["validate"])
        #expect(ended.status == 2, "\(ended)")
        let messages = [
            "runtime.yaml:5:19: error: `collectorUri` is no absolute URL",
            "runtime.yaml:7:24: warning: there is no file `/nowhere/other.yaml`;",
            "other.yaml:1:10: error: the version",
        ]
        for message in messages { #expect(ended.output.contains { $0.contains(message) }, "\(ended)") }
    }
}
