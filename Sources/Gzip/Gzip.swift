import CZlib

/// Whole gzip documents (RFC 1952) in memory.
public enum Gzip {
    /// `bytes` as one gzip member.
    /// - Parameter level: 1 is the fastest, 9 the smallest.
    /// - Throws: ``GzipError/unavailable(code:)``.
    public static func compress(_ bytes: [UInt8], level: Int32 = 1) throws(GzipError) -> [UInt8] {
        var stream = try GzipStream(level: level)
        var output: [UInt8] = []
        bytes.withUnsafeBytes { stream.feed($0, into: &output, finish: true) }
        return output
    }

    /// What the gzip members in `bytes` hold, one behind the other.
    /// - Parameter limit: The most bytes that may come out.
    /// - Throws: ``GzipError/tooLarge(limit:)`` as soon as there is one byte more, and ``GzipError/damaged(reason:)``
    ///   for anything that is not whole gzip data, empty input and bytes behind the end included.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var inflater = try Inflater(limit: limit)
        return try inflater.run(bytes)
    }
}

/// One run of zlib's decompressor.
private struct Inflater: ~Copyable {
    private let limit: Int
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32 << 10)

    init(limit: Int) throws(GzipError) {
        self.limit = limit
        stream.initialize(to: z_stream())
        let code = inflateInit2_(stream, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .unavailable(code: code) }
    }

    deinit {
        inflateEnd(stream)  // harmless on a stream that did not start
        stream.deallocate()
        scratch.deallocate()
    }

    mutating func run(_ bytes: [UInt8]) throws(GzipError) -> [UInt8] {
        guard bytes.count <= UInt32.max else { throw .damaged(reason: "more than 4 GiB of input") }
        let result = bytes.withUnsafeBufferPointer { input -> Result<[UInt8], GzipError> in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            return Result { () throws(GzipError) in try members() }
        }
        return try result.get()
    }

    private mutating func members() throws(GzipError) -> [UInt8] {
        var output: [UInt8] = []
        while true {
            stream.pointee.next_out = scratch.baseAddress
            stream.pointee.avail_out = UInt32(scratch.count)
            let code = inflate(stream, Z_NO_FLUSH)
            let written = scratch.count - Int(stream.pointee.avail_out)
            guard output.count + written <= limit else { throw .tooLarge(limit: limit) }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<written]))
            switch code {
            case Z_OK: continue
            case Z_STREAM_END where stream.pointee.avail_in == 0: return output
            case Z_STREAM_END: inflateReset(stream)
            case Z_BUF_ERROR: throw .damaged(reason: "it ends too early")
            default: throw .damaged(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)")
            }
        }
    }
}
