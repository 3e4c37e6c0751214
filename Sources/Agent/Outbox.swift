import MetricModel
import OTLPExporter

/// Where decided points go. Taking them over and moving the marks is one step for the scrape side.
protocol Outbox: Sendable {
    /// Takes the whole batch, or nothing of it.
    /// - Returns: false when there is no room; the caller then keeps its marks, and Azure keeps the data.
    func take(_ batch: MetricBatch) async throws -> Bool
    /// False when it is nearly full: what would be asked now could hardly be taken.
    var hasRoom: Bool { get async }
}

/// Encodes batches for the collector and queues them.
actor CollectorOutbox: Outbox {
    private var encoder: OTLPEncoder
    private let exporter: OTLPExporter
    private let onShadowedLabel: @Sendable (ShadowedLabel) -> Void

    init(
        _ mapping: OTLPMapping, exporter: OTLPExporter, onShadowedLabel: @escaping @Sendable (ShadowedLabel) -> Void
    ) {
        encoder = OTLPEncoder(mapping)
        self.exporter = exporter
        self.onShadowedLabel = onShadowedLabel
    }

    nonisolated var hasRoom: Bool { exporter.hasRoom }

    func take(_ batch: MetricBatch) throws -> Bool {
        let rows = try encoder.encode(batch)
        encoder.takeShadowedLabels().forEach(onShadowedLabel)
        return exporter.enqueue(rows)
    }
}
