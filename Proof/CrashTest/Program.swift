import Foundation
import MetricModel

/// A program in a process of its own, killed when nobody holds it. Its output goes into a file, so nobody has to read it.
final class Program: Sendable {
    private let id: pid_t
    private let isGone = Lock(false)

    /// Starts `executable`; both outputs are appended to the file `log`.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Nothing of the user's own set-up decides what is seen.
        let foreign = ["OTEL_", "AZIMUTH_", "PROMITOR_", "AZURE_", "HTTP_", "HTTPS_", "ALL_PROXY"]
        let inherited = ProcessInfo.processInfo.environment.filter { variable in
            !foreign.contains { variable.key.uppercased().hasPrefix($0) }
        }
        let variables = inherited.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, executable, &actions, nil, &argv, &envp)
        guard code == 0 else { throw HarnessError("\(executable): \(String(cString: strerror(code)))") }
        self.id = id
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
    func freeze() { kill(id, SIGSTOP) }

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
        kill(id, SIGTERM)
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
