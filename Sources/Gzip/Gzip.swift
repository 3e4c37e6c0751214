import CDeflate

#if canImport(Glibc)
    import Glibc
#endif

/// Whole gzip documents (RFC 1952) in memory.
public enum Gzip {
    /// `bytes` as one gzip member.
    /// - Parameter level: 1 is the fastest, 12 the smallest.
    /// - Throws: ``GzipError/unavailable(level:)``.
    public static func compress(_ bytes: [UInt8], level: Int32 = 1) throws(GzipError) -> [UInt8] {
        var compressor = try GzipCompressor(level: level)
        return bytes.withUnsafeBytes { compressor.compress($0) }
    }

    /// What the gzip members in `bytes` hold, one behind the other.
    /// - Parameter limit: The most bytes that may come out.
    /// - Throws: ``GzipError/tooLarge(limit:)`` as soon as there is one byte more, and ``GzipError/damaged`` for anything
    ///   that is not whole gzip data, empty input and bytes behind the end included.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var block: UnsafeMutableRawPointer?
        defer { free(block) }
        var count = 0
        let result = bytes.withUnsafeBufferPointer { input in
            withUnsafeMutablePointer(to: &block) { block in
                azimuth_gunzip(input.baseAddress, input.count, max(limit, 0), grow, block, &count)
            }
        }
        switch result {
        case AZIMUTH_GUNZIP_FINE: return Array(UnsafeRawBufferPointer(start: block, count: count))
        case AZIMUTH_GUNZIP_TOO_LARGE: throw .tooLarge(limit: limit)
        case AZIMUTH_GUNZIP_NO_ROOM: throw .outOfMemory
        default: throw .damaged
        }
    }
}

/// The block of `context`, with room for `capacity` bytes.
private func grow(_ context: UnsafeMutableRawPointer?, _ capacity: Int) -> UnsafeMutablePointer<UInt8>? {
    guard let block = context?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self),
        let bytes = realloc(block.pointee, capacity)
    else { return nil }
    block.pointee = bytes
    return bytes.assumingMemoryBound(to: UInt8.self)
}
