import MetricModel

/// What an exporter did since it was made, and what its store holds.
public struct OTLPExporterStatistics: Hashable, Sendable {
    /// The destination's name.
    public var destination = ""
    /// Of this run alone; ``DeliveryStoreStatistics/total`` is what the store counted over all runs.
    public var run = DeliveryCounts()
    public var requests = 0
    /// Bodies, as sent; retries count again.
    public var bytesSent = 0
    public var lastError: String?
    /// By the system clock.
    public var lastDelivered: Timestamp?
    public var store = DeliveryStoreStatistics()

    public init() {}
}

extension OTLPExporterStatistics {
    public var acceptedPoints: Int { run.acceptedPoints }
    public var rejectedPoints: Int { run.rejectedPoints }
    public var droppedPoints: Int { run.droppedPoints }
    public var droppedPointsByReason: [String: Int] { run.droppedPointsByReason }
    public var queuedRequests: Int { store.queuedRequests }
    public var queuedPoints: Int { store.queuedPoints }
    public var queuedBytes: Int { store.queuedBytes }
    public var oldestQueued: Timestamp? { store.oldestQueued }
}
