/// Why bytes could not be compressed or decompressed. Nothing was produced.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// More than `limit` bytes would have come out. Decompression stopped there, so a bomb costs no more than that.
    case tooLarge(limit: Int)
    /// Not gzip, cut short, or changed on the way; `reason` in zlib's words.
    case damaged(reason: String)
    /// zlib did not start: out of memory, or a level outside -1…9; `code` is zlib's.
    case unavailable(code: Int32)

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the gzip data holds more than \(limit) bytes"
        case .damaged(let reason): "the gzip data is damaged: \(reason)"
        case .unavailable(let code): "zlib could not be started (code \(code))"
        }
    }
}
