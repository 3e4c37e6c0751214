import Foundation
import MetricModel
import TestServers

/// What a collector got, as it was on the wire.
struct WireRequest: Sendable {
    var head: String
    var body: [UInt8]

    var line: String { head.components(separatedBy: "\r\n").first ?? "" }

    /// The values of a header, whatever its case.
    func values(_ name: String) -> [String] {
        head.components(separatedBy: "\r\n").dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                return nil
            }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
    }
}

/// A collector on a socket of its own, which answers its requests by a script, right or wrong.
final class ScriptedCollector: Sendable {
    /// What happens to a request whose head has come.
    enum Reaction: Sendable {
        /// Reads the body, answers, and waits for the next request.
        case answer(String, body: [UInt8] = [])
        /// Answers before the body is read, reads the body and closes.
        case early(String)
        /// Closes, or resets, without reading the body.
        case close
        case reset
        /// Reads so many bytes of the body, then resets.
        case resetWithin(Int)
        /// Reads the body, writes this, and closes.
        case cutOff(String)
        /// Reads the body, writes this, and waits until the client gives up.
        case stall(String)
        /// Answers, then closes the connection although it said that it would stay.
        case answerAndHangUp(String)
    }

    private let server: RawServer
    private let requests: Lock<[WireRequest]>

    /// `script` gets the number of the request, counted from 0.
    init(_ script: @escaping @Sendable (_ number: Int, _ request: WireRequest) -> Reaction) throws {
        let requests = Lock<[WireRequest]>([])
        self.requests = requests
        server = try RawServer { connection in
            while let head = connection.readRequest() {
                var request = WireRequest(head: head, body: [])
                let length = request.values("Content-Length").first.flatMap { Int($0) } ?? 0
                let reaction = script(requests.withLock { $0.count }, request)
                let index = requests.withLock { all in
                    all.append(request)
                    return all.count - 1
                }
                guard let wanted = reaction.bodyRead(of: length) else {
                    reaction.before(connection)
                    return
                }
                if case .early = reaction { reaction.before(connection) }
                guard let body = connection.read(wanted) else { return }
                request.body = body
                let whole = request
                requests.withLock { $0[index] = whole }
                guard reaction.after(connection) else { return }
            }
        }
    }

    /// The first requests are met with these, all others taken.
    convenience init(_ reactions: [Reaction]) throws {
        try self.init { number, _ in number < reactions.count ? reactions[number] : .taken }
    }

    var port: UInt16 { server.port }
    var received: [WireRequest] { requests.withLock { $0 } }
    var acceptedConnections: Int { server.acceptedConnections }
}

extension ScriptedCollector.Reaction {
    static let taken = Self.answer("200 OK")

    /// `nil` = none of it is read.
    fileprivate func bodyRead(of length: Int) -> Int? {
        switch self {
        case .close, .reset: nil
        case .resetWithin(let count): min(count, length)
        default: length
        }
    }

    fileprivate func before(_ connection: RawConnection) {
        switch self {
        case .reset: connection.reset()
        case .early(let head): connection.write("HTTP/1.1 \(head)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        default: break
        }
    }

    /// Returns whether the connection stays open.
    fileprivate func after(_ connection: RawConnection) -> Bool {
        switch self {
        case .answer(let head, let body):
            return connection.write(Array("HTTP/1.1 \(head)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
        case .answerAndHangUp(let head): connection.write("HTTP/1.1 \(head)\r\nContent-Length: 0\r\n\r\n")
        case .cutOff(let text): connection.write(text)
        case .stall(let text):
            connection.write(text)
            connection.waitForClose()
        case .resetWithin: connection.reset()
        case .early, .close, .reset: break
        }
        return false
    }
}
