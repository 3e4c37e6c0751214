import Foundation
import MetricModel
import TestServers

/// Stands between the agent and Azure and hands bytes on, to know which calls are under way; sometimes it breaks a connection.
final class AzureRelay: Sendable {
    private struct State {
        var dice: Dice
        /// Connections on which a request was sent and no byte of its answer came yet.
        var waiting: Set<Int> = []
        var connections = 0
        var broken = 0
    }

    let port: UInt16
    private let listener: Int32
    private let state: Lock<State>

    /// - Parameters:
    ///   - upstream: Azure's port on this machine.
    ///   - breaks: The share of requests at which the connection is reset instead, 0 to 1.
    init(upstream: UInt16, seed: UInt64, breaks: Double) throws {
        let (listener, port) = try listeningSocket()
        let state = Lock(State(dice: Dice(seed: seed, stream: 2)))
        (self.listener, self.port, self.state) = (listener, port, state)
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                // Closed in children: an agent that inherited it would keep it open.
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { Self.serve(client, upstream, breaks, state) }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Calls that Azure has got and not begun to answer, now.
    var callsInFlight: Int { state.withLock { $0.waiting.count } }

    /// Connections that were reset so far.
    var brokenCount: Int { state.withLock { $0.broken } }

    private static func serve(_ client: Int32, _ upstream: UInt16, _ breaks: Double, _ state: Lock<State>) {
        guard let azure = connectedSocket(to: upstream) else {
            close(client)
            return
        }
        let number = state.withLock { state in
            state.connections += 1
            return state.connections
        }
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            forward(from: azure, to: client) { state.withLock { _ = $0.waiting.remove(number) } }
            isDone.signal()
        }
        forward(from: client, to: azure) {
            let isBroken = state.withLock { state in
                // The rest of a request that has begun is not thrown for again.
                guard state.waiting.insert(number).inserted, state.dice.hits(breaks) else { return false }
                state.broken += 1
                return true
            }
            if isBroken { reset(client) }
        }
        isDone.wait()
        state.withLock { _ = $0.waiting.remove(number) }
        close(client)
        close(azure)
    }

    /// Until one side ends; then the other is told.
    private static func forward(from source: Int32, to target: Int32, onBytes: () -> Void) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        reading: while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            onBytes()
            var sent = 0
            while sent < count {
                let part = buffer[sent..<count].withUnsafeBytes {
                    send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard part > 0 else { break reading }
                sent += part
            }
        }
        // Both, so that the other direction ends too: half-open connections are of no use here.
        shutdown(target, Int32(SHUT_RDWR))
        shutdown(source, Int32(SHUT_RDWR))
    }

    /// RST instead of FIN once it is closed; until then nothing comes through any more.
    private static func reset(_ socket: Int32) {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RD))
    }

    private static func connectedSocket(to port: UInt16) -> Int32? {
        let connected = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connected, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(connected)
            return nil
        }
        return connected
    }
}
