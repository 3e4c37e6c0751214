/// Where the state is kept, for whom, and how much.
public struct StateStoreSettings: Sendable {
    /// `nil` keeps everything in memory: a restart begins anew.
    public var folder: String?
    /// The most bytes of payload that wait, all destinations together; each has an equal share.
    public var maxSize: Int
    /// The destinations that get rows.
    public var destinations: [String]
    /// The most bytes that wait in memory while the disk refuses.
    public var overlayLimit = 16 << 20
    /// SQLite's name of another file layer, for tests with a failing disk.
    package var fileLayer: String?

    public init(folder: String?, maxSize: Int, destinations: [String]) {
        self.folder = folder
        self.maxSize = maxSize
        self.destinations = destinations
    }

    /// Bytes of payload for each destination (rule D1).
    public var share: Int { maxSize / max(1, destinations.count) }
}
