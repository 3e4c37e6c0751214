import Foundation
import MetricModel

/// A process of a test; killed when the test lets go of it.
final class Child: @unchecked Sendable {
    // `@unchecked Sendable` is safe: `process` is only asked and signalled after `init`, which Foundation allows anywhere.
    private let process = Process()
    private let output = LineBuffer()
    private let errors = LineBuffer()

    /// Starts `executable`.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OTEL_") }
        process.environment = inherited.merging(environment) { $1 }
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end.
    func wait() -> (status: Int32, output: String, errors: String) {
        process.waitUntilExit()
        return (process.terminationStatus, output.all(), errors.all())
    }

    /// The next line of standard output; `nil` at its end or when none comes for so many seconds.
    func nextLine(timeout: TimeInterval = 20) -> String? { output.next(timeout) }
    /// The next line of standard error.
    func nextErrorLine(timeout: TimeInterval = 20) -> String? { errors.next(timeout) }
}

/// Lines of a pipe, read as they come so that the writer never waits.
final class LineBuffer: @unchecked Sendable {
    // `@unchecked Sendable` is safe: everything below `condition` is only touched with it held.
    let pipe = Pipe()
    private let condition = NSCondition()
    private var lines: [String] = []
    private var rest = Data()
    private var isAtEnd = false
    private var taken = 0

    init() {
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.append(data)
        }
    }

    private func append(_ data: Data) {
        condition.lock()
        defer { condition.unlock() }
        rest += data
        while let newline = rest.firstIndex(of: 10) {
            lines.append(String(decoding: rest[..<newline], as: UTF8.self))
            rest = Data(rest[(newline + 1)...])
        }
        if data.isEmpty {
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            rest = Data()
            isAtEnd = true
        }
        condition.broadcast()
    }

    func next(_ timeout: TimeInterval) -> String? {
        let deadline = Date(timeIntervalSinceNow: timeout)
        condition.lock()
        defer { condition.unlock() }
        while taken >= lines.count {
            if isAtEnd || !condition.wait(until: deadline) { return nil }
        }
        defer { taken += 1 }
        return lines[taken]
    }

    /// Everything, once the writer has closed.
    func all() -> String {
        condition.lock()
        defer { condition.unlock() }
        while !isAtEnd { if !condition.wait(until: Date(timeIntervalSinceNow: 10)) { break } }
        return lines.joined(separator: "\n")
    }
}

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

    /// A new folder below the system's one for temporary files.
    static func temporaryFolder() throws -> String {
        let path = NSTemporaryDirectory() + "/azimuth-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

struct MissingTool: Error, CustomStringConvertible {
    var description: String
}
