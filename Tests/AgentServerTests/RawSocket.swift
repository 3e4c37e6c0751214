import Foundation

/// A connection to this machine that sends any bytes. A read that takes ten seconds ends it.
final class RawSocket: Sendable {
    private let descriptor: Int32

    init(port: UInt16, isIPv6: Bool = false) throws {
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard (isIPv6 ? connectIPv6(port) : connectIPv4(port)) == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    func readToEnd() -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += buffer[..<count]
        }
    }

    private func connectIPv4(_ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return connectTo(&address)
    }

    private func connectIPv6(_ port: UInt16) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        address.sin6_port = port.bigEndian
        return connectTo(&address)
    }

    private func connectTo<Address>(_ address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// An answer as it came over the wire.
struct RawAnswer: CustomStringConvertible {
    let status: Int
    let headers: [String]
    let body: String
    let description: String

    init(_ text: String) {
        description = text
        let parts = text.components(separatedBy: "\r\n\r\n")
        headers = parts[0].components(separatedBy: "\r\n")
        status = Int(headers[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    subscript(name: String) -> String? {
        headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    static func exchange(
        port: UInt16, isIPv6: Bool = false, _ method: String, _ target: String, headers: [String] = [],
        body: String = ""
    ) throws -> RawAnswer {
        let socket = try RawSocket(port: port, isIPv6: isIPv6)
        let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + headers + length
        socket.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return RawAnswer(socket.readToEnd())
    }
}
