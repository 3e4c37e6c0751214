import CZlib

/// One gzip compressor, fed piece by piece. Holds about 256 KiB until it goes out of scope.
public struct GzipStream: ~Copyable {
    // zlib keeps a pointer back to its stream, which therefore must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32 << 10)

    /// A compressor at `level`: 1 is the fastest, 9 the smallest, 0 stores, -1 is zlib's default.
    /// - Throws: ``GzipError/unavailable(code:)``.
    public init(level: Int32 = 1) throws(GzipError) {
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, level, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .unavailable(code: code) }
    }

    deinit {
        deflateEnd(stream)  // harmless on a stream that did not start
        stream.deallocate()
        scratch.deallocate()
    }

    /// Compresses `bytes` and appends what is ready to `output`.
    ///
    /// With `finish` the trailer is written, and the next call begins a new gzip stream.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8], finish: Bool) {
        // zlib counts input in 32 bits, so larger input goes in pieces.
        var rest = bytes[...]
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = rest.dropFirst(piece.count)
            deflate(piece, into: &output, flush: finish && rest.isEmpty ? Z_FINISH : Z_NO_FLUSH)
        } while !rest.isEmpty
        if finish { deflateReset(stream) }
    }

    private mutating func deflate(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8], flush: Int32) {
        // zlib does not write through `next_in`; its declaration only lacks the `const`.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat {
            stream.pointee.next_out = scratch.baseAddress
            stream.pointee.avail_out = UInt32(scratch.count)
            // Cannot fail on a started stream: "no progress" is no error and the only code besides success.
            _ = CZlib.deflate(stream, flush)
            let written = scratch.count - Int(stream.pointee.avail_out)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<written]))
        } while stream.pointee.avail_out == 0
        stream.pointee.next_in = nil
    }
}

/// 15 bits of window, and 16 more to say "gzip, not zlib".
let gzipWindowBits: Int32 = 15 + 16
