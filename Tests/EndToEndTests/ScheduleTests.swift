import HTTPServer
import MetricModel
import Testing

/// Schedules as the running agent takes them.
@Suite(.timeLimit(.minutes(5))) struct ScheduleTests {
    /// What the second metric says, how the log names the schedules, and whether the two metrics come in one call.
    static let cases: [(String, String, Bool)] = [
        ("* * * * *", "* * * * * | */5 * * * *", true), ("0 * * * * *", "* * * * * | */5 * * * *", true),
        ("@every_minute", "* * * * * | */5 * * * *", true), ("*/1 ? * * 0-6", "* * * * * | */5 * * * *", true),
        ("0 */5 * * * *", "* * * * * | 0 */5 * * * *", false),
        ("0 0 LW * *", "* * * * * | 0 0 LW * * | */5 * * * *", false),
        ("0 0 * * FRI#2", "* * * * * | 0 0 * * FRI#2 | */5 * * * *", false),
    ]

    @Test(
        "two metrics of one machine share its calls when, and only when, their schedules say the same", arguments: cases
    )
    func shared(schedule: String, named: String, isShared: Bool) async throws {
        let calls = Lock([String]())
        let azure = try FaultyAzure { request in
            if request.isAbout("vm-web-1") { calls.withLock { $0.append(request.query) } }
            return nil
        }
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: azure, collector: recorder, isBatching: false)
        try folder.edit(
            "metrics-declaration.yaml", "{metricName: Network In Total, aggregation: {type: Average}}",
            "{metricName: Network In Total, aggregation: {type: Average}}\n    scraping: {schedule: \"\(schedule)\"}")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && recorder.received == AgentFolder.everything, "\(ended)")
        #expect(ended.errors.first?.contains("schedules=\"\(named)\"") == true, "\(ended)")
        let network = calls.withLock { $0 }.filter { $0.contains("Network") }
        #expect(network.count == 1 && network.allSatisfy { $0.contains("Percentage") == isShared }, "\(network)")
    }
}
