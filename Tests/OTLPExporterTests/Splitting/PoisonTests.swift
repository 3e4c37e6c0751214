import HTTPTransport
import MetricModel
import Testing

@testable import OTLPExporter

/// R3 as a whole: whatever of a row a receiver refuses, the rest arrives, once, and everything is counted.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PoisonTests {
    static let metrics = 4

    /// Which cells of a row of `resources` resources are refused.
    enum Pattern: CaseIterable {
        case one, few, resource, metric, half, most, all, none

        func cells(resources: Int, _ random: inout SeededGenerator) -> Set<Cell> {
            let all = (0..<resources).flatMap { resource in
                (0..<PoisonTests.metrics).map { Cell(resource: resource, metric: $0) }
            }
            let resource = Int.random(in: 0..<resources, using: &random)
            let metric = Int.random(in: 0..<PoisonTests.metrics, using: &random)
            return switch self {
            case .one: [Cell(resource: resource, metric: metric)]
            case .few: Set(all.shuffled(using: &random).prefix(3))
            case .resource: Set(all.filter { $0.resource == resource })
            case .metric: Set(all.filter { $0.metric == metric })
            case .half: Set(all.filter { _ in Bool.random(using: &random) })
            case .most: Set(all).subtracting([Cell(resource: resource, metric: metric)])
            case .all: Set(all)
            case .none: []
            }
        }

        /// Whether so little is refused that all the rest must be found.
        var isRare: Bool { [.one, .few, .resource, .none].contains(self) }
    }

    @Test("only what is refused is dropped", arguments: Pattern.allCases, [true, false])
    func anyPoison(pattern: Pattern, hasOthers: Bool) async throws {
        for seed in 0..<12 {
            var random = SeededGenerator(state: UInt64(seed))
            let resources = Int.random(in: 1...12, using: &random)
            let poison = pattern.cells(resources: resources, &random)
            let rows = try makeRows(resources: 0..<resources, metrics: Self.metrics, points: 2)
            let others =
                hasOthers ? try (0..<3).flatMap { try makeRows(resources: (100 + $0)..<(101 + $0), metrics: 1) } : []
            let receiver = PickyReceiver(poison: poison, status: seed.isMultiple(of: 2) ? 400 : 413)
            let bench = Bench(ScriptedClient { _, request in receiver.answer(request) })
            #expect(bench.store.enqueue(rows + others))
            // Alone, a row of which nothing is taken is held: it cannot be known whether it is the row.
            try await bench.run {
                while !Task.isCancelled, bench.exporter.statistics.queuedRequests > 0, bench.clock.sleeperCount == 0 {
                    await Task.yield()
                }
            }
            check(bench, receiver, pattern, resources: resources, seed)
            if hasOthers { #expect(bench.exporter.statistics.queuedRequests == 0, "\(pattern) \(seed)") }
        }
    }

    private func check(_ bench: Bench, _ receiver: PickyReceiver, _ pattern: Pattern, resources: Int, _ seed: Int) {
        let cells = Set(
            (0..<resources).flatMap { resource in (0..<Self.metrics).map { Cell(resource: resource, metric: $0) } })
        let good = cells.subtracting(receiver.poison)
        let record = receiver.soFar
        let taken = receiver.takenCells.filter { $0.resource < 100 }
        let statistics = bench.exporter.statistics
        let name = "\(pattern), \(resources) resources, seed \(seed)"

        // Counted: two points a cell, one for each row behind.
        #expect(statistics.acceptedPoints == record.taken.count, "\(name)")
        let all = cells.count * 2 + receiver.takenCells.count { $0.resource >= 100 }
        #expect(statistics.acceptedPoints + statistics.droppedPoints + statistics.queuedPoints >= all, "\(name)")
        // Never twice: neither what was taken nor what was refused.
        #expect(Set(record.taken).count == record.taken.count, "\(name)")
        #expect(Set(record.refusedBodies).count == record.refusedBodies.count, "\(name)")
        // Within the bounds.
        let requests = record.requests.filter { $0.cells.contains { $0.resource < 100 } }
        #expect(requests.count <= 512, "\(name)")
        let patience = 4 * Self.log2(cells.count)
        if taken.isEmpty {
            #expect(!pattern.isRare || good.isEmpty, "\(name): nothing was found")
            #expect(requests.count <= 1 + patience, "\(name)")
        } else {
            #expect(Set(taken) == good, "\(name)")
            #expect(statistics.queuedPoints > 0 || statistics.droppedPoints == receiver.poison.count * 2, "\(name)")
        }
        // In order: from the first part that was taken on as in the row, and the points of a cell always.
        let rest = taken.drop { $0 == taken.first || $0 != good.min() }
        #expect(Array(rest) == rest.sorted(), "\(name)")
        for cell in good {
            let times = record.taken.filter { Cell($0) == cell }.map(\.time)
            #expect(times == times.sorted(), "\(name)")
        }
    }

    private static func log2(_ number: Int) -> Int { Int.bitWidth - (number - 1).leadingZeroBitCount }

    @Test("one refused metric among 4,000 is found in at most 27 requests", arguments: [0, 1999, 3999])
    func large(position: Int) async throws {
        let poison = Cell(resource: position / 20, metric: position % 20)
        let receiver = PickyReceiver(poison: [poison])
        let bench = Bench(ScriptedClient { _, request in receiver.answer(request) })
        #expect(bench.store.enqueue(try makeRows(resources: 0..<200, metrics: 20)))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        #expect(bench.exporter.statistics.acceptedPoints == 3999)
        #expect(bench.exporter.statistics.droppedPointsByReason == ["status 400": 1])
        #expect(bench.exporter.statistics.requests <= 27)
        #expect(
            bench.events.filter { if case .dividing = $0 { true } else { false } } == [
                .dividing(points: 4000, reason: "status 400")
            ])
    }

    @Test("at most 512 requests are spent on one row; what is left of it is dropped once they are at an end")
    func limit() async throws {
        let all = (0..<128).flatMap { resource in (0..<8).map { Cell(resource: resource, metric: $0) } }
        let receiver = PickyReceiver(poison: Set(all.filter { !$0.metric.isMultiple(of: 2) }))
        let bench = Bench(ScriptedClient { _, request in receiver.answer(request) })
        #expect(bench.store.enqueue(try makeRows(resources: 0..<128, metrics: 8)))
        #expect(bench.store.enqueue(try makeRows(resources: 200..<201, metrics: 1)))
        try await bench.run { try await bench.exporter.waitUntilDrained() }
        let record = receiver.soFar
        #expect(record.requests.count { $0.cells.contains { $0.resource < 200 } } == 512)
        #expect(record.taken.count > 100 && Set(record.taken).count == record.taken.count)
        let statistics = bench.exporter.statistics
        #expect(statistics.acceptedPoints == record.taken.count)
        #expect(statistics.droppedPoints == 1025 - record.taken.count)
        let reason = "status 400; given up after 512 requests for one row"
        #expect((statistics.droppedPointsByReason[reason] ?? 0) > 100)
    }

    @Test(
        "a receiver that refuses everything for a while costs nothing but the refused metric", arguments: [0, 3, 9, 20])
    func badForAWhile(from first: Int) async throws {
        let receiver = PickyReceiver(poison: [Cell(resource: 5, metric: 1)])
        let client = ScriptedClient { number, request in
            (first..<(first + 60)).contains(number) ? status(400) : receiver.answer(request)
        }
        let bench = Bench(client)
        for resource in 0..<4 {
            #expect(bench.store.enqueue(try makeRows(resources: (resource * 4)..<(resource * 4 + 4), metrics: 4)))
        }
        try await bench.run {
            while !Task.isCancelled, bench.exporter.statistics.queuedRequests > 0 {
                if bench.clock.sleeperCount > 0 { bench.clock.advance(by: .seconds(60)) }
                await Task.yield()
            }
        }
        #expect(bench.exporter.statistics.acceptedPoints == 63)
        #expect(bench.exporter.statistics.droppedPoints == 1)
        #expect(Set(receiver.takenCells).count == 63)
    }
}
