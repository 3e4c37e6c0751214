import AgentServer
import AzureMonitor
import Declaration
import FaultyVFS
import Foundation
import MetricModel
import OTLPExporter
import Settlement
import StateStore
import Testing

@testable import Agent

/// Ledgers and rows in a real store: what a crash, a restart and a lost store leave of them.
@Suite(.timeLimit(.minutes(5))) struct StateKeeperTests: ScrapeTests {
    let clock = SteppedClock(start: noon)
    let state = RecordingState()
    private let folder = Folder()

    private static let name = Destination.collector

    /// A folder of one test, gone with it.
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "azimuth-keeper-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// Takes the database away, as somebody who tidies up.
        func removeDatabase() throws {
            for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasPrefix("azimuth.db") {
                try FileManager.default.removeItem(atPath: path + "/" + file)
            }
        }

        /// Makes the database one that cannot be opened.
        func spoilDatabase() throws {
            try removeDatabase()
            try Data("no database".utf8).write(to: URL(fileURLWithPath: path + "/azimuth.db"))
        }
    }

    private struct Crash: Error {}

    /// The keeper of a store, which notes what it took, and can crash right before or after one of its steps.
    private actor Witness: ScrapeState {
        let store: StateStore
        let keeper: StateKeeper
        /// `metric@resource` → points in the order in which they were taken, over all crashes.
        private let points: Lock<[String: [Point]]>
        private let crash: (step: Int, isKept: Bool)?
        private var steps = 0
        /// What was said of the disk, `nil` when it was well again.
        nonisolated let troubles: Lock<[String?]>

        init(
            _ folder: Folder?, clock: SteppedClock, points: Lock<[String: [Point]]>, maxSize: Int = 64 << 20,
            crash: (step: Int, isKept: Bool)? = nil, schedules: [String] = ["* * * * *"], fileLayer: String? = nil
        ) throws {
            var settings = StateStoreSettings(folder: folder?.path, maxSize: maxSize, destinations: [name])
            settings.fileLayer = fileLayer
            store = try StateStore(settings, now: { clock.systemNow })
            let troubles = Lock<[String?]>([])
            self.troubles = troubles
            keeper = try StateKeeper(
                store, destinations: [Destination(name: name, settings: OTLPSettings(endpoint: "http://c/v1/metrics"))],
                schedules: schedules, clock: clock, onShadowedLabel: { _ in }, onEnqueued: { _ in },
                onTrouble: { trouble in troubles.withLock { $0.append(trouble) } })
            self.points = points
            self.crash = crash
        }

        func keep(_ step: ScrapeStep) async throws -> StepOutcome {
            steps += 1
            if let crash, crash.step == steps, !crash.isKept { throw Crash() }
            let outcome = try await keeper.keep(step)
            guard outcome == .kept else { return outcome }
            points.withLock { points in
                for resource in step.batches.values.flatMap(\.resources) {
                    for metric in resource.metrics {
                        points["\(metric.metric.name)@\(resource.resource.id.name)", default: []] += metric.points
                    }
                }
            }
            if let crash, crash.step == steps { throw Crash() }
            return .kept
        }

        var destinations: [String] { get async { await keeper.destinations } }
        func withoutRoom(_ destinations: [String]) async throws -> [String] {
            try await keeper.withoutRoom(destinations)
        }
        func ledger(_ address: LedgerAddress) async throws -> [UInt8]? { try await keeper.ledger(address) }
        func documents(_ prefix: String) async throws -> [(name: String, bytes: [UInt8])] {
            try await keeper.documents(prefix)
        }
        var resumesFrom: Timestamp? { get async { await keeper.resumesFrom } }
        func planning(at now: Timestamp) async -> Timestamp? { await keeper.planning(at: now) }
        func settled(until time: Timestamp?, schedule: String) async throws {
            try await keeper.settled(until: time, schedule: schedule)
        }
    }

    private let points = Lock<[String: [Point]]>([:])

    private func open(maxSize: Int = 64 << 20, crash: (step: Int, isKept: Bool)? = nil) throws -> Witness {
        try Witness(folder, clock: clock, points: points, maxSize: maxSize, crash: crash)
    }

    private func starts(_ minutes: Range<Int64>) -> [Int64] { minutes.map { Self.noon.seconds - 240 + 60 * $0 } }

    private var sent: [String: [Int64]] { points.withLock { $0.mapValues { $0.map(\.start.seconds) } } }

    /// Runs cycles a minute apart with a new agent over `witness`, and lets go of the store.
    @discardableResult
    private func run(
        _ witness: Witness, _ metrics: [DeclaredMetric], cycles: Int, sums: SumForm = .gauge,
        rule: @escaping ScriptedAzure.Rule = { .success(ScriptedAzure.healthy($0)) }
    ) async throws -> [CycleReport] {
        defer { witness.store.close() }
        let loop = try await loop(azure(rule), of: metrics, sums: sums, region: "westeurope", state: witness)
        var reports: [CycleReport] = []
        for _ in 0..<cycles {
            reports.append(try await loop.runCycle())
            clock.advance(by: .seconds(60))
        }
        return reports
    }

    /// Everything that waits is taken.
    private func deliver(_ witness: Witness) throws {
        let outbox = try witness.store.outbox(of: Self.name)
        while let row = try outbox.first() { _ = try outbox.delivered(row, rejected: 0) }
    }

    // MARK: Crashes

    @Test(
        "a crash before or after any step loses nothing and repeats nothing", arguments: 1...9, [false, true])
    func crash(step: Int, isKept: Bool) async throws {
        let metrics = try Self.metrics(2, resources: 3)
        var witness = try open(crash: (step, isKept))
        var loop: ScrapeLoop?
        var crashes = 0
        var cycles = 0
        while cycles < 10 {
            do {
                if loop == nil {
                    loop = try await self.loop(azure(), of: metrics, region: "westeurope", state: witness)
                }
                _ = try await loop?.runCycle()
            } catch is Crash {
                crashes += 1
                loop = nil
                witness.store.close()
                witness = try open()
                continue
            }
            cycles += 1
            clock.advance(by: .seconds(60))
        }
        #expect(crashes == 1)
        #expect(sent.count == 6 && Set(sent.values) == [starts(0..<10)])
        #expect(try witness.store.outbox(of: Self.name).statistics().points == 60, "the rows hold just those points")
        witness.store.close()
    }

    @Test("what happened while no agent ran is caught up; what is older than catchUp is skipped and counted")
    func downtime() async throws {
        let metrics = try Self.metrics(1, resources: 2)
        try await run(try open(), metrics, cycles: 2)
        clock.advance(by: .seconds(3600))
        try await run(try open(), metrics, cycles: 1)
        #expect(Set(sent.values.map { $0.sorted() }) == [starts(0..<63)])
        clock.advance(by: .seconds(2 * 86_400))
        let witness = try open()
        let reports = try await run(witness, metrics, cycles: 1)
        #expect(reports[0].skipped.count == 2)
        #expect(witness.store.counters()[CounterKey(.skipped)] ?? 0 > 2 * 1400)
        #expect(sent["m0@vm0"]?.count == Set(sent["m0@vm0"] ?? []).count)
    }

    // MARK: A lost store

    @Test("L5: without its store it resumes at what the progress file says, less overlap: repeats, but no hole")
    func lostStore() async throws {
        for isSpoiled in [false, true] {
            points.withLock { $0 = [:] }
            let metrics = try Self.metrics(1, resources: 2)
            let start = clock.systemNow
            var witness = try open()
            do {
                let loop = try await loop(azure(), of: metrics, region: "westeurope", state: witness)
                for cycle in 0..<25 {
                    _ = try await loop.runCycle()
                    if cycle == 19 {
                        try deliver(witness)
                        try await witness.keeper.noteProgress()
                    }
                    clock.advance(by: .seconds(60))
                }
            }
            witness.store.close()
            try isSpoiled ? folder.spoilDatabase() : folder.removeDatabase()
            witness = try open()
            #expect(witness.store.opening.isRecovering)
            try await run(witness, metrics, cycles: 3)
            let begin = start.seconds - 240
            // Everything that ended before 19 min - 3 min settle was noted; ten minutes of overlap before it.
            let resumed = start.seconds + 19 * 60 - 180 - 600
            let expected = (0..<25).map { begin + 60 * $0 } + stride(from: resumed, to: begin + 28 * 60, by: 60)
            let sent = sent
            #expect(sent["m0@vm0"]?.sorted() == expected.sorted() && sent["m0@vm1"]?.sorted() == expected.sorted())
            // It is over with the first cycle of every schedule.
            witness = try open()
            #expect(!witness.store.opening.isRecovering)
            try await run(witness, metrics, cycles: 1)
            #expect(self.sent["m0@vm0"]?.count == expected.count + 1)
            try folder.removeDatabase()
            try? FileManager.default.removeItem(atPath: folder.path)
            clock.advance(by: .seconds(3600))
        }
    }

    @Test(
        "L5: a store that is lost in its first minute: nothing from before the birth is asked for",
        arguments: [false, true], [false, true])
    func lostEarly(isSettled: Bool, isSpoiled: Bool) async throws {
        let metrics = try Self.metrics(1, resources: 2)
        // Of two schedules one has had no cycle: nothing is known of how far all are.
        let schedules = isSettled ? ["* * * * *"] : ["* * * * *", "0 2 * * *"]
        var witness = try Witness(folder, clock: clock, points: points, schedules: schedules)
        try await run(witness, metrics, cycles: 1)
        #expect(sent["m0@vm0"] == starts(0..<1))
        try isSpoiled ? folder.spoilDatabase() : folder.removeDatabase()
        witness = try Witness(folder, clock: clock, points: points, schedules: schedules)
        #expect(witness.store.opening.isRecovering)
        #expect(witness.store.opening.born == Self.noon)
        #expect(witness.store.opening.progress.isEmpty == !isSettled)
        try await run(witness, metrics, cycles: 2)
        #expect(sent["m0@vm0"] == starts(0..<1) + starts(0..<3))
    }

    @Test("L5: a birth that was noted by a clock that was ahead is taken back")
    func bornAhead() async throws {
        let witness = try open()
        #expect(await witness.planning(at: Self.noon + .seconds(3600)) == Self.noon + .seconds(3600))
        #expect(await witness.planning(at: Self.noon) == Self.noon)
        #expect(await witness.planning(at: Self.noon + .seconds(60)) == Self.noon)
        witness.store.close()
        #expect(try open().store.opening.born == Self.noon)
    }

    @Test("nothing is noted before every schedule has had a cycle: it would claim what nobody knows")
    func progress() async throws {
        let witness = try Witness(
            folder, clock: clock, points: points, schedules: ["* * * * *", "*/5 * * * *"])
        let loop = try await loop(azure(), of: Self.metrics(1, resources: 1), region: "westeurope", state: witness)
        _ = try await loop.runCycle()
        try await witness.keeper.noteProgress()
        witness.store.close()
        #expect(try open().store.opening.progress.isEmpty)
    }

    @Test("what waits for the collector is not claimed to be delivered")
    func progressWithBacklog() async throws {
        let witness = try open()
        let loop = try await loop(azure(), of: Self.metrics(1, resources: 1), region: "westeurope", state: witness)
        for _ in 0..<5 {
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(60))
        }
        try await witness.keeper.noteProgress()
        witness.store.close()
        // The oldest row is the first point.
        let progress = try #require(try open().store.opening.progress[Self.name])
        #expect(progress <= Self.noon - .seconds(180))
    }

    // MARK: A full disk

    @Test("L6: a disk that refuses is said with the commit that failed, and so is its end; health knows it at once")
    func fullDisk() async throws {
        let disk = faulty_vfs_new("keeper-\(UUID().uuidString)")
        let layer = String(cString: faulty_vfs_name(disk))
        let witness = try Witness(folder, clock: clock, points: points, fileLayer: layer)
        let loop = try await loop(azure(), of: Self.metrics(1, resources: 1), region: "westeurope", state: witness)
        let condition = { StateCondition(of: witness.store, progressTrouble: nil) }
        _ = try await loop.runCycle()
        #expect(witness.troubles.withLock { $0 } == [] && condition() == StateCondition())
        faulty_vfs_fail(disk, Int32(FAULTY_FULL.rawValue), 0)
        for _ in 0..<2 {
            clock.advance(by: .seconds(60))
            _ = try await loop.runCycle()
        }
        let said = witness.troubles.withLock { $0 }
        #expect(said.count == 1 && said[0]?.contains("make room") == true, "\(said)")
        #expect(condition().trouble?.reason.contains("full") == true)
        #expect(condition().trouble?.remedy.contains("make room") == true)
        #expect(condition().trouble?.since == Self.noon + .seconds(60))
        faulty_vfs_fail(disk, Int32(FAULTY_NONE.rawValue), 0)
        clock.advance(by: .seconds(60))
        _ = try await loop.runCycle()
        #expect(witness.troubles.withLock { $0.count == 2 && $0[1] == nil } && condition() == StateCondition())
        witness.store.close()
    }

    // MARK: Room

    @Test("a full outbox moves no mark and drops nothing; when there is room again, everything follows")
    func fullOutbox() async throws {
        let witness = try open(maxSize: 4000)
        let metrics = try Self.metrics(2, resources: 3)
        let loop = try await loop(azure(), of: metrics, region: "westeurope", state: witness)
        var isHeldBack = false
        for _ in 0..<60 {
            isHeldBack = try await loop.runCycle().isHeldBack
            clock.advance(by: .seconds(60))
        }
        #expect(isHeldBack)
        for _ in 0..<60 {
            try deliver(witness)
            if !(try await loop.runCycle()).isHeldBack { break }
        }
        #expect(sent.count == 6 && Set(sent.values.map { $0.sorted() }) == [starts(0..<61)])
        witness.store.close()
    }

    // MARK: Sums

    /// Each bucket holds one.
    private static let ones: ScriptedAzure.Rule = { question in
        .success(ScriptedAzure.table(question) { _, _ in .answered([ScriptedAzure.series(question) { _ in 1 }]) })
    }

    @Test("S3: a cumulative sum goes on over a restart, with the same start")
    func cumulativeRestart() async throws {
        let metrics = try [Self.metric("m0", of: ["vm0"], .total)]
        for _ in 0..<3 { try await run(try open(), metrics, cycles: 4, sums: .cumulative, rule: Self.ones) }
        let sums = points.withLock { $0["m0@vm0"] } ?? []
        #expect(sums.map(\.value) == (1...12).map(Double.init))
        #expect(Set(sums.map(\.start)) == [Self.noon - .seconds(240)])
        #expect(sums.map(\.end.seconds) == starts(1..<13))
    }

    @Test("S4: without its store a cumulative sum begins anew, at the first bucket that starts after that moment")
    func cumulativeLost() async throws {
        let metrics = try [Self.metric("m0", of: ["vm0"], .total)]
        var witness = try open()
        let loop = try await loop(
            azure(Self.ones), of: metrics, sums: .cumulative, region: "westeurope", state: witness)
        for _ in 0..<5 {
            _ = try await loop.runCycle()
            clock.advance(by: .seconds(60))
        }
        try await witness.keeper.noteProgress()
        witness.store.close()
        try folder.removeDatabase()
        clock.advance(by: .seconds(10))
        let lost = clock.systemNow
        witness = try open()
        let reports = try await run(witness, metrics, cycles: 2, sums: .cumulative, rule: Self.ones)
        // A restart while it waits changes nothing.
        witness = try open()
        let later = try await run(witness, metrics, cycles: 7, sums: .cumulative, rule: Self.ones)
        let sums = points.withLock { $0["m0@vm0"] } ?? []
        let start = Timestamp(seconds: lost.seconds / 60 * 60 + 60)
        #expect(sums.map(\.value) == [1, 2, 3, 4, 5] + [1, 2, 3, 4])
        #expect(sums.dropFirst(5).allSatisfy { $0.start == start } && sums[5].end == start + .seconds(60), "\(sums)")
        // Nothing was delivered before: all that any sum held may be lost.
        let gap = Self.noon - .seconds(240)..<start
        #expect(reports.flatMap(\.gaps).map(\.range) == [gap] && later.allSatisfy(\.gaps.isEmpty))
        #expect(witness.store.counters()[CounterKey(.gap)] == Int64((gap.upperBound - gap.lowerBound) / .seconds(60)))
    }
}
