import Testing

@testable import Gzip

@Suite struct GzipTests {
    /// Bytes that compress a little, the same on every run.
    static func sample(_ count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 28)
        }
    }

    static func error(_ body: () throws(GzipError) -> [UInt8]) -> GzipError? {
        do throws(GzipError) {
            _ = try body()
            return nil
        } catch { return error }
    }

    @Test("what went in comes out", arguments: [0, 1, 255, (32 << 10) - 1, 32 << 10, (32 << 10) + 1, 300_000])
    func roundTrip(count: Int) throws {
        let bytes = Self.sample(count)
        let compressed = try Gzip.compress(bytes)
        #expect(compressed.prefix(2) == [0x1f, 0x8b])
        #expect(try Gzip.decompress(compressed, limit: count) == bytes)
    }

    @Test("every level is understood", arguments: Int32(0)...12)
    func levels(level: Int32) throws {
        let bytes = Self.sample(1000)
        #expect(try Gzip.decompress(Gzip.compress(bytes, level: level), limit: 1000) == bytes)
    }

    @Test("a level that does not exist", arguments: [Int32(-2), 13])
    func badLevel(level: Int32) {
        #expect(
            Self.error { () throws(GzipError) in try Gzip.compress([1], level: level) } == .unavailable(level: level))
    }

    @Test("a compressor makes one document after the other, larger and smaller")
    func documents() throws {
        var compressor = try GzipCompressor(level: 6)
        for count in [10, 100_000, 0, 300] {
            let bytes = Self.sample(count)
            let compressed = bytes.withUnsafeBytes { compressor.compress($0) }
            #expect(try Gzip.decompress(compressed, limit: count) == bytes)
        }
    }

    @Test("several members follow one another")
    func members() throws {
        let both = try Gzip.compress([1, 2]) + Gzip.compress([3])
        #expect(try Gzip.decompress(both, limit: 3) == [1, 2, 3])
        #expect(Self.error { () throws(GzipError) in try Gzip.decompress(both, limit: 2) } == .tooLarge(limit: 2))
    }

    @Test("members that together are larger than the last one declares")
    func growing() throws {
        let parts = [300_000, 70_000, 5].map(Self.sample)
        let all = try parts.flatMap { try Gzip.compress($0) }
        let total = parts.flatMap { $0 }
        #expect(try Gzip.decompress(all, limit: total.count) == total)
        #expect(
            Self.error { () throws(GzipError) in try Gzip.decompress(all, limit: total.count - 1) }
                == .tooLarge(limit: total.count - 1))
    }

    @Test(
        "a size that a member only pretends is damage", arguments: [0, 1, 999, 1001, 65_536, 0x7fff_ffff, UInt32.max])
    func pretendedSize(size: UInt32) throws {
        let compressed = try Gzip.compress(Self.sample(1000))
        let lie = withUnsafeBytes(of: size.littleEndian) { Array($0) }
        let bytes = Array(compressed.dropLast(4)) + lie
        #expect(Self.error { () throws(GzipError) in try Gzip.decompress(bytes, limit: 1 << 30) } == .damaged)
    }

    @Test("one byte over the limit is refused, the limit itself is not", arguments: [0, 1, 32 << 10, 100_000])
    func limit(count: Int) throws {
        let compressed = try Gzip.compress(Self.sample(count + 1))
        let error = Self.error { () throws(GzipError) in try Gzip.decompress(compressed, limit: count) }
        #expect(error == .tooLarge(limit: count))
        #expect(try Gzip.decompress(compressed, limit: count + 1).count == count + 1)
    }

    @Test("a bomb stops at the limit")
    func bomb() throws {
        let compressed = try Gzip.compress([UInt8](repeating: 0, count: 10 << 20))
        let error = Self.error { () throws(GzipError) in try Gzip.decompress(compressed, limit: 4 << 20) }
        #expect(error == .tooLarge(limit: 4 << 20))
    }

    @Test("every truncation is damage")
    func truncated() throws {
        let compressed = try Gzip.compress(Array("azure.vm.cpu azure.vm.cpu".utf8))
        for length in 0..<compressed.count {
            let error = Self.error { () throws(GzipError) in
                try Gzip.decompress(Array(compressed.prefix(length)), limit: 100)
            }
            #expect(error == .damaged, "cut to \(length) bytes")
        }
    }

    static let damaged: [[UInt8]] = [
        Array("<html>".utf8), [0x78, 0x9c, 0x03, 0x00, 0, 0, 0, 1], [0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0],
    ]

    @Test("what is not gzip is damage", arguments: damaged)
    func notGzip(bytes: [UInt8]) {
        #expect(Self.error { () throws(GzipError) in try Gzip.decompress(bytes, limit: 100) } == .damaged)
    }

    @Test("a wrong checksum and bytes behind the end are damage")
    func checksumAndTail() throws {
        let good = try Gzip.compress([1, 2, 3])
        var wrong = good
        wrong[wrong.count - 8] ^= 1
        for bytes in [wrong, good + [0x00]] {
            #expect(Self.error { () throws(GzipError) in try Gzip.decompress(bytes, limit: 100) } == .damaged)
        }
    }
}
