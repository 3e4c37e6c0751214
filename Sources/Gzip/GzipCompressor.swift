import CDeflate

/// One gzip compressor, for one document after the other. Holds about 300 KiB, and room for the largest so far, until it
/// goes out of scope.
public struct GzipCompressor: ~Copyable {
    private let compressor: OpaquePointer
    private var scratch: UnsafeMutableRawBufferPointer

    /// A compressor at `level`: 1 is the fastest, 12 the smallest, 0 stores.
    /// - Throws: ``GzipError/unavailable(level:)``.
    public init(level: Int32 = 1) throws(GzipError) {
        guard let compressor = libdeflate_alloc_compressor(level) else { throw .unavailable(level: level) }
        self.compressor = compressor
        scratch = .allocate(byteCount: 0, alignment: 1)
    }

    deinit {
        libdeflate_free_compressor(compressor)
        scratch.deallocate()
    }

    /// `bytes` as one gzip member, without slack.
    public mutating func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let most = libdeflate_gzip_compress_bound(compressor, bytes.count)
        if scratch.count < most {
            scratch.deallocate()
            scratch = .allocate(byteCount: most, alignment: 1)
        }
        // Cannot fail with that much room.
        let count = libdeflate_gzip_compress(
            compressor, bytes.baseAddress, bytes.count, scratch.baseAddress, scratch.count)
        return Array(scratch[..<count])
    }
}
