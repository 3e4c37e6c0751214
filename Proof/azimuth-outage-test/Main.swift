import ArgumentParser
import AzureSimulator
import Foundation

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "azimuth-outage-test",
        abstract: "Outages of hours on a clock that steps: afterwards nothing may be missing.",
        discussion: """
            Agent, simulator and receivers are in this process. Time moves in steps of ten seconds; between two of them
            everybody comes to rest.

            Example:
              azimuth-outage-test hours full-outbox one-of-two full-disk
            """)

    @Argument(help: "Scenarios: \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")); without one, all.")
    var names: [String] = []

    @Option(help: "The size of the estate of the scenario 'hours': medium, small, or 1000x10x8x3.")
    var scale: String?

    @Flag(help: "In 'hours' the state is lost when the agent ends: to see it fail.")
    var forgetful = false

    func run() async throws {
        let scenarios = try names.map { name in
            guard let scenario = Scenario(rawValue: name) else {
                throw ValidationError("There is no scenario '\(name)'.")
            }
            return scenario
        }
        let size = try scale.map { text in
            guard let size = EstateScale(text: text) else { throw ValidationError("There is no estate '\(text)'.") }
            return size
        }
        var hasFailed = false
        for scenario in scenarios.isEmpty ? Scenario.allCases : scenarios {
            say("\(scenario.rawValue):")
            let complaints = try await scenario.play(scale: size, isForgetful: forgetful, say: say)
            complaints.forEach { say("  \($0)") }
            say(
                "\(scenario.rawValue): \(complaints.isEmpty ? "PASSED: nothing is missing, nothing is wrong" : "FAILED")"
            )
            hasFailed = hasFailed || !complaints.isEmpty
        }
        if hasFailed { throw ExitCode.failure }
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
