#if canImport(Glibc)
    import Glibc
#endif
import MetricModel

/// Whole lines to standard output and standard error. A line is one `write`, so lines of several threads never mix.
enum Output {
    /// For what was asked for.
    static func standard(_ line: String) { write(line, to: 1) }

    /// For logs and errors.
    static func error(_ line: String) { write(line, to: 2) }

    /// To standard output as it stands: what moves a terminal's cursor.
    static func raw(_ text: String) { write(Array(text.utf8), to: 1) }

    private static let lock = Lock(())

    private static func write(_ line: String, to descriptor: Int32) { write(Array((line + "\n").utf8), to: descriptor) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        lock.withLock { _ in
            var offset = 0
            while offset < bytes.count {
                let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                // Nobody reads any more (a closed pipe): there is nobody left to tell.
                if count < 0 && errno != EINTR { return }
                offset += max(0, count)
            }
        }
    }
}
