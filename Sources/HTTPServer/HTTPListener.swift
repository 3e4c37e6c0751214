import CMicroHTTPD
import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// An HTTP/1.1 server on one address, with or without TLS.
///
/// Its threads call the handler, several at once. A handler that waits holds up the connections of its thread only.
/// A connection idle for 30 s is closed; at most 512 connections are open at a time.
public final class HTTPListener: Sendable {
    /// The port it listens on: the kernel's choice if it was started with 0.
    public let port: UInt16
    private let daemon: Lock<Daemon?>

    /// Starts to listen; the server runs when this returns.
    ///
    /// - Parameters:
    ///   - host: A name or numeric address of this machine.
    ///   - port: 0 takes a free one.
    ///   - tls: Whom it is towards clients; `nil` = plain HTTP.
    ///   - maximumBodyBytes: A longer request body is answered with 413, the connection closed, and nothing kept.
    ///   - sendsDate: Whether the server writes the `Date` header; a handler with its own clock writes its own.
    ///   - threads: How many requests are handled at the same time.
    ///   - handler: Gets the whole request and returns the whole answer. `HEAD` reaches it as `GET`; the server then
    ///     keeps the body back.
    /// - Throws: ``HTTPListenerError``, when the address cannot be had, or `tls` cannot be used.
    public init(
        host: String = "127.0.0.1", port: UInt16 = 0, tls: ServerCertificate? = nil, maximumBodyBytes: Int = 16 << 20,
        sendsDate: Bool = true, threads: Int = 4,
        handler: @escaping @Sendable (ServedRequest) -> ServedResponse
    ) throws(HTTPListenerError) {
        let (socket, boundPort) = try openSocket(host: host, port: port)
        let service = Service(
            maximumBodyBytes: maximumBodyBytes, scheme: tls == nil ? "http" : "https", handler: handler)
        let started = Daemon(socket: socket, tls: tls, sendsDate: sendsDate, threads: threads, service: service)
        guard let daemon = started else {
            let code = errno
            if tls != nil, code == EINVAL {
                throw HTTPListenerError(
                    code: .badCertificate,
                    message: "Cannot serve HTTPS on \(host):\(boundPort): the certificate or the key cannot be used. "
                        + "Give both as PEM text, and the key that belongs to the certificate.")
            }
            throw HTTPListenerError(
                code: .refused, message: "Cannot start the HTTP server on \(host):\(boundPort): \(systemMessage(code))."
            )
        }
        self.port = boundPort
        self.daemon = Lock(daemon)
    }

    /// Closes the port and all connections. When this returns, no handler runs and none will; answers that were still
    /// delayed may go out before or not at all.
    ///
    /// Waits for the handlers that run; never call it from one. Calling it again does nothing.
    public func stop() {
        // Stopped under the lock, so that a second caller, too, returns only when it is over.
        daemon.withLock {
            $0?.stop()
            $0 = nil
        }
    }

    deinit { stop() }
}

/// Opens the listening socket and says in words why it could not.
private func openSocket(host: String, port: UInt16) throws(HTTPListenerError) -> (socket: Int32, port: UInt16) {
    var boundPort: UInt16 = 0
    var resolveError: Int32 = 0
    var systemError: Int32 = 0
    let socket = azimuth_listen(host, port, &boundPort, &resolveError, &systemError)
    if socket >= 0 { return (socket, boundPort) }
    if resolveError != 0 {
        let reason = String(cString: gai_strerror(resolveError))
        throw HTTPListenerError(
            code: .noSuchHost, message: "Cannot listen on \(host):\(port): the host has no address (\(reason)).")
    }
    switch systemError {
    case EADDRINUSE:
        throw HTTPListenerError(
            code: .portTaken,
            message: "Cannot listen on \(host):\(port): another program uses that port. Stop it or choose another port."
        )
    case EADDRNOTAVAIL:
        throw HTTPListenerError(
            code: .noSuchHost, message: "Cannot listen on \(host):\(port): that is no address of this machine.")
    case EACCES:
        throw HTTPListenerError(
            code: .refused,
            message: "Cannot listen on \(host):\(port): this user may not. Choose a port of 1024 or above.")
    default:
        throw HTTPListenerError(
            code: .refused, message: "Cannot listen on \(host):\(port): \(systemMessage(systemError)).")
    }
}

/// What the `errno` `code` means, in words.
func systemMessage(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
