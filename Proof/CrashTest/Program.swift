import Foundation
import MetricModel
import TestServers

/// A program in a process of its own, killed when nobody holds it. Its output goes into a file, so nobody has to read it.
final class Program: Sendable {
    private let id: pid_t
    private let isGone = Lock(false)

    /// Starts `executable`; both outputs are appended to the file `log`.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw HarnessError("\(log): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        id = try spawn(executable, arguments, environment: environment, output: file, errors: file, leadsGroup: false)
    }

    deinit { kill9() }

    /// Whether it has ended by itself.
    func hasEnded() -> Bool {
        isGone.withLock { isGone in
            if !isGone, waitpid(id, nil, WNOHANG) != 0 { isGone = true }
            return isGone
        }
    }

    /// Holds it at the instruction where it is; it goes on being the owner of its files and connections.
    func freeze() { signal(SIGSTOP) }

    private func signal(_ number: Int32) { isGone.withLock { if !$0 { kill(id, number) } } }

    /// `kill -9`, and waits until it is gone.
    func kill9() {
        isGone.withLock { isGone in
            guard !isGone else { return }
            kill(id, SIGKILL)
            while waitpid(id, nil, 0) < 0, errno == EINTR {}
            isGone = true
        }
    }

    /// Asks it to end and waits so long; then kills it.
    /// - Returns: Whether it ended by itself.
    func end(within seconds: Int) -> Bool {
        signal(SIGTERM)
        for _ in 0..<(seconds * 50) {
            if hasEnded() { return true }
            usleep(20_000)
        }
        kill9()
        return false
    }
}

/// The test itself could not go on.
package struct HarnessError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
