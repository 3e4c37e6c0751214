import Foundation
import Testing

/// A script of Tests/Tools, run in the tests' own Python environment.
enum PythonTool {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// Runs `Tests/Tools/<script>` and returns its exit code and what it printed.
    static func run(_ script: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let python = root.appending(path: ".test-tools/venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "the tests' Python environment is missing; run: make deps-test")
        let process = Process()
        let output = Pipe()
        process.executableURL = python
        process.arguments = [root.appending(path: "Tests/Tools/\(script)").path] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// A new folder that is removed when `body` is done.
    static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "azimuth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
