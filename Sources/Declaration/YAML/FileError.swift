#if canImport(Glibc)
    import Glibc
#endif

/// Why a file could not be read at all.
struct FileError: Error, Equatable {
    let message: String
    let fix: String

    static let isDirectory = FileError(
        message: "this is a directory, not a file", fix: "name the file inside it")

    static func tooLarge(limit: Int) -> FileError {
        FileError(
            message: "the file is larger than \(limit >> 20) MiB, the most that is read",
            fix: "check that it is the right file, or split the declaration between several agents")
    }

    /// What the `errno` of `open` or `read` means.
    static func system(_ code: Int32) -> FileError {
        switch code {
        case ENOENT, ENOTDIR: FileError(message: "there is no such file", fix: "check the path")
        case EACCES, EPERM:
            FileError(
                message: "no permission to read the file",
                fix: "let the user that runs azimuth (uid \(getuid())) read it")
        case EISDIR: isDirectory
        default:
            FileError(message: "the file cannot be read: \(String(cString: strerror(code)))", fix: "check the path")
        }
    }
}

/// All bytes of a file, or of a pipe.
/// - Parameter limit: More bytes than this are refused; of a regular file none is read then.
func readFile(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory }
    guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw .system(errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    }
}
