import ArgumentParser
import CrashTest
import Foundation

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "azimuth-crash-test",
        abstract: "Kills the agent again and again, and compares what arrived with the simulator's truth.",
        discussion: """
            Simulator and agent are processes of the given binary; the collector is this program. Both sides fail now and then.
            In flight is what a frozen agent, just before kill -9, has begun and not finished: a POST whose answer was not sent,
            a call of which Azure has not answered a byte, a transaction whose pages are in the write-ahead log without its end.

            Example:
              azimuth-crash-test --binary .build/release/azimuth --rounds 200 --seed 7
            """)

    @Option(help: "The program under test.")
    var binary = ".build/release/azimuth"
    @Option(help: "Decides all faults and all moments.")
    var seed: UInt64 = 1
    @Option(help: "How often the agent is killed.")
    var rounds = 200
    @Option(help: "The share of calls and POSTs that go wrong, 0 to 1.")
    var faults = 0.2
    @Flag(help: "The collector answers 400, 404 and 500 as well: data may be dropped, if it is counted.")
    var refusals = false
    @Option(help: "Seconds an agent lives on average.")
    var life = 2.8
    @Option(help: "Hours of history that each metric begins with.")
    var history = 24.0
    @Option(help: "Metrics that are added in each round.")
    var growth = 2
    @Option(help: "Seconds without a point after which the rest counts as lost.")
    var patience = 300.0
    @Flag(help: "Throw the state away at each kill, to see the test fail.")
    var forgetful = false

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-crash-\(UUID().uuidString)")
            .path
        var options = CrashTestOptions(binary: binary, folder: folder)
        options.seed = seed
        options.rounds = rounds
        options.faults = faults
        options.refuses = refusals
        options.meanLife = .seconds(life)
        options.history = .seconds(history * 3600)
        options.growth = growth
        options.patience = .seconds(patience)
        options.forgets = forgetful
        let test = try await CrashTest(options) { FileHandle.standardOutput.write(Data(($0 + "\n").utf8)) }
        let outcome = try await test.run()
        test.report(outcome)
        guard outcome.complaints.isEmpty else { throw ExitCode.failure }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
