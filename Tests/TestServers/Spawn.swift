import CSpawn
import Foundation

/// Starts a program, found in PATH when its name has no `/`. It inherits its three standard streams and nothing else.
///
/// Not Foundation's `Process`: a program that another test starts at the same moment could inherit the end of its pipe,
/// and whoever reads that pipe to its end would wait for the stranger.
/// - Parameters:
///   - environment: Added to the environment of the tests, which is handed on without what would change the program's doing.
///   - folder: Where it runs; `nil` = where the tests run.
///   - input: The descriptor that becomes its standard input; `nil` = it reads nothing.
///   - leadsGroup: Whether it leads a process group of its own, so that it can be killed with what it starts. Whoever ends the
///     tests from a terminal does not end it then.
/// - Returns: Its process id.
package func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil,
    input: Int32? = nil, output: Int32, errors: Int32, leadsGroup: Bool
) throws -> pid_t {
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
    let code = azimuth_spawn(&id, executable, &argv, &envp, folder, input ?? -1, output, errors, leadsGroup)
    guard code == 0 else { throw ChildError("\(executable): \(String(cString: strerror(code)))") }
    return id
}

/// A program that could not be started or did not do what it is needed for.
package struct ChildError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
