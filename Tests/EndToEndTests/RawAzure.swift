import Foundation
import HTTPServer
import MetricModel
import TestServers

@testable import AzureSimulator

/// The simulated Azure behind a raw socket: requests that no fault is about get Azure's answer, byte for byte as it should
/// be; the others get whatever the script writes.
final class RawAzure: LocalServer {
    /// Writes broken bytes, or nothing. The connection closes afterwards.
    typealias Script = @Sendable (RawConnection) -> Void

    private let server: RawServer
    private let faulty = Lock(0)

    /// How many requests met the fault, those for definitions not counted: how often they are tried is another matter.
    var faultCount: Int { faulty.withLock { $0 } }

    /// - Parameter isHit: Which requests meet `script`.
    init(where isHit: @escaping @Sendable (ServedRequest) -> Bool, _ script: @escaping Script) throws {
        let azure = SimulatedAzure(options: SimulatorOptions(), clock: SystemClock())
        server = try RawServer { [faulty] connection in
            while let request = connection.readServedRequest() {
                if isHit(request) {
                    if !request.path.hasSuffix("/metricDefinitions") { faulty.withLock { $0 += 1 } }
                    return script(connection)
                }
                guard connection.write(azure.answer(request).bytes) else { return }
            }
        }
    }

    var baseURL: String { "http://127.0.0.1:\(server.port)" }
}

extension RawConnection {
    /// The next request with its body, or nil when the client has closed.
    func readServedRequest() -> ServedRequest? {
        guard let head = readRequest() else { return nil }
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        var request = ServedRequest(
            method: String(words[0]), path: target[0], query: target.count > 1 ? target[1] : "", headers: headers)
        guard let body = read(Int(request.header("Content-Length") ?? "0") ?? 0) else { return nil }
        request.body = body
        return request
    }
}

extension ServedResponse {
    /// As it goes over the wire.
    fileprivate var bytes: [UInt8] {
        let fields = headers + [("Content-Length", "\(body.count)")]
        let head = "HTTP/1.1 \(status) Answer\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + body
    }
}
