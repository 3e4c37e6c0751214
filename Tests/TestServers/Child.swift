import Foundation

/// Another program, ended when the test lets go of it.
package final class Child {
    private let process = Process()
    private let output = Pipe()

    /// Starts `arguments[0]`, found in PATH.
    package init(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], input: FileHandle? = nil
    )
        throws
    {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// Runs a program to its end; its output is in the error when it fails.
    @discardableResult package static func run(_ arguments: [String], in folder: URL? = nil) throws -> String {
        let child = try Child(arguments, in: folder)
        let text = String(decoding: child.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.process.waitUntilExit()
        guard child.process.terminationStatus == 0 else { throw ChildError(arguments: arguments, output: text) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Reads what it prints until a line starts with `prefix`; returns the rest of that line.
    package func line(startingWith prefix: String) throws -> String {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw ChildError(arguments: process.arguments ?? [], output: text) }
            text += String(decoding: data, as: UTF8.self)
            let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = whole.first(where: { $0.hasPrefix(prefix) }) { return String(line.dropFirst(prefix.count)) }
        }
    }

    deinit {
        guard process.isRunning else { return }
        // With its children, which nginx has: Foundation gives each child a process group of its own. Not SIGTERM,
        // which the threads of the test block and the child inherits blocked.
        kill(-process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

package struct ChildError: Error {
    package let arguments: [String]
    package let output: String
}
