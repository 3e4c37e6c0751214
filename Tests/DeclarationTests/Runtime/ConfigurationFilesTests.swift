import Declaration
import Foundation
import Testing

/// A folder for each test, with the files that most of them need.
@Suite final class ConfigurationFilesTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-\(UUID().uuidString)")
        .path

    init() throws {
        for folder in ["a", "b", "c", "empty"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        for file in ["a/runtime.yaml", "a/metrics-declaration.yaml", "b/runtime.yaml", "c/runtime.yaml", "other.yaml"] {
            #expect(FileManager.default.createFile(atPath: "\(root)/\(file)", contents: Data()))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// What `runtime.yaml` says when it names this declaration.
    private func declared(_ path: String) -> DeclaredPath? {
        readRuntime("server:\nmetricsConfiguration:\n  absolutePath: \(path)\n").declaredPath
    }

    static let found: [(config: String?, runtime: String?, variables: [String: String], expected: String)] = [
        ("a", nil, [:], "a/runtime.yaml"),
        ("a/", nil, [:], "a/runtime.yaml"),
        (nil, nil, ["AZIMUTH_CONFIG_FOLDER": "b", "PROMITOR_CONFIG_FOLDER": "c"], "b/runtime.yaml"),
        (nil, nil, ["AZIMUTH_CONFIG_FOLDER": "", "PROMITOR_CONFIG_FOLDER": "c"], "c/runtime.yaml"),
        ("a", nil, ["AZIMUTH_CONFIG_FOLDER": "b"], "a/runtime.yaml"),
        ("a", "other.yaml", [:], "other.yaml"),
        (nil, "other.yaml", [:], "other.yaml"),
    ]

    @Test("the runtime configuration is where the command line or a variable says", arguments: found)
    func locates(
        place: (config: String?, runtime: String?, variables: [String: String], expected: String)
    ) throws {
        let files = try ConfigurationLoader.locate(
            config: place.config.map(absolute), runtime: place.runtime.map(absolute), metrics: nil,
            environment: place.variables.mapValues { $0.isEmpty ? "" : absolute($0) })
        #expect(files.runtimePath == absolute(place.expected))
    }

    @Test("nobody says where it is: exit code 3", arguments: [[:], ["PROMITOR_CONFIG_FOLDER": " "]])
    func noFolder(environment: [String: String]) {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.locate(config: nil, runtime: nil, metrics: "x", environment: environment)
        }
        #expect(error?.exitCode == 3)
        #expect(error?.description.contains("AZIMUTH_CONFIG_FOLDER") == true)
    }

    static let foldersThatAreNone = [
        ("no-such-folder", "there is no folder `"), ("a/runtime.yaml", "is a file, not a folder"),
        ("other.yaml/deeper", "there is no folder `"),
    ]

    @Test("what is given as the folder is none: exit code 4", arguments: foldersThatAreNone, [false, true])
    func badFolder(folder: (path: String, message: String), isVariable: Bool) throws {
        let path = absolute(folder.path)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.locate(
                config: isVariable ? nil : path, runtime: nil, metrics: nil,
                environment: isVariable ? ["PROMITOR_CONFIG_FOLDER": path] : [:])
        }
        #expect(error?.exitCode == 4)
        #expect(error?.message.contains(path + "`") == true)
        #expect(error?.message.contains(folder.message) == true)
    }

    @Test("files that cannot be read are found, and their reader says why")
    func unreadableFiles() throws {
        for name in ["runtime.yaml", "metrics-declaration.yaml"] {
            try FileManager.default.createSymbolicLink(
                atPath: absolute("empty/\(name)"), withDestinationPath: absolute("empty/\(name)"))
        }
        let files = try ConfigurationLoader.locate(
            config: absolute("empty"), runtime: nil, metrics: nil, environment: [:])
        let reading = ConfigurationLoader.loadRuntime(
            path: files.runtimePath, environment: principal, strict: false)
        #expect(reading.configuration == nil)
        #expect(reading.diagnostics.map(\.message) == ["the file cannot be read: Too many levels of symbolic links"])
        #expect(try files.metricsPath(nil, strict: false).path == absolute("empty/metrics-declaration.yaml"))
    }

    @Test("a file in the place of a folder, and a folder in the place of a file")
    func swapped() throws {
        let files = try ConfigurationLoader.locate(
            config: absolute("other.yaml"), runtime: absolute("a"), metrics: absolute("b"), environment: [:])
        #expect(try files.metricsPath(nil, strict: false).path == absolute("b"))
        let diagnostics = ConfigurationLoader.loadRuntime(
            path: files.runtimePath, environment: principal, strict: false
        ).diagnostics
        #expect(diagnostics.map(\.message) == ["this is a directory, not a file"])
    }

    @Test("the file is not there: exit code 4", arguments: [("empty", nil), ("a", "no.yaml")])
    func noFile(config: String, runtime: String?) {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.locate(
                config: absolute(config), runtime: runtime.map(absolute), metrics: nil, environment: [:])
        }
        #expect(error?.exitCode == 4)
        #expect(error?.message.contains(absolute(runtime ?? config + "/runtime.yaml")) == true)
    }

    static let declarations: [(config: String?, metrics: String?, declared: String?, expected: String)] = [
        ("a", nil, nil, "a/metrics-declaration.yaml"),
        ("a", nil, "other.yaml", "other.yaml"),
        ("b", "other.yaml", "a/metrics-declaration.yaml", "other.yaml"),
        (nil, nil, "other.yaml", "other.yaml"),
    ]

    @Test("the declaration is --metrics, else absolutePath, else in the folder", arguments: declarations)
    func declaration(
        place: (config: String?, metrics: String?, declared: String?, expected: String)
    ) throws {
        let files = try ConfigurationLoader.locate(
            config: place.config.map(absolute), runtime: absolute("b/runtime.yaml"),
            metrics: place.metrics.map(absolute), environment: [:])
        let (path, diagnostics) = try files.metricsPath(
            place.declared.map(absolute).flatMap(declared), strict: true)
        #expect(path == absolute(place.expected))
        #expect(diagnostics.isEmpty)
    }

    @Test("a declaration that nobody names, or that is not there")
    func noDeclaration() throws {
        let alone = try ConfigurationLoader.locate(
            config: nil, runtime: absolute("other.yaml"), metrics: nil, environment: [:])
        let unnamed = #expect(throws: ConfigurationError.self) { try alone.metricsPath(nil, strict: false) }
        #expect(unnamed?.exitCode == 3)
        let lost = #expect(throws: ConfigurationError.self) {
            try alone.metricsPath(declared("/config/other.yaml"), strict: false)
        }
        #expect(lost?.message == "there is no metrics declaration at `/config/other.yaml`")
        let empty = try ConfigurationLoader.locate(config: absolute("b"), runtime: nil, metrics: nil, environment: [:])
        let error = #expect(throws: ConfigurationError.self) { try empty.metricsPath(nil, strict: false) }
        #expect(error?.exitCode == 4)
        #expect(error?.message.contains(absolute("b/metrics-declaration.yaml")) == true)
    }

    @Test("a file that cannot be read as YAML is told alone", arguments: ["a", "no-such.yaml"])
    func unreadable(path: String) {
        let reading = ConfigurationLoader.loadRuntime(path: absolute(path), environment: [:], strict: false)
        #expect(reading.configuration == nil)
        #expect(reading.diagnostics.count == 1)
        #expect(reading.diagnostics.first?.file == absolute(path))
    }

    @Test("a file is read")
    func reads() throws {
        try Data("metricsConfiguration: {absolutePath: /m}".utf8).write(
            to: URL(fileURLWithPath: absolute("other.yaml")))
        let reading = ConfigurationLoader.loadRuntime(
            path: absolute("other.yaml"), environment: principal, strict: true)
        #expect(reading.diagnostics.isEmpty)
        #expect(reading.declaredPath?.path == "/m")
    }

    static let broken: [(String, [String: String])] = [
        ("metricsConfiguration: {absolutePath: /m}", [:]),
        ("metricsConfiguration: {absolutePath: /m}\ncollection: {settle: soon}", principal),
        ("a: [", ["PROMITOR_YAML_OVERRIDE_metricsConfiguration__absolutePath": "/m"]),
        ("- a", ["PROMITOR_YAML_OVERRIDE_metricsConfiguration__absolutePath": "/m"]),
    ]

    @Test("the path of the declaration is known however broken the rest is", arguments: broken)
    func brokenRuntime(text: String, environment: [String: String]) {
        let reading = ConfigurationLoader.loadRuntime(
            bytes: Array(text.utf8), file: "runtime.yaml", environment: environment, strict: false)
        #expect(reading.configuration == nil)
        #expect(reading.declaredPath?.path == "/m")
    }

    @Test("where a container's path leads nowhere, the folder's file of that name is taken", arguments: [false, true])
    func containerPath(strict: Bool) throws {
        let files = try ConfigurationLoader.locate(config: absolute("a"), runtime: nil, metrics: nil, environment: [:])
        let (path, found) = try files.metricsPath(declared("/nowhere/metrics-declaration.yaml"), strict: strict)
        #expect(path == absolute("a/metrics-declaration.yaml"))
        let text = "there is no file `/nowhere/metrics-declaration.yaml`; `\(path)` is used"
        #expect(found.map(\.message) == [text])
        #expect(found.map(\.mark) == [SourceMark(line: 3, column: 3)])
        #expect(found.map(\.file) == [absolute("a/runtime.yaml")])
        #expect(found.map(\.severity) == [strict ? .error : .warning])
    }

    @Test("when the folder has no file of that name either, both places are named")
    func nowhere() throws {
        let files = try ConfigurationLoader.locate(config: absolute("a"), runtime: nil, metrics: nil, environment: [:])
        let error = #expect(throws: ConfigurationError.self) {
            try files.metricsPath(declared("/nowhere/m.yaml"), strict: false)
        }
        #expect(error?.exitCode == 4)
        let places = "at `/nowhere/m.yaml`, nor at `\(absolute("a/m.yaml"))`"
        #expect(error?.message == "there is no metrics declaration " + places)
        let same = #expect(throws: ConfigurationError.self) {
            try files.metricsPath(declared(absolute("a/m.yaml")), strict: false)
        }
        #expect(same?.message == "there is no metrics declaration at `\(absolute("a/m.yaml"))`")
    }

    private func absolute(_ path: String) -> String { "\(root)/\(path)" }
}
