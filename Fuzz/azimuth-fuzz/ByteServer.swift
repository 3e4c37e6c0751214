import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// A server on a free port of this machine that answers every request with the same bytes and closes.
final class ByteServer: Sendable {
    let port: UInt16
    private let answer: Lock<[UInt8]>

    init() {
        let answer = Lock<[UInt8]>([])
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutableBytes(of: &address) { bytes in
            guard let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(listener, name, size) == 0 && listen(listener, 8) == 0
                && getsockname(listener, name, &size) == 0
        }
        guard isReady else {
            print("cannot listen on 127.0.0.1")
            exit(1)
        }
        port = UInt16(bigEndian: address.sin_port)
        var thread = pthread_t()
        let start = Start(listener: listener, answer: answer)
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
    }

    /// From now on, these bytes.
    func answer(with bytes: [UInt8]) { answer.withLock { $0 = bytes } }

    /// What the server's thread is given.
    private final class Start {
        let listener: Int32
        let answer: Lock<[UInt8]>

        init(listener: Int32, answer: Lock<[UInt8]>) {
            self.listener = listener
            self.answer = answer
        }

        func serve() {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { continue }
                // The request is one segment on this machine.
                var request = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &request, request.count, 0)
                let bytes = answer.withLock(\.self)
                var sent = 0
                while sent < bytes.count {
                    let count = bytes[sent...].withUnsafeBytes {
                        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { break }
                    sent += count
                }
                // With the end of the bytes, before the connection goes: else what was sent may be thrown away unread.
                shutdown(connection, Int32(SHUT_WR))
                while recv(connection, &request, request.count, 0) > 0 {}
                close(connection)
            }
        }
    }
}
