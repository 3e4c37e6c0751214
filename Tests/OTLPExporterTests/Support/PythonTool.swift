import Foundation
import TestServers
import Testing

/// A script of Tests/Tools, run in the tests' own Python environment.
enum PythonTool {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// Runs `Tests/Tools/<script>` and returns its exit code and what it printed.
    static func run(_ script: String, _ arguments: [String]) async throws -> (code: Int32, output: String) {
        let python = root.appending(path: ".test-tools/venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "the tests' Python environment is missing; run: make deps-test")
        let ended = try await Child(
            python.path, [root.appending(path: "Tests/Tools/\(script)").path] + arguments
        ).ended()
        return (ended.status, (ended.output + ended.errors).map { $0 + "\n" }.joined())
    }

    /// A new folder that is removed when `body` is done.
    static func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "azimuth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }
}
