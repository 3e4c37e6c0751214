import MetricModel

@testable import OTLPExporter

/// One exporter on a clock that stands still, and what it said.
final class Bench: Sendable {
    let clock = SteppedClock(start: start)
    let client: ScriptedClient
    let exporter: OTLPExporter
    private let said = Lock<[OTLPExporterEvent]>([])

    init(_ client: ScriptedClient, headers: [(name: String, value: String)] = []) {
        self.client = client
        let said = said
        exporter = OTLPExporter(
            settings: OTLPSettings(endpoint: "http://c:4318/v1/metrics", headers: headers), client: client,
            version: "1.2.3", random: { 0.5 }, onEvent: { event in said.withLock { $0.append(event) } })
    }

    var events: [OTLPExporterEvent] { said.withLock { $0 } }

    /// Runs the exporter until `body` is done.
    func run(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await self.exporter.run(clock: self.clock) } catch is CancellationError {}
            }
            try await body()
            group.cancelAll()
        }
    }

    /// Steps the clock over `count` waits, each of which must be there.
    func pass(_ count: Int, waits: Duration) async {
        for _ in 0..<count {
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: waits)
        }
    }
}
