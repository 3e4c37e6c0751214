import ArgumentParser
import AzureSimulator
import CallCounts
import Foundation

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "azimuth-call-counts",
        abstract: "Compares what `azimuth plan` says with what the simulator counts.",
        discussion: """
            Agent and simulator are in this process, on a clock that steps; a tenth of the resources is stopped.

            Example:
              azimuth-call-counts --binary .build/release/azimuth small medium large
            """)

    @Option(help: "The program that plans.")
    var binary = ".build/release/azimuth"
    @Option(help: "Cycles that are counted.")
    var cycles = 10
    @Flag(help: "Metrics refuse aggregations that only others of their type have.")
    var strict = false
    @Argument(help: "Estates: small, medium, large, or 1000x10x8x3.")
    var scales = ["small", "medium", "large"]

    func run() async throws {
        var hasFailed = false
        for name in scales {
            guard let scale = EstateScale(text: name) else { throw ValidationError("There is no estate '\(name)'.") }
            let outcome = try await CallCounts(scale, azimuth: binary, isStrict: strict, cycles: cycles).run()
            let besides = outcome.besides.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            say("\(name)\(strict ? ", strict" : ""): planned \(outcome.planned) calls a cycle, made \(outcome.cycles)")
            say("  besides \(besides.joined(separator: ", "))")
            outcome.complaints.forEach { say("  \($0)") }
            say("\(name): \(outcome.complaints.isEmpty ? "PASSED" : "FAILED")")
            hasFailed = hasFailed || !outcome.complaints.isEmpty
        }
        if hasFailed { throw ExitCode.failure }
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
