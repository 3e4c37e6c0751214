/// Why bytes could not be compressed or decompressed. Nothing was produced.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// More than `limit` bytes would have come out. Decompression stopped there, so a bomb costs no more than that.
    case tooLarge(limit: Int)
    /// Not gzip, cut short, or changed on the way.
    case damaged
    /// The compressor did not start: out of memory, or a level outside 0…12.
    case unavailable(level: Int32)
    /// There was no memory for what came out.
    case outOfMemory

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the gzip data holds more than \(limit) bytes"
        case .damaged: "the gzip data is damaged: it is not gzip, cut short, or changed on the way"
        case .unavailable(let level): "the gzip compressor could not be started at level \(level)"
        case .outOfMemory: "there is no memory for what the gzip data holds"
        }
    }
}
