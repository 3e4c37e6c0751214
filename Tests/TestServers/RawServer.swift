import Foundation
import MetricModel

/// A server that says whatever its script says, right or wrong, to one connection after the other.
package final class RawServer: Sendable {
    package let port: UInt16
    private let listener: Int32
    private let count = Lock(0)

    /// How many connections have been accepted.
    package var acceptedConnections: Int { count.withLock { $0 } }

    /// Runs `script` for each connection, each on a thread of its own; the connection closes when it returns.
    package init(_ script: @escaping @Sendable (RawConnection) -> Void) throws {
        let (listener, port) = try listeningSocket()
        self.listener = listener
        self.port = port
        let count = count
        Thread.detachNewThread {
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
                count.withLock { $0 += 1 }
                Thread.detachNewThread {
                    let connection = RawConnection(socket: socket)
                    script(connection)
                    connection.close()
                }
            }
            close(listener)
        }
    }

    /// A server that reads each request and answers with these bytes.
    package convenience init(answering bytes: [UInt8]) throws {
        try self.init { connection in
            guard connection.readRequest() != nil else { return }
            connection.write(bytes)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}

/// One accepted connection, in blocking calls.
package final class RawConnection: Sendable {
    private let socket: Int32
    private let isOpen = Lock(true)

    package init(socket: Int32) {
        self.socket = socket
    }

    /// The head of the next request, or nil when the client has closed.
    package func readRequest() -> String? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
            var byte: UInt8 = 0
            guard recv(socket, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// The next `count` bytes, or nil when the client has closed before.
    package func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let part = bytes[received...].withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            guard part > 0 else { return nil }
            received += part
        }
        return bytes
    }

    /// Writes all of `bytes`; false when the client has closed.
    @discardableResult package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Returns when the client has closed its side.
    package func waitForClose() {
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
    }

    /// Ends the connection with RST instead of FIN.
    package func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    package func close() {
        isOpen.withLock { isOpen in
            if isOpen { _ = Foundation.close(socket) }
            isOpen = false
        }
    }
}

package struct SocketError: Error {
    package let code: Int32
}

/// A socket that listens on a free port of 127.0.0.1.
package func listeningSocket() throws -> (socket: Int32, port: UInt16) {
    let (socket, port) = try boundSocket()
    guard listen(socket, 128) == 0 else { throw SocketError(code: errno) }
    return (socket, port)
}

/// A socket that has a free port of 127.0.0.1 to itself.
private func boundSocket() throws -> (socket: Int32, port: UInt16) {
    // Closed in children: one that inherited a connection would keep it open.
    let bound = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(bound, address, size) == 0 && getsockname(bound, address, &size) == 0 ? 0 : errno
        }
    }
    guard code == 0 else { throw SocketError(code: code) }
    return (bound, UInt16(bigEndian: address.sin_port))
}

/// A port of 127.0.0.1 on which nobody listens, and nobody else can, as long as this lives: other tests look for free ones.
package final class ClosedPort: Sendable {
    package let port: UInt16
    private let socket: Int32

    package init() throws {
        (socket, port) = try boundSocket()
    }

    deinit { Foundation.close(socket) }
}
