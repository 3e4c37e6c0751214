import ArgumentParser
import Demo

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulated Azure, agent and OTLP receiver in one process: no files, no account.",
        discussion: """
            A minute passes every second, starting half an hour ago. In a terminal, what has arrived is shown as a table;
            elsewhere, or with --plain, every minute is a line. In the end, what was received is compared with the
            truth, point by point; the exit code is 0 only if nothing is missing, wrong or doubled.

            Example:
              azimuth demo --for 30s
            """)

    @Option(name: .customLong("for"), help: "How long it runs.")
    var length = Length(seconds: 30)

    @Flag(help: "A line a minute instead of the table.")
    var plain = false

    func run() async throws {
        let signals = TerminationSignals()
        let live = plain ? nil : LiveAudience(minutes: length.wholeSeconds, environment: processEnvironment())
        defer { live?.end() }
        let demonstration = Demonstration(duration: length.duration, audience: live ?? PlainAudience())
        let outcome = try await demonstration.run(
            stop: { _ = try await signals.next() }, onEnd: { live?.end() })
        if !outcome.isExact { throw ExitCode.failure }
    }
}
