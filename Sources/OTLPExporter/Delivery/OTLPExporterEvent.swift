import MetricModel

/// What an operator may want to read in the log. No case holds a header's value.
public enum OTLPExporterEvent: Hashable, Sendable {
    /// A request was taken.
    case delivered(points: Int, bytes: Int)
    /// A request was taken, but not these points of it. They are gone; `message` is the receiver's.
    case partialSuccess(rejected: Int, message: String?)
    /// A request was taken as a whole, and the receiver has something to say.
    case warning(message: String)
    /// A request was taken, but the body of the answer is cut off, too large or not OTLP. Said once.
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
    /// Points waited for longer than the destination's greatest age. They are gone.
    case expired(points: Int, oldest: Timestamp, newest: Timestamp)
    /// The rows cannot be read, or what became of one cannot be written down. Nothing is sent until they can. Said once,
    /// until ``storeRecovered``.
    case storeFailed(reason: String)
    case storeRecovered
}
