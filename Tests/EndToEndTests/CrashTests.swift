import CrashTest
import Foundation
import MetricModel
import Testing

/// A few rounds of `make crash-test`: the agent is killed at random moments, and nothing is lost or repeated needlessly.
@Suite(.timeLimit(.minutes(10))) struct CrashTests {
    @Test("killed at random moments, with faults on both sides, everything settled arrives", arguments: [false, true])
    func slice(refuses: Bool) async throws {
        let folder = try Paths.temporaryFolder()
        var options = CrashTestOptions(binary: Paths.azimuth, folder: folder)
        options.seed = refuses ? 12 : 11
        options.rounds = 8
        options.refuses = refuses
        options.meanLife = .seconds(1.2)
        options.history = .seconds(6 * 3600)
        let lines = Lock<[String]>([])
        let test = try await CrashTest(options) { line in lines.withLock { $0.append(line) } }
        let outcome = try await test.run()
        test.report(outcome)
        #expect(outcome.complaints.isEmpty, "\(lines.withLock { $0.joined(separator: "\n") })")
        if outcome.complaints.isEmpty { try FileManager.default.removeItem(atPath: folder) }
    }
}
