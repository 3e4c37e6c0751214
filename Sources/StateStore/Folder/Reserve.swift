#if canImport(Glibc)
    import Glibc
#endif

/// Room on the disk that is kept for the end: when the disk is full then, what was delivered can still be deleted, and is not
/// sent again by the next run.
struct Reserve {
    /// Enough for the pages that some hundred deletions change.
    static let size = 4 << 20

    let path: String

    /// Takes the room, unless it is taken. A disk that has none left leaves the agent without.
    func take() {
        var information = stat()
        if stat(path, &information) == 0, information.st_size == Self.size { return }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { return }
        // Not a hole: that would be no room.
        let isTaken = posix_fallocate(file, 0, off_t(Self.size)) == 0
        close(file)
        if !isTaken { release() }
    }

    /// Gives the room back to the disk.
    func release() { Files.remove(path) }
}
