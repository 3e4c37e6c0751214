import HTTPServer
import MetricModel
import TestServers
import OTLPReceiver
import Testing

/// Something that listens on this machine as long as it is held.
protocol LocalServer: Sendable {
    /// Scheme, host and port.
    var baseURL: String { get }
}

/// A collector that keeps what it gets.
final class Recorder: LocalServer {
    private let receiver: OTLPReceiver

    let baseURL: String

    /// - Parameter tls: Whom it claims to be; `nil` = plain HTTP.
    init(tls: ServerCertificate? = nil) throws {
        receiver = try OTLPReceiver(tls: tls)
        baseURL = "\(tls == nil ? "http" : "https")://127.0.0.1:\(receiver.port)"
    }

    /// Points by metric.
    var received: [String: Int] {
        receiver.points().reduce(into: [:]) { $0[$1.metricName, default: 0] += 1 }
    }

    /// A point with all its labels, as it came.
    struct Point: Hashable {
        var labels: [String: String]
        var start: Timestamp
        var end: Timestamp
        var value: Double
    }

    /// What came, by metric. A label that came twice has both values.
    var points: [String: [Point]] {
        receiver.points().reduce(into: [:]) { points, point in
            let labels = Dictionary(point.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0) + \($1)" })
            points[point.metricName, default: []].append(
                Point(labels: labels, start: point.startTime, end: point.time, value: point.value))
        }
    }
}

/// A collector that answers everything alike.
final class Refuser: LocalServer {
    private let listener: HTTPListener
    private let requests = Lock(0)

    init(_ answer: ServedResponse) throws {
        listener = try HTTPListener { [requests] _ in
            requests.withLock { $0 += 1 }
            return answer
        }
    }

    var baseURL: String { "http://127.0.0.1:\(listener.port)" }
    var requestCount: Int { requests.withLock { $0 } }
}

/// A port at which nobody listens: it was free and is closed again.
struct NoServer: LocalServer {
    private let closed: ClosedPort

    init() throws { closed = try ClosedPort() }

    var baseURL: String { "http://127.0.0.1:\(closed.port)" }
}
