import MemoryDelivery
import MetricModel

@testable import OTLPExporter

/// One exporter on a clock that stands still, its rows in memory, and what it said.
final class Bench: Sendable {
    let clock = SteppedClock(start: start)
    let client: ScriptedClient
    let store: MemoryDeliveryStore
    let exporter: OTLPExporter
    private let said = Lock<[OTLPExporterEvent]>([])

    /// - Parameter wrap: What stands before the rows.
    init(
        _ client: ScriptedClient, headers: [(name: String, value: String)] = [],
        maxAge: Duration? = nil, isTimeKnown: Bool = true, wrap: (MemoryDeliveryStore) -> any DeliveryStore = { $0 }
    ) {
        self.client = client
        let (said, clock) = (said, clock)
        // Azure's time: a jump of the system clock is nothing to it.
        store = MemoryDeliveryStore { start + clock.monotonicNow }
        let retention = maxAge.map {
            OTLPExporter.Retention(maxAge: $0) { isTimeKnown ? start + clock.monotonicNow : nil }
        }
        exporter = OTLPExporter(
            destination: "collector", store: wrap(store),
            settings: OTLPSettings(endpoint: "http://c:4318/v1/metrics", headers: headers), client: client,
            version: "1.2.3", retention: retention, random: { 0.5 },
            onEvent: { _, event in said.withLock { $0.append(event) } })
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
            while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: waits)
        }
    }
}
