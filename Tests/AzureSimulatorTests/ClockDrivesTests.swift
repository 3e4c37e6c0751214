import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// The clock route moves everything that goes by time.
@Suite struct ClockDrivesTests {
    static let vm = TestAzure.id("vm-web-1")

    struct Case: Sendable {
        var name: String
        var seconds: Int
        var change: @Sendable (inout SimulatorOptions) throws -> Void
        /// What the call is answered with, before and after the clock has been moved.
        var statuses: [Int]
    }

    static let cases = [
        Case(
            name: "fault", seconds: 60, change: { $0.faults = [try Fault(text: "answer=529&until=60")] },
            statuses: [529, 200]),
        Case(
            name: "life", seconds: 60, change: { $0.lives = [try ResourceLife(text: "resource=vm-web&deleted=60")] },
            statuses: [200, 404]),
        Case(
            name: "throttle", seconds: 4, change: { $0.readLimits = try ReadLimits(text: "reads=1&refill=0.25") },
            statuses: [200, 200]),
        Case(
            name: "throttle, too early", seconds: 3,
            change: { $0.readLimits = try ReadLimits(text: "reads=1&refill=0.25") },
            statuses: [200, 429]),
    ]

    private func advance(_ azure: TestAzure, _ seconds: Int) -> Int {
        azure.azure.answer(
            ServedRequest(method: "POST", path: "/simulator/clock", query: "advance=\(seconds)")
        ).status
    }

    @Test("what goes by time follows the clock", arguments: cases)
    func follows(_ example: Case) throws {
        var options = TestAzure.options()
        try example.change(&options)
        let azure = TestAzure(options)
        let before = azure.metrics(Self.vm, []).status
        #expect(advance(azure, example.seconds) == 200)
        #expect([before, azure.metrics(Self.vm, []).status] == example.statuses, "\(example.name)")
    }

    @Test func bucketsFollowIt() {
        let azure = LatenessRuleTests.azure([LatenessRule(effect: .late(900...900))])
        #expect(advance(azure, 959) == 200)
        #expect(LatenessTests.newest(azure)?["total"] == nil)
        #expect(advance(azure, 1) == 200)
        #expect(LatenessTests.newest(azure)?["total"] is Double)
    }
}
