import MetricModel

/// One request's final bytes. A retry sends the same ones.
public struct EncodedBatch: Hashable, Sendable {
    /// An `ExportMetricsServiceRequest`.
    public var body: [UInt8]
    /// Whether `body` is gzip.
    public var isCompressed: Bool
    public var pointCount: Int
    /// The size of the message before compression.
    public var uncompressedBytes: Int
    /// The earliest and the latest of the points' times.
    public var oldest: Timestamp
    public var newest: Timestamp

    /// A request that was encoded before, perhaps by an earlier run.
    public init(
        body: [UInt8], isCompressed: Bool, pointCount: Int, uncompressedBytes: Int, oldest: Timestamp,
        newest: Timestamp
    ) {
        self.body = body
        self.isCompressed = isCompressed
        self.pointCount = pointCount
        self.uncompressedBytes = uncompressedBytes
        self.oldest = oldest
        self.newest = newest
    }
}
