#if canImport(Glibc)
    import Glibc
#endif

/// What the system said about a file: `state/azimuth.db: Permission denied`.
struct FileFailure: Error, CustomStringConvertible {
    let code: Int32
    let path: String

    var description: String { "\(path): \(String(cString: strerror(code)))" }

    /// What the operator can do about it.
    var advice: String { Self.advice(for: code) ?? "check the disk of the state folder" }

    /// What the operator can do about an `errno`; `nil` when it does not tell.
    static func advice(for code: Int32) -> String? {
        switch code {
        case EACCES, EPERM:
            "let the user that runs azimuth read and write the state folder and all files in it (chown, chmod)"
        case EROFS: "mount the file system of the state folder so that it can be written"
        case EMFILE, ENFILE: "raise the limit of open files (ulimit -n, or LimitNOFILE of the service)"
        case ENOSPC, EDQUOT: "make room on the disk of the state folder"
        case ENOENT: "make the folder in which the state folder is to lie"
        case ENOTDIR, EEXIST: "name a folder where there is no file of that name"
        default: nil
        }
    }
}

/// Small files, whole.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// At most `limit` bytes of the file; `nil` when there is none that can be read.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let some = bytes[count...].withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if some < 0, errno == EINTR { continue }
            guard some >= 0 else { return nil }
            if some == 0 { break }
            count += some
        }
        return Array(bytes[..<count])
    }

    /// Puts `text` in the place of the file: whoever reads it, even after a power failure, finds the old one or the new.
    static func replace(_ path: String, with text: String) throws(FileFailure) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw FileFailure(code: errno, path: draft) }
        let failure = write(text, to: file) ?? (fsync(file) == 0 ? nil : errno)
        close(file)
        if let failure { throw FileFailure(code: failure, path: draft) }
        try rename(draft, to: path)
    }

    /// - Returns: The `errno` of what failed.
    static func write(_ text: String, to file: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : ENOSPC }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    /// Renames, and makes the disk remember.
    static func rename(_ path: String, to target: String) throws(FileFailure) {
        guard Glibc.rename(path, target) == 0 else { throw FileFailure(code: errno, path: path) }
        let parent = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        // Some file systems cannot, and need not.
        fsync(folder)
        close(folder)
    }

    static func remove(_ path: String) { unlink(path) }
}
