#if canImport(Glibc)
    import Glibc
#endif

/// Why a file could not be read at all.
struct FileError: Error, Equatable {
    let message: String
    let fix: String

    static let isDirectory = FileError(
        message: "this is a directory, not a file", fix: "name the file inside it")

    static let isSpecial = FileError(
        message: "this is a named pipe, a socket or a device, not a file", fix: "name a regular file")

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
        case ENXIO: isSpecial
        default:
            FileError(message: "the file cannot be read: \(String(cString: strerror(code)))", fix: "check the path")
        }
    }
}

/// All bytes of a file, or of the pipe that a shell makes of `<(command)`.
/// - Parameter limit: More bytes than this are refused; of a regular file none is read then.
func readFile(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    // A named pipe would wait for somebody to write.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory
    case S_IFIFO where isUnnamedPipe(descriptor):
        guard fcntl(descriptor, F_SETFL, O_RDONLY) == 0 else { throw .system(errno) }
    default: throw .isSpecial
    }
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

/// Whether it has no place in a file system, so that whoever made it has it open to write. Linux shows it as `pipe:[4711]`.
private func isUnnamedPipe(_ descriptor: Int32) -> Bool {
    var target = [CChar](repeating: 0, count: 5)
    guard readlink("/proc/self/fd/\(descriptor)", &target, target.count) == target.count else { return false }
    return target.elementsEqual("pipe:".utf8.map { CChar($0) })
}
