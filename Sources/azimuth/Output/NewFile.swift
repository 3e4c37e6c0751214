#if canImport(Glibc)
    import Glibc
#endif

/// Writes a file that does not exist yet, and its folder.
enum NewFile {
    /// Why it could not be written, and what to do.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// - Returns: false when there is already something at `path`, which is left alone.
    static func write(_ text: String, to path: String) throws(Failure) -> Bool {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            prefix += part + "/"
            if mkdir(prefix, 0o755) != 0, errno != EEXIST, errno != EISDIR { throw failure("create", prefix) }
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        if descriptor < 0, errno == EEXIST { return false }
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure("write", path) }
            offset += count
        }
        return true
    }

    private static func failure(_ verb: String, _ path: String) -> Failure {
        Failure(description: "cannot \(verb) \(path): \(String(cString: strerror(errno))); name another folder")
    }
}
