import COTLP
import HTTPTransport
import MetricModel

/// What became of one request, as far as its answer, or the lack of one, tells.
public enum OTLPAnswer: Hashable, Sendable {
    /// Any 2xx. The receiver did not take `rejected` of the points; they must not be sent again.
    case accepted(rejected: Int, message: String?)
    /// Accepted, but the body of the answer could not be read.
    case acceptedUnreadable
    /// Overloaded, unreachable or cut off: the same bytes again, no earlier than the server asks.
    case tryAgain(after: Duration?, reason: String)
    /// These bytes are refused, and must not be sent again once the receiver is known to take others.
    case refused(reason: String)
    /// Wrong address or credentials, as it seems: nothing is wrong with these bytes.
    case notWelcome(reason: String)
    /// There was an answer, but too large or too damaged to read; the data may have been stored. It is not sent again.
    case unknown(reason: String)
}

extension OTLPAnswer {
    /// Bytes of an answer that are read, after decompression: the specification's 4 MiB.
    static let maximumBodyBytes = 4 << 20

    private static let retryable: Set<Int> = [429, 502, 503, 504]
    private static let misplaced: Set<Int> = [401, 403, 404, 405, 415]

    /// Reads an answer to a request with `points` points.
    /// - Parameter now: The system clock, where the answer says no date of its own.
    init(_ response: HTTPResponse, points: Int, now: Timestamp) {
        let status = response.status
        switch status {
        case 200..<300:
            self = Self.accepted(response.body, points: points)
        case _ where Self.retryable.contains(status):
            let date = response.headers["Date"].flatMap(HTTPDate.parse)
            let after = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: date ?? now) }
            self = .tryAgain(after: after, reason: StatusBody.reason(of: response))
        case 300..<400:
            // Not followed: a redirect may carry the credentials elsewhere.
            let location = response.headers["Location"].map { " to " + OTLPEndpoint.display($0) } ?? ""
            self = .notWelcome(reason: "status \(status), redirected\(location)")
        case _ where Self.misplaced.contains(status):
            self = .notWelcome(reason: StatusBody.reason(of: response))
        default:
            self = .refused(reason: StatusBody.reason(of: response))
        }
    }

    /// Reads the lack of an answer.
    init(_ error: HTTPError) {
        switch error.code {
        case .bodyTooLarge, .damagedBody: self = .unknown(reason: error.description)
        case .cancelled, .unresolved, .unreachable, .tls, .timedOut, .interrupted, .badRequest:
            self = .tryAgain(after: nil, reason: error.description)
        }
    }

    private static func accepted(_ body: HTTPBody, points: Int) -> OTLPAnswer {
        body.withUnsafeBytes { bytes in
            guard
                let response = otlp__export_metrics_service_response__unpack(
                    nil, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
            else { return .acceptedUnreadable }
            defer { otlp__export_metrics_service_response__free_unpacked(response, nil) }
            guard let partial = response.pointee.partial_success else { return .accepted(rejected: 0, message: nil) }
            let rejected = min(max(0, Int(partial.pointee.rejected_data_points)), points)
            let message = partial.pointee.error_message.map { StatusBody.printable(String(cString: $0)) } ?? ""
            return .accepted(rejected: rejected, message: message.isEmpty ? nil : message)
        }
    }
}
