import COTLP
import Gzip
import MetricModel

/// Writes messages one behind the other into request bodies.
///
/// A request is only `repeated ResourceMetrics resource_metrics = 1`, so each message is packed for itself and goes
/// straight into the compressor; the request as a whole never exists uncompressed.
struct RequestWriter: ~Copyable {
    /// The most that stands before a message: its tag and its length.
    static let prefixBytes = 11

    private let isCompressed: Bool
    private var gzip: GzipStream
    private var scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var request: EncodedBatch
    private(set) var finished: [EncodedBatch] = []

    init(isCompressed: Bool) throws(GzipError) {
        self.isCompressed = isCompressed
        gzip = try GzipStream(level: 1)
        request = Self.emptyRequest(isCompressed)
    }

    deinit { scratch.deallocate() }

    /// Bytes and points of the request that is being written.
    var uncompressedBytes: Int { request.uncompressedBytes }
    var pointCount: Int { request.pointCount }

    /// Appends one message with `points` points, whose times lie between `oldest` and `newest`.
    mutating func append(
        _ message: UnsafePointer<Otlp__ResourceMetrics>, points: Int, oldest: Timestamp, newest: Timestamp
    ) {
        let size = otlp__resource_metrics__get_packed_size(message)
        makeRoom(for: size + Self.prefixBytes)
        let prefix = Self.writePrefix(size, to: scratch)
        let target = UnsafeMutableRawBufferPointer(rebasing: scratch[prefix..<(prefix + size)])
        otlp__resource_metrics__pack(message, target.assumingMemoryBound(to: UInt8.self).baseAddress)
        feed(UnsafeRawBufferPointer(rebasing: scratch[..<(prefix + size)]), finish: false)
        request.uncompressedBytes += prefix + size
        request.pointCount += points
        request.oldest = min(request.oldest, oldest)
        request.newest = max(request.newest, newest)
    }

    /// Ends the request, unless it is empty, and begins the next.
    mutating func endRequest() {
        guard request.pointCount > 0 else { return }
        feed(UnsafeRawBufferPointer(start: nil, count: 0), finish: true)
        finished.append(request)
        request = Self.emptyRequest(isCompressed)
    }

    private mutating func feed(_ bytes: UnsafeRawBufferPointer, finish: Bool) {
        if isCompressed {
            gzip.feed(bytes, into: &request.body, finish: finish)
        } else {
            request.body.append(contentsOf: bytes)
        }
    }

    private mutating func makeRoom(for size: Int) {
        guard scratch.count < size else { return }
        scratch.deallocate()
        scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    }

    /// Field 1, length-delimited, `length` bytes. Returns how many bytes that took.
    private static func writePrefix(_ length: Int, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        buffer[0] = 0x0a
        var count = 1
        var rest = length
        while rest >= 0x80 {
            buffer[count] = UInt8(rest & 0x7f) | 0x80
            rest >>= 7
            count += 1
        }
        buffer[count] = UInt8(rest)
        return count + 1
    }

    private static func emptyRequest(_ isCompressed: Bool) -> EncodedBatch {
        EncodedBatch(
            body: [], isCompressed: isCompressed, pointCount: 0, uncompressedBytes: 0,
            oldest: Timestamp(nanosecondsSince1970: .max), newest: Timestamp(nanosecondsSince1970: .min))
    }
}
