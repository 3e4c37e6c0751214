import Foundation
import MetricModel

/// A process of a test; killed when the test lets go of it.
///
/// Started with `posix_spawn` and read by threads that block: Foundation's `Process` now and then misses the end of a pipe.
final class Child: Sendable {
    private let id: pid_t
    private let output: LineBuffer
    private let errors: LineBuffer
    private let status = Lock<Int32?>(nil)
    private let exits: AsyncStream<Int32>
    private let peak = Lock(0)

    /// Starts `executable`.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        // Nothing of the user's own set-up decides what a test sees.
        let foreign = ["OTEL_", "AZIMUTH_", "PROMITOR_", "AZURE_", "HTTP_", "HTTPS_", "ALL_PROXY"]
        let inherited = ProcessInfo.processInfo.environment.filter { variable in
            !foreign.contains { variable.key.uppercased().hasPrefix($0) }
        }
        let variables = inherited.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        let (outputRead, outputWrite) = try openPipe()
        let (errorRead, errorWrite) = try openPipe()
        defer { [outputWrite, errorWrite].forEach { close($0) } }
        id = try spawn([executable] + arguments, variables, output: outputWrite, errors: errorWrite)
        output = LineBuffer(descriptor: outputRead)
        errors = LineBuffer(descriptor: errorRead)
        let (exits, exit) = AsyncStream<Int32>.makeStream()
        self.exits = exits
        Thread.detachNewThread { [id, status, peak] in
            var code: Int32 = 0
            // Only grows, and is gone with the process. What `wait4` reports is of no use: across `posix_spawn` it counts
            // the memory of the parent as well.
            while let bytes = peakMemory(of: id) {
                peak.withLock { $0 = bytes }
                usleep(5_000)
            }
            while waitpid(id, &code, 0) < 0, errno == EINTR {}
            // The exit code, or the negative number of the signal that ended it.
            let ended = code & 0x7F == 0 ? code >> 8 & 0xFF : -(code & 0x7F)
            status.withLock { $0 = ended }
            exit.yield(ended)
            exit.finish()
        }
    }

    deinit { signal(SIGKILL) }

    var isRunning: Bool { status.withLock { $0 == nil } }
    func signal(_ number: Int32) { if isRunning { kill(id, number) } }

    /// Waits for the end without holding a thread. May be called once.
    func ended() async throws -> Ended {
        for await status in exits {
            return Ended(
                status: status, output: output.all(), errors: errors.all(), peakMemory: peak.withLock { $0 })
        }
        throw CancellationError()
    }

    /// The next line of standard output; `nil` at its end or when none comes for so many seconds.
    func nextLine(timeout: TimeInterval = 20) -> String? { output.next(timeout) }

    /// How many of its threads have a name that begins so, now.
    func threadCount(named prefix: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task").filter { task in
            // A thread may end meanwhile.
            let name = try? String(contentsOfFile: "/proc/\(id)/task/\(task)/comm", encoding: .utf8)
            return name?.hasPrefix(prefix) == true
        }.count
    }

    /// The next line of standard error that holds `text`.
    func nextErrorLine(with text: String) -> String? {
        while let line = errors.next(20) { if line.contains(text) { return line } }
        return nil
    }
}

/// What a process left behind.
struct Ended: Sendable, CustomStringConvertible {
    /// The exit code; the negative number of the signal that killed it.
    var status: Int32
    /// Lines that went to standard output.
    var output: [String]
    /// Lines that went to standard error.
    var errors: [String]
    /// The most memory that was resident at a time, in bytes.
    var peakMemory: Int

    /// For failed expectations, and to look for what must be nowhere.
    var description: String {
        (["status \(status)", "-- output"] + output + ["-- errors"] + errors).joined(separator: "\n")
    }
}

/// `VmHWM` of a process that runs; `nil` once it has ended.
private func peakMemory(of id: pid_t) -> Int? {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map {
        $0 << 10
    }
}

/// Both ends, which no child of any test inherits unless it is told to: `pipe` cannot promise that.
private func openPipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
    return (ends[0], ends[1])
}

private func spawn(_ arguments: [String], _ variables: [String], output: Int32, errors: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, arguments[0], &actions, nil, &argv, &envp)
    guard code == 0 else { throw MissingTool(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
    return id
}

/// Lines of a pipe, read as they come so that the writer never waits.
final class LineBuffer: @unchecked Sendable {
    // `@unchecked Sendable` is safe: everything below `condition` is only touched with it held.
    private let condition = NSCondition()
    private var lines: [String] = []
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var taken = 0

    /// Reads `descriptor` to its end, then closes it.
    init(descriptor: Int32) {
        Thread.detachNewThread { [self] in
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count < 0 && errno == EINTR { continue }
                append(chunk[..<max(0, count)])
                if count <= 0 { break }
            }
            close(descriptor)
        }
    }

    /// Nothing stands for the end.
    private func append(_ bytes: ArraySlice<UInt8>) {
        condition.lock()
        defer { condition.unlock() }
        rest += bytes
        while let newline = rest.firstIndex(of: 10) {
            lines.append(String(decoding: rest[..<newline], as: UTF8.self))
            rest.removeFirst(newline + 1)
        }
        if bytes.isEmpty {
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
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
    func all() -> [String] {
        condition.lock()
        defer { condition.unlock() }
        while !isAtEnd { condition.wait() }
        return lines
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
