import MetricModel

/// What an operator may want to read in the log. No case holds a header's value.
public enum OTLPExporterEvent: Hashable, Sendable {
    /// A request was taken.
    case delivered(points: Int, bytes: Int)
    /// A request was taken, but not these points of it. They are gone; `message` is the receiver's.
    case partialSuccess(rejected: Int, message: String?)
    /// A request was taken as a whole, and the receiver has something to say.
    case warning(message: String)
    /// A request was taken, but the body of the answer is not OTLP. Said once.
    case unreadableAnswer
    /// Overloaded, unreachable or cut off. Nothing is lost.
    case retrying(reason: String, delay: Duration)
    /// The receiver refuses everything it is offered. Nothing is lost as long as there is room; see to the reason.
    case holding(reason: String, delay: Duration)
    /// A request was refused and now goes out in halves, and these again in halves, to find what is not taken. Said once
    /// for all parts of a request.
    case dividing(points: Int, reason: String)
    /// Points are not sent again. They are gone.
    case dropped(points: Int, oldest: Timestamp, newest: Timestamp, reason: String)
}

/// What the exporter did since it was made, and what it holds. Points are counted once, whatever was sent how often:
/// `accepted + rejected + dropped + queued` is what was enqueued.
public struct OTLPExporterStatistics: Hashable, Sendable {
    public var acceptedPoints = 0
    /// Not taken by a receiver that took the rest of the request.
    public var rejectedPoints = 0
    /// Of requests that are not sent again.
    public var droppedPoints = 0
    /// Why, and how many; at most 16 reasons, what is beyond counts as `other`.
    public var droppedPointsByReason: [String: Int] = [:]
    public var requests = 0
    /// Bodies, as sent; retries count again.
    public var bytesSent = 0
    public var lastError: String?
    /// By the system clock.
    public var lastDelivered: Timestamp?
    public var queuedRequests = 0
    public var queuedPoints = 0
    public var queuedBytes = 0
    /// The earliest time of a point that waits.
    public var oldestQueued: Timestamp?

    public init() {}
}
