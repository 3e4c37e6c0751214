#if canImport(Glibc)
    import Glibc
#endif

/// Certificates and keys, read again for each request: secrets that are mounted change while the agent runs.
enum PEMFile {
    /// A larger file is something else.
    private static let limit = 4 << 20

    /// The bytes of the file; `nil` when it cannot be read, is empty, too large or no file at all.
    static func read(_ path: String) -> [UInt8]? {
        // Without O_NONBLOCK a named pipe would hold up every transfer until someone writes to it.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard (1...limit).contains(Int(status.st_size)) else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let some = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if some < 0, errno == EINTR { continue }
            guard some > 0 else { break }
            count += some
        }
        // Shorter: it is being written. What is there cannot be used, and is said to be unusable.
        return Array(bytes[..<count])
    }
}
