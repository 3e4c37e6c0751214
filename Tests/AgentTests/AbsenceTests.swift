import AzureMonitor
import MetricModel
import Planning
import Settlement
import Testing

@testable import Agent

/// T12: a resource that is declared and does not exist any more.
@Suite(.timeLimit(.minutes(5))) struct AbsenceTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()

    static func absence(_ serviceCode: String? = "ResourceNotFound") -> AzureError {
        var error = ScriptedAzure.error(.notFound, status: 404)
        error.serviceCode = serviceCode
        return error
    }

    /// vm1 is gone.
    static let gone: ScriptedAzure.Rule = { question in
        question.resourceIDs[0].name == "vm1" ? .failure(Self.absence()) : .success(ScriptedAzure.healthy(question))
    }

    private func run(_ loop: ScrapeLoop, cycles: Int) async throws -> [PairNotice] {
        var notices: [PairNotice] = []
        for _ in 0..<cycles {
            notices += try await loop.runCycle().notices.filter { $0.kind == .gone }
            clock.advance(by: .seconds(60))
        }
        return notices
    }

    private func markers() async -> [String: [Point]] {
        await state.points.mapValues { $0.filter { !$0.isRecorded } }.filter { !$0.value.isEmpty }
    }

    private func values(_ pair: String) async -> [Int64] {
        await state.points[pair]?.filter(\.isRecorded).map(\.start.seconds) ?? []
    }

    @Test("its series end once, with a point without a value; when it returns it is read from where it was")
    func ends() async throws {
        let source = azure()
        let loop = try await loop(source, metrics: 2, resources: 2)
        #expect(try await run(loop, cycles: 3).isEmpty)
        source.setRule(Self.gone)
        // Asked in the minutes 3, 4, 6, 10 and 18: then it was said for more than ten minutes.
        #expect(try await run(loop, cycles: 15).isEmpty)
        #expect(await markers().isEmpty)
        let notices = try await run(loop, cycles: 100)
        #expect(notices.map(\.resource.name) == ["vm1"], "once for all of its metrics")
        let end = Self.noon - .seconds(60)
        let all = await markers()
        #expect(all.keys.sorted() == ["m0@vm1", "m1@vm1"])
        for points in all.values {
            #expect(points.map(\.end) == [end + .seconds(1)] && points.map(\.start) == [end - .seconds(60)])
        }
        #expect(await state.batches.flatMap(\.batch.resources).flatMap(\.metrics).allSatisfy { $0.unit == "Percent" })
        // A restart forgets the pauses, not that it has ended.
        let other = try await self.loop(source, metrics: 2, resources: 2)
        #expect(try await run(other, cycles: 60).isEmpty)
        #expect(await markers().mapValues { $0.map(\.end) } == all.mapValues { $0.map(\.end) })
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await run(other, cycles: 65)
        #expect(await values("m0@vm1") == values("m0@vm0"), "nothing was lost or doubled")
        #expect(await markers().mapValues { $0.map(\.end) } == all.mapValues { $0.map(\.end) })
    }

    @Test("without a known unit nothing is sent: the collector would take it for another metric")
    func unknownUnit() async throws {
        let healthy = azure()
        _ = try await run(try await loop(healthy, metrics: 1, resources: 2), cycles: 3)
        let source = azure { _ in .failure(Self.absence()) }
        let loop = try await loop(source, metrics: 1, resources: 2)
        #expect(try await run(loop, cycles: 30).count == 2)
        #expect(await markers().isEmpty)
    }

    /// Who says no, in its answer number so and so.
    static let others: [(String, ScriptedAzure.Rule)] = [
        ("another 404", { _ in .failure(Self.absence("SubscriptionNotFound")) }),
        ("a 404 without a code", { _ in .failure(Self.absence(nil)) }),
        (
            "getBatch alone",
            { question in
                question.call.feed.route == .batch && question.resourceIDs.contains { $0.name == "vm1" }
                    ? .failure(Self.absence()) : .success(ScriptedAzure.healthy(question))
            }
        ),
    ]

    @Test("nothing else ends it", arguments: others.indices, [String?.none, "westeurope"])
    func other(index: Int, region: String?) async throws {
        let source = azure()
        let loop = try await loop(source, metrics: 1, resources: 2, region: region)
        _ = try await run(loop, cycles: 3)
        source.setRule(Self.others[index].1)
        #expect(try await run(loop, cycles: 200).isEmpty, "\(Self.others[index].0)")
        source.setRule { .success(ScriptedAzure.healthy($0)) }
        _ = try await run(loop, cycles: 65)
        #expect(await markers().isEmpty)
        #expect(await values("m0@vm1").sorted() == values("m0@vm0").sorted())
    }

    @Test("an answer in between begins the count anew", arguments: [String?.none, "westeurope"])
    func flapping(region: String?) async throws {
        let asked = Lock(0)
        let source = azure { question in
            guard question.resourceIDs.contains(where: { $0.name == "vm1" }) else {
                return .success(ScriptedAzure.healthy(question))
            }
            if question.call.feed.route == .batch { return .failure(Self.absence()) }
            let isAbsent = asked.withLock { asked in
                asked += 1
                return asked % 3 != 0
            }
            return isAbsent ? .failure(Self.absence()) : .success(ScriptedAzure.healthy(question))
        }
        let loop = try await loop(source, metrics: 1, resources: 2, region: region)
        #expect(try await run(loop, cycles: 300).isEmpty)
        #expect(await markers().isEmpty)
    }
}
