import Foundation
import TestServers

/// Files of the build and of the tests.
enum Paths {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    /// The binary that was built together with this test.
    static let azimuth = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("azimuth").path
    static let python = root + "/.test-tools/venv/bin/python"

    /// `rotel`, a real OTLP collector, in the tests' Python environment.
    static func rotel() throws -> String {
        let lib = root + "/.test-tools/venv/lib"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
        let candidates = versions.map { "\(lib)/\($0)/site-packages/rotel/rotel-agent" }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw MissingTool(description: "rotel is not installed; run: make deps-test")
        }
        return found
    }

    /// VictoriaMetrics, unpacked beside the tests.
    static func victoriaMetrics() throws -> String {
        let path = root + "/.test-tools/victoria-metrics/usr/bin/victoria-metrics"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw MissingTool(description: "VictoriaMetrics is not unpacked; run: make deps-test")
        }
        return path
    }

    /// A new folder below the system's one for temporary files.
    static func temporaryFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-test-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }
}

struct MissingTool: Error, CustomStringConvertible {
    var description: String
}
