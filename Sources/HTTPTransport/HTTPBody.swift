#if canImport(Glibc)
    import Glibc
#endif

/// The bytes of an answer in one block, with spare bytes behind them so that a vectorised parser may read past the end.
///
/// `@unchecked Sendable` is safe because the block is written before the body is handed out and never after.
public final class HTTPBody: @unchecked Sendable {
    /// Readable bytes behind the last one (simdjson's padding).
    public static let padding = 64

    private let block: UnsafeMutableRawPointer?
    /// Bytes without the padding.
    public let count: Int

    /// A copy of `bytes`.
    public init(_ bytes: some Collection<UInt8> = EmptyCollection<UInt8>()) {
        count = bytes.count
        let size = bytes.count + Self.padding
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        UnsafeMutableRawBufferPointer(start: block, count: bytes.count).copyBytes(from: bytes)
        self.block = block
        isOwnedByMalloc = false
    }

    private let isOwnedByMalloc: Bool

    /// Takes over a block from `malloc` that holds `count` bytes and `padding` readable ones behind them.
    init(adopting block: UnsafeMutableRawPointer?, count: Int) {
        self.block = block
        self.count = block == nil ? 0 : count
        isOwnedByMalloc = true
    }

    /// Lends the bytes; behind `buffer.count` stand `padding` more readable ones, if the body is not empty.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: block, count: count))
    }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    deinit {
        if isOwnedByMalloc { free(block) } else { block?.deallocate() }
    }
}
