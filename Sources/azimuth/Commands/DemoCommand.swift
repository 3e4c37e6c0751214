import ArgumentParser
import Demo

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulated Azure, agent and OTLP receiver in one process: no files, no account.",
        discussion: """
            A minute passes every second, starting half an hour ago. In the end, what was received is compared with
            the truth, point by point; the exit code is 0 only if nothing is missing, wrong or doubled.

            Example:
              azimuth demo --for 30s
            """)

    @Option(name: .customLong("for"), help: "How long it runs.")
    var length = Length(seconds: 30)

    func run() async throws {
        let signals = TerminationSignals()
        let outcome = try await Demonstration(duration: length.duration) { Output.standard($0) }.run(
            stop: { _ = try await signals.next() })
        if !outcome.isExact { throw ExitCode.failure }
    }
}
