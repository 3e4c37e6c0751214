import AzureMonitor
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// Rule T11: what is far behind its neighbours has calls of its own, made ever more rarely while they fail.
@Suite(.timeLimit(.minutes(5))) struct LaggardTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    /// Runs `cycles` cycles, a minute apart.
    /// - Returns: The minutes in which vm1 was asked for, with or without others.
    private func minutesOfVM1(_ loop: ScrapeLoop, _ source: ScriptedAzure, _ cycles: Range<Int>) async throws -> [Int] {
        var minutes: [Int] = []
        for minute in cycles {
            _ = try await loop.runCycle()
            let asked = source.takeQuestions().flatMap(\.resourceIDs).contains { $0.name == "vm1" }
            if asked { minutes.append(minute) }
            clock.advance(by: .seconds(60))
        }
        return minutes
    }

    private func failing(_ error: AzureError) -> ScriptedAzure.Rule {
        { question in
            question.resourceIDs[0].name == "vm1" ? .failure(error) : .success(ScriptedAzure.healthy(question))
        }
    }

    private func expectLevel() async {
        let sent = await state.sent
        #expect(sent["m0@vm1"] == sent["m0@vm0"], "nothing was lost or doubled")
    }

    static let passing: [AzureError.Code] = [
        .unavailable, .unreachable, .forbidden, .unexpectedAnswer, .malformedAnswer, .unauthenticated,
    ]

    @Test("a laggard behind a passing error is tried after 1, 2, 4 … 60 minutes; success resets", arguments: passing)
    func growingPause(code: AzureError.Code) async throws {
        let source = azure(failing(ScriptedAzure.error(code)))
        let loop = try await loop(source, metrics: 1, resources: 3)
        let asked = try await minutesOfVM1(loop, source, 0..<200)
        #expect(asked == Array(0...17) + [19, 23, 31, 47, 79, 139, 199])
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        #expect(try await minutesOfVM1(loop, source, 200..<265) == Array(259..<265), "in one cycle it is level")
        await expectLevel()
        source.setRule(failing(ScriptedAzure.error(code)))
        let again = try await minutesOfVM1(loop, source, 0..<24)
        #expect(again == Array(0...16) + [17, 19, 23], "the pauses begin anew")
    }

    @Test("a failure inside a good answer counts as well, and the pause is in the report")
    func failingCell() async throws {
        let later = MetricError(code: "InternalServerError", message: "later")
        let source = azure { question in
            .success(ScriptedAzure.table(question) { id, _ in id.name == "vm1" ? .failed(later) : nil })
        }
        let loop = try await loop(source, metrics: 2, resources: 20, region: "westeurope")
        #expect(try await minutesOfVM1(loop, source, 0..<16) == Array(0..<16))
        let report = try await loop.runCycle()
        #expect(report.failures.count == 2 && report.failures.allSatisfy(\.isPausing))
        clock.advance(by: .seconds(60))
        _ = source.takeQuestions()
        #expect(try await minutesOfVM1(loop, source, 17..<60) == [17, 19, 23, 31, 47])
    }

    @Test("laggards with the same mark share their rare calls")
    func shared() async throws {
        let later = MetricError(code: "InternalServerError", message: "later")
        let source = azure { question in
            .success(
                ScriptedAzure.table(question) { id, _ in
                    ["vm1", "vm2", "vm3"].contains(id.name) ? .failed(later) : nil
                })
        }
        let loop = try await loop(source, metrics: 2, resources: 20, region: "westeurope")
        for minute in 0..<60 {
            _ = try await loop.runCycle()
            let calls = source.takeQuestions().map(\.call.resources.count)
            #expect(minute <= 16 || [17, 19, 23, 31, 47].contains(minute) == (calls.sorted() == [3, 17]))
            clock.advance(by: .seconds(60))
        }
    }

    @Test("hourly laggards pause between the hours, when nobody else is asked")
    func hourly() async throws {
        let source = azure(failing(ScriptedAzure.error(.unavailable)))
        let metric = try Self.metric("m0", of: ["vm0", "vm1"], grain: .oneHour)
        let loop = try await loop(source, of: [metric])
        _ = try await minutesOfVM1(loop, source, 0..<360)
        let asked = try await minutesOfVM1(loop, source, 360..<600)
        #expect((3...5).contains(asked.count), "\(asked)")
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await minutesOfVM1(loop, source, 600..<665)
        await expectLevel()
    }

    @Test("a full quota, and an outage that hits all, pause no laggard")
    func notTheirFault() async throws {
        let source = azure(failing(ScriptedAzure.error(.throttled)))
        let loop = try await loop(source, metrics: 1, resources: 3)
        #expect(try await minutesOfVM1(loop, source, 0..<30) == Array(0..<30))
        source.setRule { _ in .failure(ScriptedAzure.error(.unavailable)) }
        #expect(try await minutesOfVM1(loop, source, 30..<60) == Array(30..<60))
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        #expect(try await minutesOfVM1(loop, source, 60..<61) == [60])
        await expectLevel()
    }
}
