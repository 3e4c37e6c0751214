import Foundation
import HTTPTransport
import MetricModel
import TestServers

/// What a crash test does.
package struct CrashTestOptions: Sendable {
    /// The program under test; it is the simulator, too.
    package var binary: String
    package var seed: UInt64 = 1
    package var rounds = 200
    /// The share of calls and of POSTs that go wrong, 0 to 1.
    package var faults = 0.2
    /// Whether the collector also answers 400, 404 and 500, after which data may be dropped, if it is counted.
    package var refuses = false
    /// An agent lives so long on average.
    package var meanLife = Duration.seconds(2.8)
    /// Up to so long an answer of the collector takes.
    package var latency = Duration.milliseconds(800)
    /// How far back a new metric begins.
    package var history = Duration.seconds(86_400)
    /// New metrics a round.
    package var growth = 2
    /// After the last round: how long nothing may arrive before the rest counts as lost.
    package var patience = Duration.seconds(300)
    /// The state is thrown away at each kill: such an agent must fail the test.
    package var forgets = false
    /// Where files and logs go; removed when the test passes.
    package var folder: String

    package init(binary: String, folder: String) {
        self.binary = binary
        self.folder = folder
    }
}

/// Kills the agent again and again, at random moments and with faults on both sides, and compares what arrived with the truth.
package final class CrashTest {
    /// How a test ended.
    package struct Outcome: Sendable {
        package var verdict: Verdict
        package var rounds: Int
        /// Rounds in which a call, a commit or a POST was in flight when the agent was killed.
        package var roundsInFlight: Int
        /// What the agents counted as dropped.
        package var dropped: Int

        /// Requests that held what was stored already.
        package var repeatedRequests: Int
        /// How many may: of those whose answer the agent had not got, or not had the time to take note of, before it was killed.
        package var excusedRequests: Int

        /// What is not as it must be; nothing when the test passes.
        package var complaints: [String] {
            var complaints: [String] = []
            if verdict.expectedCount == 0 { complaints.append("nothing was expected") }
            if verdict.count(.lost) != dropped { complaints.append("lost is not what was dropped as counted") }
            if verdict.count(.invented) > 0 { complaints.append("something was invented") }
            if verdict.count(.wrong) > 0 { complaints.append("values are wrong") }
            if repeatedRequests > excusedRequests {
                complaints.append("requests were repeated although they were answered")
            }
            if roundsInFlight < leastInFlight {
                complaints.append("less than \(leastInFlight) of the kills met something in flight")
            }
            return complaints
        }

        /// Half of them; of a few one, because chance decides there.
        private var leastInFlight: Int { rounds < 20 ? 1 : (rounds + 1) / 2 }
    }

    private let options: CrashTestOptions
    private let say: (String) -> Void
    private let clock = SystemClock()
    private let client = CurlClient(userAgent: "azimuth-crash-test")
    private let collector: FaultyCollector
    private let simulator: Program
    private let relay: AzureRelay
    private let truth: SimulatedTruth
    private var workload: Workload
    private var dice: Dice

    /// Of the simulator: a minute is final so long after its end, and settled a little later.
    private static let finalAfter = Duration.seconds(8)
    private static let settle = Duration.seconds(10)
    /// The setting that shortens the longest wait between two tries of a request.
    private static let retryCap = "retryCap: 00:00:01"

    /// Starts simulator and collector.
    /// - Parameter say: Gets a line at a time.
    package init(_ options: CrashTestOptions, say: @escaping (String) -> Void) async throws {
        self.options = options
        self.say = say
        try FileManager.default.createDirectory(atPath: options.folder + "/config", withIntermediateDirectories: true)
        workload = Workload(seed: options.seed)
        dice = Dice(seed: options.seed, stream: 4)
        collector = try FaultyCollector(
            seed: options.seed, faults: options.faults, refuses: options.refuses, latency: options.latency)
        let log = options.folder + "/simulator.log"
        simulator = try Program(
            options.binary,
            [
                "simulate", "--port", "0", "--seed", "\(options.seed)", "--final-after",
                "\(Self.finalAfter.components.seconds)s",
            ]
                + Self.faultOptions(options), log: log)
        guard let port = await onThread({ Self.port(in: log) }) else {
            throw HarnessError("azimuth simulate does not start: see \(log)")
        }
        relay = try AzureRelay(upstream: port, seed: options.seed, breaks: options.faults / 4)
        truth = SimulatedTruth(
            client: client, baseURL: "http://127.0.0.1:\(port)",
            since: clock.systemNow - options.history - .seconds(7200))
        try Data(runtime.utf8).write(to: URL(fileURLWithPath: options.folder + "/config/runtime.yaml"))
    }

    /// Three quarters of Azure's faults are the simulator's own answers; the rest are connections that break.
    private static func faultOptions(_ options: CrashTestOptions) -> [String] {
        let answers = [
            "429", "500", "502", "503", "504", "slow&delay=0.3", "slow&delay=1.2", "html", "empty", "cut",
            "expired-tokens",
        ]
        // Each is thrown for on its own, so their shares add up, nearly.
        let chance = options.faults * 0.75 / Double(answers.count)
        return answers.enumerated().flatMap { number, answer in
            [
                "--fault",
                "answer=\(answer)&chance=\(chance)&seed=\(options.seed &* 100 &+ UInt64(number))&name=\(number)",
            ]
        }
    }

    private static func port(in log: String) -> UInt16? {
        for _ in 0..<500 {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("simulated Azure listens on ") }),
                text.contains("AZIMUTH_AUTH_APPID")
            {
                return line.split(separator: ":").last.flatMap { UInt16($0) }
            }
            usleep(20_000)
        }
        return nil
    }

    private var runtime: String {
        let history = options.history.components.seconds
        return """
            authentication: {mode: ServicePrincipal}
            server: {httpPort: 0}
            collection:
              settle: 00:00:10
              overlap: 00:01:00
              backfill: \(history / 86_400).\(Self.twoDigits(history / 3600 % 24)):\(Self.twoDigits(history / 60 % 60)):00
            metricSinks:
              openTelemetryCollector:
                collectorUri: \(collector.baseURL)
                timeout: 00:00:02
                \(Self.retryCap)

            """
    }

    private static func twoDigits(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }

    private var stateFolder: String { options.folder + "/state" }

    /// All rounds, the end and the comparison.
    package func run() async throws -> Outcome {
        defer {
            simulator.kill9()
            client.shutdown()
        }
        var roundsInFlight = 0
        for round in 1...options.rounds {
            workload.grow(by: round == 1 ? 6 : options.growth, at: clock.systemNow)
            if try await playRound(round) { roundsInFlight += 1 }
        }
        say("\(options.rounds) kills, \(roundsInFlight) of them with a call, commit or POST in flight")
        try await finish()
        let dropped = try Counters.dropped(stateFolder: stateFolder)
        return Outcome(
            verdict: try await verdict(settledAt: lastKill), rounds: options.rounds, roundsInFlight: roundsInFlight,
            dropped: dropped, repeatedRequests: collector.ledger.repeatedRequestCount,
            excusedRequests: collector.unansweredCount)
    }

    private var lastKill = Timestamp(seconds: 0)
    private var agentLog: String { options.folder + "/agent.log" }

    /// How long the log was when the last agent was started.
    private var logBefore = 0

    private func startAgent() throws -> Program {
        logBefore = FileManager.default.contents(atPath: agentLog)?.count ?? 0
        let declaration = workload.declaration(baseURL: "http://127.0.0.1:\(relay.port)")
        try Data(declaration.utf8).write(to: URL(fileURLWithPath: options.folder + "/config/metrics-declaration.yaml"))
        collector.declare(workload.dimensions)
        return try Program(
            options.binary,
            ["run", "--config", options.folder + "/config", "--state", stateFolder],
            environment: [
                "AZIMUTH_AUTH_APPID": "ceb249a3-44ce-4c90-8863-6776336f5b7e",
                "AZIMUTH_AUTH_APPKEY": "only+for/the~simulator",
            ], log: agentLog)
    }

    /// One life of an agent.
    /// - Returns: Whether something was in flight when it was killed.
    private func playRound(_ round: Int) async throws -> Bool {
        let agent = try startAgent()
        let mean = options.meanLife.secondsAsDouble
        let life = Double.random(in: mean * 0.1...mean * 1.9, using: &dice)
        try await clock.sleep(for: .seconds(life))
        // Frozen first: what is in flight now is so for ever.
        agent.freeze()
        let posts = collector.posts
        let calls = relay.callsInFlight
        if agent.hasEnded() { throw HarnessError("the agent ended by itself in round \(round): see \(agentLog)") }
        agent.kill9()
        collector.noteKill()
        lastKill = clock.systemNow
        let isInsideCommit = WriteAheadLog.endsInsideCommit(stateFolder + "/azimuth.db-wal")
        if options.forgets { try? FileManager.default.removeItem(atPath: stateFolder) }
        var inFlight: [String] = []
        if posts.stored > 0 {
            inFlight.append("stored POST in flight")
        } else if posts.begun > 0 {
            inFlight.append("POST in flight")
        }
        if calls > 0 { inFlight.append("\(calls) call\(calls == 1 ? "" : "s") in flight") }
        if isInsideCommit { inFlight.append("commit torn") }
        let progress = collector.progress
        say(
            "round \(round): killed after \((life * 100).rounded() / 100) s, "
                + (inFlight.isEmpty ? "nothing in flight" : inFlight.joined(separator: ", "))
                + ", \(grouped(progress.points)) points so far, \(progress.conflicts) wrong")
        if let trouble = collector.trouble { throw HarnessError("the collector cannot read a request: \(trouble)") }
        return !inFlight.isEmpty
    }

    /// The last agent lives until everything that was settled at the last kill has arrived, or nothing arrives any more.
    private func finish() async throws {
        collector.calmDown()
        let agent = try startAgent()
        let begun = clock.monotonicNow
        var waited = Duration.zero
        while true {
            try await clock.sleep(for: .seconds(2))
            if agent.hasEnded() { throw HarnessError("the last agent ended by itself: see \(agentLog)") }
            let silence = min(clock.systemNow - collector.progress.last, clock.monotonicNow - begun)
            if silence > options.patience { break }
            // Comparing is dear: not while points come, and less often the longer it lasts.
            guard silence >= .seconds(4), silence >= waited else { continue }
            let lost = try await verdict(settledAt: lastKill).count(.lost)
            say("waiting: \(grouped(lost)) buckets are not there yet")
            // What was dropped never comes, and how much that is can be read only when the agent has ended.
            if lost == 0 || options.refuses && silence > .seconds(20) && !isPausing { break }
            waited = silence * 1.5
        }
        if await !onThread({ agent.end(within: 30) }) {
            say("the last agent did not end when it was told to, and was killed")
        }
    }

    /// Whether the last cycle left something alone that is asked for again after a while.
    private var isPausing: Bool {
        let bytes = FileManager.default.contents(atPath: agentLog)?.dropFirst(logBefore) ?? Data()
        let cycle = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last { $0.contains(" info Scraped ") }
        return cycle.map { !$0.contains(" paused=0 ") } ?? false
    }

    /// Compares what is stored now with the truth until `time`, less settle.
    private func verdict(settledAt time: Timestamp) async throws -> Verdict {
        let ledger = collector.ledger
        let now = clock.systemNow
        var firstArrival: [SeriesKey: Timestamp] = [:]
        for (key, arrivals) in ledger.arrivals {
            let pair = SeriesKey(metric: key.metric, resource: key.resource)
            for arrival in arrivals.values { firstArrival[pair] = min(firstArrival[pair] ?? now, arrival.at) }
        }
        var pairs: [PairExpectation] = []
        for metric in workload.metrics {
            let grain = metric.kind.grain
            for (_, path) in metric.kind.resources {
                let id = path.lowercased()
                // Rule T3. A second of doubt, because Azure tells its time in whole seconds.
                let birth = { (at: Timestamp) in
                    ((at - Self.settle).floored(to: grain) - max(self.options.history, grain.duration)).floored(
                        to: grain)
                }
                let earliest = birth(metric.declaredAt - .seconds(2))
                let latest = firstArrival[SeriesKey(metric: metric.name, resource: id)].map(birth) ?? earliest
                pairs.append(
                    PairExpectation(
                        metric: metric.name, resource: id, grain: grain, settle: Self.settle,
                        birth: earliest...max(earliest, latest),
                        settledEnd: (time - Self.settle).floored(to: grain),
                        truth: try await truth.values(of: metric.kind, on: path, until: now.floored(to: .oneMinute))))
            }
        }
        return Verdict(pairs, ledger)
    }

    /// The summary, for people.
    package func report(_ outcome: Outcome) {
        let verdict = outcome.verdict
        let answers = collector.answers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(
            separator: ", ")
        say("answers of the collector: \(answers); \(relay.brokenCount) broken connections to Azure")
        say(
            "truth since birth \(grouped(verdict.expectedCount)) buckets; delivered \(grouped(verdict.correctCount)) right, "
                + "\(grouped(verdict.repeatedCount)) of them more than once with the same value; "
                + "lost \(grouped(verdict.count(.lost))), invented \(grouped(verdict.count(.invented))), "
                + "wrong \(grouped(verdict.count(.wrong))); dropped as counted \(grouped(outcome.dropped)); "
                + "\(outcome.repeatedRequests) requests repeated, \(outcome.excusedRequests) excused")
        let complaints = outcome.complaints
        guard !complaints.isEmpty else {
            say("PASSED: delivered + dropped as counted = truth")
            return
        }
        let differences = verdict.sortedDifferences
        for kind in Difference.Kind.allCases {
            differences.lazy.filter { $0.kind == kind }.prefix(10).forEach { say("  \($0)") }
        }
        let file = options.folder + "/differences.txt"
        let text = differences.map { "\($0)\n" }.joined()
        try? text.write(toFile: file, atomically: true, encoding: .utf8)
        say(
            "FAILED with seed \(options.seed): \(complaints.joined(separator: "; ")). All differences are in \(file), logs beside it"
        )
    }
}

/// `12,345`.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return text
}
