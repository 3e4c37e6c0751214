import Foundation
import MetricModel

/// A process of a test; killed when the test lets go of it. With it goes what it has started.
package final class Child: Sendable {
    private let executable: String
    private let id: pid_t
    private let output: LineBuffer
    private let errors: LineBuffer
    private let status = Lock<Int32?>(nil)
    private let exits: AsyncStream<Int32>
    private let peak = Lock(0)

    /// Starts `executable`; the other parameters are those of ``spawn(_:_:environment:in:input:output:errors:leadsGroup:)``.
    /// - Parameter measuresMemory: Whether ``Ended/peakMemory`` is wanted, for which it is looked at every few milliseconds.
    package init(
        _ executable: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        input: Int32? = nil, measuresMemory: Bool = false
    ) throws {
        self.executable = executable
        let (outputRead, outputWrite) = try connectedSockets()
        defer { close(outputWrite) }
        output = LineBuffer(descriptor: outputRead)
        let (errorRead, errorWrite) = try connectedSockets()
        defer { close(errorWrite) }
        errors = LineBuffer(descriptor: errorRead)
        id = try spawn(
            executable, arguments, environment: environment, in: folder, input: input, output: outputWrite,
            errors: errorWrite, leadsGroup: true)
        let (exits, exit) = AsyncStream<Int32>.makeStream()
        self.exits = exits
        Thread.detachNewThread { [id, status, peak] in
            // Only grows, and is gone with the process. What `wait4` reports is of no use: across `posix_spawn` it counts
            // the memory of the parent as well.
            while measuresMemory, let bytes = peakMemory(of: id) {
                peak.withLock { $0 = bytes }
                usleep(5_000)
            }
            var information = siginfo_t()
            while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            // Its number is not given to another process before it has been waited for.
            kill(-id, SIGKILL)
            let ended = status.withLock { status in
                var code: Int32 = 0
                let isKnown = waitpid(id, &code, 0) == id
                // The exit code, or the negative number of the signal that ended it.
                let ended = !isKnown ? Int32.min : code & 0x7F == 0 ? code >> 8 & 0xFF : -(code & 0x7F)
                status = ended
                return ended
            }
            exit.yield(ended)
            exit.finish()
        }
    }

    deinit { status.withLock { if $0 == nil { kill(-id, SIGKILL) } } }

    /// Runs a program to its end.
    /// - Returns: What it printed. When it fails, that is in the error.
    @discardableResult package static func run(_ executable: String, _ arguments: [String], in folder: String? = nil)
        async throws -> String
    {
        let ended = try await Child(executable, arguments, in: folder).ended()
        guard ended.status == 0 else { throw ChildError("\(executable): \(ended)") }
        return ended.output.joined(separator: "\n")
    }

    package var isRunning: Bool { status.withLock { $0 == nil } }
    package func signal(_ number: Int32) { status.withLock { if $0 == nil { kill(id, number) } } }

    /// Waits for the end without holding a thread. May be called once.
    package func ended() async throws -> Ended {
        for await status in exits {
            return Ended(
                status: status, output: await output.all(within: 30), errors: await errors.all(within: 30),
                peakMemory: peak.withLock { $0 })
        }
        throw CancellationError()
    }

    /// The next line of standard output, or the next that holds `text`; `nil` at its end or when none comes for so many seconds.
    package func nextLine(with text: String = "", timeout: TimeInterval = 60) async -> String? {
        await output.next(within: timeout) { text.isEmpty || $0.contains(text) }
    }

    /// The rest of the next line of standard output that starts so.
    package func line(startingWith prefix: String) async throws -> String {
        guard let line = await output.next(within: 60, where: { $0.hasPrefix(prefix) }) else {
            throw ChildError("\(executable) printed no line that starts with \(prefix)")
        }
        return String(line.dropFirst(prefix.count))
    }

    /// How many of its threads have a name that begins so, now.
    package func threadCount(named prefix: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task").filter { task in
            // A thread may end meanwhile.
            let name = try? String(contentsOfFile: "/proc/\(id)/task/\(task)/comm", encoding: .utf8)
            return name?.hasPrefix(prefix) == true
        }.count
    }

    /// The next line of standard error that holds `text`; `nil` at its end or when none comes for a minute.
    package func nextErrorLine(with text: String) async -> String? {
        await errors.next(within: 60) { $0.contains(text) }
    }
}

/// What a process left behind.
package struct Ended: Sendable, CustomStringConvertible {
    /// The exit code; the negative number of the signal that killed it.
    package var status: Int32
    /// Lines that went to standard output.
    package var output: [String]
    /// Lines that went to standard error.
    package var errors: [String]
    /// The most memory that was resident at a time, in bytes; 0 when it was not measured.
    package var peakMemory: Int

    /// For failed expectations, and to look for what must be nowhere.
    package var description: String {
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

/// What is written to one can be read from the other.
private func connectedSockets() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
    return (ends[0], ends[1])
}
