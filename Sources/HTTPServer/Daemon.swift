import CMicroHTTPD

/// A running libmicrohttpd daemon and the service its callbacks reach.
///
/// `@unchecked Sendable` is safe because both pointers never change and `stop` is called once, under a lock.
struct Daemon: @unchecked Sendable {
    private let daemon: OpaquePointer
    private let service: Unmanaged<Service>

    /// Takes over `socket`, which is closed again when this fails; `errno` then tells why.
    init?(socket: Int32, tls: ServerCertificate?, sendsDate: Bool, threads: Int, service: Service) {
        let retained = Unmanaged.passRetained(service)
        func start(_ certificate: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?) -> OpaquePointer? {
            var options = azimuth_mhd_options(
                socket: socket,
                threads: UInt32(clamping: max(threads, 1)),
                connection_limit: 512,
                idle_seconds: 30,
                sends_date: sendsDate,
                certificate: certificate,
                key: key,
                context: retained.toOpaque(),
                on_target: requestStarted,
                on_access: requestContinued,
                on_completed: requestEnded)
            return azimuth_mhd_start(&options)
        }
        var started: OpaquePointer?
        if let tls {
            started = tls.chain.withCString { chain in tls.key.withCString { start(chain, $0) } }
        } else {
            started = start(nil, nil)
        }
        guard let daemon = started else {
            retained.release()
            return nil
        }
        self.daemon = daemon
        self.service = retained
    }

    /// Joins the daemon's threads, then lets go of the service. Nobody waits for a delay any more.
    func stop() {
        service.takeUnretainedValue().waitingRoom.close()
        MHD_stop_daemon(daemon)
        service.release()
    }
}
