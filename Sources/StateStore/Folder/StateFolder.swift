#if canImport(Glibc)
    import Glibc
#endif

/// The files of one agent, and the lock that keeps a second one out.
///
/// | file | holds |
/// |---|---|
/// | `azimuth.db`, `-wal` | the database and its log |
/// | `azimuth.lock` | the number of the process that has the folder |
/// | `azimuth.progress` | per destination T (rule L5) |
/// | `azimuth.reserve` | nothing: room for the last deletions on a full disk |
/// | `azimuth.db.damaged` | why the database must be moved aside at the next start |
/// | `azimuth.db.new` | a new database, while it is filled |
/// | `azimuth.db.20261126T150000Z` | one that was moved aside |
final class StateFolder {
    let path: String
    private let lock: Int32

    var database: String { path + "/azimuth.db" }
    var draft: String { database + ".new" }
    var damageNote: String { database + ".damaged" }
    var reserve: Reserve { Reserve(path: path + "/azimuth.reserve") }
    var progress: String { path + "/azimuth.progress" }

    /// Makes the folder if it is missing (its parent must be there) and takes it.
    init(_ path: String) throws(StateStoreError) {
        self.path = path
        if mkdir(path, 0o750) != 0, errno != EEXIST { throw Self.unusable(path, path) }
        let file = path + "/azimuth.lock"
        // No program that the agent might start inherits it.
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard lock >= 0 else { throw Self.unusable(path, file) }
        // An agent that is just ending may hold it for a moment more.
        var isTaken = flock(lock, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<40 where !isTaken && errno == EWOULDBLOCK {
            usleep(50_000)
            isTaken = flock(lock, LOCK_EX | LOCK_NB) == 0
        }
        guard isTaken else {
            let isHeld = errno == EWOULDBLOCK
            let failure = Self.unusable(path, file)
            close(lock)
            guard isHeld else { throw failure }
            let text = Files.read(file, limit: 32).map { String(decoding: $0, as: UTF8.self) }
            throw .inUse(folder: path, processID: text.flatMap { Int($0.prefix { $0.isNumber }) })
        }
        // Only said to people; a full disk may keep it from being written.
        if ftruncate(lock, 0) == 0 { _ = Files.write("\(getpid())\n", to: lock) }
    }

    deinit { close(lock) }

    private static func unusable(_ folder: String, _ path: String) -> StateStoreError {
        let failure = FileFailure(code: errno, path: path)
        // Not to be passed over for a folder of less worth.
        let file = folder + "/azimuth.db"
        return Files.exists(file)
            ? .inaccessible(file: file, reason: failure.description, advice: failure.advice)
            : .unusable(folder: folder, reason: failure.description, advice: failure.advice)
    }
}
