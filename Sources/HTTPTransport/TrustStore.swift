#if canImport(Glibc)
    import Glibc
#endif

/// The system's trust, as the environment changes it.
enum TrustStore {
    /// The file that `SSL_CERT_FILE` names, in the place of the system's bundle, as for OpenSSL and curl: a private CA, or a
    /// container without certificates. Read once: the environment of a running process is not changed.
    static let file: String? = getenv("SSL_CERT_FILE").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
