import TestServers
import Testing

/// `demo` in a terminal.
@Suite(.timeLimit(.minutes(5))) struct LiveDemoTests {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    private func demo(
        _ arguments: [String] = [], typing: [String] = [], environment: [String: String] = [:]
    ) async throws -> String {
        let ended = try await Child(
            Paths.python,
            [Paths.root + "/Tests/Tools/pty_run.py"] + typing + ["--", Paths.azimuth, "demo", "--for", "3s"]
                + arguments,
            environment: ["TERM": "xterm", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        ).ended()
        #expect(ended.status == 0, "\(ended)")
        return ended.output.joined(separator: "\n")
    }

    @Test("a table is drawn on a screen of its own; then the terminal is as before, with table and comparison on it")
    func table() async throws {
        let output = try await demo()
        let drawn = try #require(output.components(from: Self.enter, to: Self.leave))
        #expect(drawn.contains("vm-web-1") && drawn.contains("azure_vm_cpu_percent") && drawn.contains("AGE"))
        #expect(drawn.contains("minute 2 of 3") && drawn.contains(" pushes  ") && drawn.contains(" bytes gzip"))
        #expect(!drawn.contains("compared with the truth:"))
        let after = try #require(output.components(from: Self.leave, to: nil))
        #expect(after.contains("vm-web-1") && after.contains("azure_vm_cpu_percent"))
        #expect(after.contains("every settled bucket arrived exactly once"))
        #expect(after.hasSuffix("same settings, exit 0"), "\(after)")
    }

    @Test("Ctrl-C gives the terminal back, compares what came so far and ends well")
    func interrupted() async throws {
        let output = try await demo(["--for", "20s"], typing: ["--type", #"\x03"#, "--after", "minute 1 of"])
        let after = try #require(output.components(from: Self.leave, to: nil))
        #expect(after.contains("every settled bucket arrived exactly once"))
        #expect(after.hasSuffix("same settings, exit 0"), "\(after)")
        #expect(!output.contains("minute 9 of"))
    }

    @Test("--plain and a terminal that cannot be drawn on get lines", arguments: [["--plain"], []])
    func plain(arguments: [String]) async throws {
        let output = try await demo(arguments, environment: arguments.isEmpty ? ["TERM": "dumb"] : [:])
        #expect(!output.contains("\u{1B}"))
        #expect(output.contains("  scraped ") && output.contains("every settled bucket arrived exactly once"))
    }

    @Test("without colour and UTF-8 the table is of plain letters", arguments: ["NO_COLOR"])
    func letters(variable: String) async throws {
        let output = try await demo(environment: [variable: "1", "LC_ALL": "C"])
        #expect(output.contains("azure_vm_cpu_percent") && !output.contains("\u{1B}[1m") && !output.contains("TREND"))
        #expect(output.utf8.allSatisfy { $0 < 0x80 })
    }
}

extension String {
    /// What stands behind the first `start`, up to `end`; `nil` when one of them is missing.
    fileprivate func components(from start: String, to end: String?) -> String? {
        guard let first = ranges(of: start).first else { return nil }
        let rest = self[first.upperBound...]
        guard let end else { return String(rest) }
        return rest.ranges(of: end).first.map { String(rest[..<$0.lowerBound]) }
    }
}
