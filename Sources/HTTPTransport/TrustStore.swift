import CCurl
import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// The system's trust, as the environment changes it: `SSL_CERT_FILE` names a file in the place of the system's bundle (a
/// private CA, or a container without certificates), `SSL_CERT_DIR` a folder in the place of its folder, with a file for each
/// authority by its hash.
enum TrustStore {
    /// What the environment names, for libcurl to read it.
    static var named: (folder: UnsafePointer<CChar>?, bundle: UnsafePointer<CChar>?) {
        (environment("SSL_CERT_DIR"), environment("SSL_CERT_FILE"))
    }

    /// Where authorities are looked up instead of all of them being read; `nil` when this libcurl cannot do that. Both texts
    /// live as long as the process.
    static var places: (folder: UnsafePointer<CChar>, bundle: UnsafePointer<CChar>)? {
        guard let version = curl_version_info(CURLVERSION_SEVENTH)?.pointee, let library = version.ssl_version,
            String(cString: library).hasPrefix("OpenSSL/"), let folder = named.folder ?? version.capath,
            let bundle = named.bundle ?? version.cainfo
        else { return nil }
        return (folder, bundle)
    }

    /// The file that `SSL_CERT_FILE` names, as long as there is no certificate in it: it may be mounted later.
    static var unusableFile: String? {
        guard let name = named.bundle, !isUsable.withLock({ $0 }) else { return nil }
        let file = String(cString: name)
        // Of `BEGIN CERTIFICATE` and `BEGIN TRUSTED CERTIFICATE`.
        guard PEMFile.read(file)?.firstRange(of: Array(" CERTIFICATE-----".utf8)) != nil else { return file }
        isUsable.withLock { $0 = true }
        return nil
    }

    private static let isUsable = Lock(false)

    /// The variable's own text, which nobody moves: the environment of a running process is not changed. `nil` when empty.
    private static func environment(_ name: String) -> UnsafePointer<CChar>? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return UnsafePointer(value)
    }
}
