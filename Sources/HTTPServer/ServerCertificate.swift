#if canImport(Glibc)
    import Glibc
#endif

/// What a server shows to its clients over TLS, in PEM.
public struct ServerCertificate: Sendable {
    /// The server's certificate first, then those between it and a CA that clients trust.
    public var chain: String
    /// The private key of the first certificate, without a password.
    public var key: String

    /// Both as the text of their files.
    public init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// Both from their files.
    /// - Throws: ``HTTPListenerError`` `.badCertificate` when one of them cannot be read.
    public init(certificateFile: String, keyFile: String) throws(HTTPListenerError) {
        self.init(chain: try Self.text(of: certificateFile), key: try Self.text(of: keyFile))
    }

    /// No chain of certificates comes near.
    private static let mostBytes = 1 << 20

    private static func text(of path: String) throws(HTTPListenerError) -> String {
        func failure(_ why: String) -> HTTPListenerError {
            HTTPListenerError(
                code: .badCertificate, message: "Cannot read \(path): \(why). Give a file in PEM form.")
        }
        guard let file = fopen(path, "re") else { throw failure(systemMessage(errno)) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: mostBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw failure(systemMessage(errno)) }
        guard count <= mostBytes else { throw failure("it is larger than \(mostBytes) bytes") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
