import Foundation
import HTTPTransport
import MemoryDelivery
import MetricModel
import Testing

@testable import OTLPExporter

/// The exporter on real sockets, on a clock that stands still, and what it said.
final class WireBench: Sendable {
    let store = MemoryDeliveryStore()
    let exporter: OTLPExporter
    private let clock: SteppedClock
    private let client = CurlClient(userAgent: "azimuth-test/1")
    private let said = Lock<[OTLPExporterEvent]>([])
    private let slept = Lock<[Duration]>([])

    /// - Parameter systemTime: What the system clock says.
    init(_ settings: OTLPSettings, systemTime: Timestamp = start) {
        clock = SteppedClock(start: systemTime)
        let said = said
        exporter = OTLPExporter(
            destination: "collector", store: store, settings: settings, client: client, version: "1.2.3",
            random: { 0.5 }, onEvent: { _, event in said.withLock { $0.append(event) } })
    }

    convenience init(port: UInt16, timeout: Duration = .seconds(10), retryStatus: Set<Int> = []) {
        self.init(
            OTLPSettings(
                endpoint: "http://127.0.0.1:\(port)/v1/metrics", timeout: timeout, retryStatus: retryStatus))
    }

    deinit { client.shutdown() }

    var events: [OTLPExporterEvent] { said.withLock { $0 } }
    /// How long the exporter wanted to wait, one after the other.
    var waits: [Duration] {
        events.compactMap { event in
            switch event {
            case .retrying(_, let delay), .holding(_, let delay): delay
            default: nil
            }
        }
    }
    var reasons: [String] {
        events.compactMap { event in
            switch event {
            case .retrying(let reason, _), .holding(let reason, _): reason
            case .dropped(_, _, _, let reason): reason
            default: nil
            }
        }
    }

    /// Sends these rows, one call each, until all are gone or `isEnough`; waits pass at once.
    func deliver(_ rows: [EncodedBatch], until isEnough: @escaping @Sendable () -> Bool = { false }) async throws {
        try #require(store.enqueue(rows))
        // Of use only against waiting for ever: how long it takes depends on what else the machine does.
        let deadline = ContinuousClock.now + .seconds(100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await self.exporter.run(clock: self.clock) } catch is CancellationError {}
            }
            while exporter.statistics.queuedRequests > 0, !isEnough() {
                try #require(ContinuousClock.now < deadline, "\(events.prefix(20))")
                if clock.sleeperCount > 0 { clock.advance(by: .seconds(400)) }
                // The collector is real and answers when it does; all waits of the exporter are the stepped clock's.
                try await Task.sleep(for: .milliseconds(1))
            }
            group.cancelAll()
        }
    }
}
