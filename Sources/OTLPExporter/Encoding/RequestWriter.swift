import Gzip
import MetricModel

/// Writes messages one behind the other into request bodies.
///
/// A request is only `repeated ResourceMetrics resource_metrics = 1`: its messages, each with the field's head.
struct RequestWriter: ~Copyable {
    private let isCompressed: Bool
    private var gzip: GzipCompressor
    /// The request so far.
    private var messages = WireBuffer(capacity: 16 << 10)
    private var request: EncodedBatch
    private(set) var finished: [EncodedBatch] = []

    init(isCompressed: Bool) throws(GzipError) {
        self.isCompressed = isCompressed
        gzip = try GzipCompressor(level: 1)
        request = Self.emptyRequest(isCompressed)
    }

    /// Bytes and points of the request that is being written.
    var uncompressedBytes: Int { messages.count }
    var pointCount: Int { request.pointCount }

    /// Appends one message with `points` points, whose times lie between `oldest` and `newest`.
    /// - Parameter write: Appends the `size` bytes of the message.
    mutating func append(
        size: Int, points: Int, oldest: Timestamp, newest: Timestamp, _ write: (inout WireBuffer) -> Void
    ) {
        messages.appendHead(WireTag.resourceMetrics, size: size)
        write(&messages)
        request.pointCount += points
        request.oldest = min(request.oldest, oldest)
        request.newest = max(request.newest, newest)
    }

    /// Ends the request, unless it is empty, and begins the next.
    mutating func endRequest() {
        guard request.pointCount > 0 else { return }
        request.uncompressedBytes = messages.count
        request.body = isCompressed ? gzip.compress(messages.bytes) : Array(messages.bytes)
        finished.append(request)
        request = Self.emptyRequest(isCompressed)
        messages.removeAll()
    }

    private static func emptyRequest(_ isCompressed: Bool) -> EncodedBatch {
        EncodedBatch(
            body: [], isCompressed: isCompressed, pointCount: 0, uncompressedBytes: 0,
            oldest: Timestamp(nanosecondsSince1970: .max), newest: Timestamp(nanosecondsSince1970: .min))
    }
}
