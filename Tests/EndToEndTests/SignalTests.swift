import Foundation
import HTTPServer
import MetricModel
import TestServers
import Testing

/// How `run` and `demo` end when they are told to.
@Suite(.timeLimit(.minutes(5))) struct SignalTests {
    @Test("run ends with 0 once what it has is delivered", arguments: [SIGTERM, SIGINT])
    func delivered(signal: Int32) async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let agent = try folder.start(["run"])
        // Of both schedules what was delivered and what was scraped, in whichever order the lines come.
        var seen = ["Delivered": 0, "Scraped": 0]
        while seen.values.contains(where: { $0 < 2 }) {
            try Task.checkCancellation()
            let line = try #require(await agent.nextErrorLine(with: " info "))
            for word in seen.keys where line.contains(" info \(word) ") { seen[word, default: 0] += 1 }
        }
        agent.signal(signal)
        let ended = try await agent.ended()
        #expect(ended.status == 0 && ended.output.isEmpty, "\(ended)")
        let name = signal == SIGTERM ? "SIGTERM" : "SIGINT"
        #expect(ended.errors.contains { $0.contains(" notice Stopping signal=\(name)") }, "\(ended)")
        // More than one cycle when a minute begins meanwhile.
        #expect(recorder.received.keys.sorted() == AgentFolder.everything.keys.sorted())
        #expect(recorder.received.values.reduce(0, +) == scrapedPoints(ended), "\(ended)")
        expectNoSecret(in: ended)
        // Rule L5, although it ran for less than a minute.
        let progress = try String(contentsOfFile: folder.file("state/azimuth.progress"), encoding: .utf8)
        #expect(progress.hasPrefix("born 20") && progress.hasSuffix("Z openTelemetryCollector\nend\n"), "\(progress)")
    }

    @Test("a signal before the first answer of Azure ends it too", arguments: [["run"], ["run", "--once"]])
    func early(arguments: [String]) async throws {
        let recorder = try Recorder()
        // Asks to be left alone for a minute: the agent waits.
        let azure = try FaultyAzure { _ in
            ServedResponse(status: 503, headers: [("Retry-After", "60")], body: [])
        }
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let agent = try folder.start(arguments)
        try #require(await agent.nextErrorLine(with: "Azimuth starts") != nil)
        agent.signal(SIGTERM)
        let ended = try await agent.ended()
        #expect(ended.status == (arguments.contains("--once") ? 1 : 0), "\(ended)")
        #expect(ended.errors.contains { $0.contains(arguments.contains("--once") ? "still in Azure" : "Stopping") })
    }

    @Test("with a collector that is down it gives up after the flush time-out, with 1 and the number of points")
    func undelivered() async throws {
        let folder = try AgentFolder(azure: FaultyAzure(), collector: NoServer())
        let agent = try folder.start(["run", "--flush-timeout", "100ms"])
        for _ in 0..<2 { try #require(await agent.nextErrorLine(with: " info Scraped ") != nil) }
        agent.signal(SIGTERM)
        let ended = try await agent.ended()
        #expect(ended.status == 1, "\(ended)")
        // By the agent's own clock: how long the test waits for its turn says nothing. The default is 20 seconds.
        let times = try [" notice Stopping", " error Stopped with points"].map { words in
            let line = try #require(ended.errors.first { $0.contains(words) }, "\(ended)")
            return try #require(Timestamp(iso8601: line.prefix { $0 != " " }))
        }
        #expect(times[1] - times[0] < .seconds(15))
        let last = try #require(ended.errors.last)
        for words in [
            " error Stopped with points", "points=\(scrapedPoints(ended)) ", "wait in the state folder \(folder.path)",
            "go out after the next start", "connection refused",
        ] {
            #expect(last.contains(words), "no '\(words)' in \(last)")
        }
    }

    @Test("who asks twice does not wait for the collector")
    func twice() async throws {
        let folder = try AgentFolder(azure: FaultyAzure(), collector: NoServer())
        let agent = try folder.start(["run", "--flush-timeout", "1h"])
        for _ in 0..<2 { try #require(await agent.nextErrorLine(with: " info Scraped ") != nil) }
        agent.signal(SIGTERM)
        try #require(await agent.nextErrorLine(with: " notice Stopping ") != nil)
        agent.signal(SIGTERM)
        let ended = try await agent.ended()
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.errors.last?.contains(" error Stopped with points") == true, "\(ended)")
    }

    /// What the cycles say that they brought, all together.
    private func scrapedPoints(_ ended: Ended) -> Int {
        ended.errors.filter { $0.contains(" info Scraped ") }
            .flatMap { $0.split(separator: " ") }
            .compactMap { $0.hasPrefix("points=") ? Int($0.dropFirst(7)) : nil }
            .reduce(0, +)
    }

    @Test("demo shows its summary when it is interrupted", arguments: [SIGINT, SIGTERM])
    func demo(signal: Int32) async throws {
        let demo = try Child(Paths.azimuth, ["demo", "--for", "1h"])
        try #require(await demo.nextLine(with: "  scraped ") != nil)
        demo.signal(signal)
        let ended = try await demo.ended()
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.contains { $0.hasPrefix("compared with the truth: ") })
        #expect(ended.output.last == "every settled bucket arrived exactly once")
    }
}
