import COTLP
import HTTPTransport
import MetricModel

/// What became of one request, as far as its answer, or the lack of one, tells.
public enum OTLPAnswer: Hashable, Sendable {
    /// Any 2xx. The receiver did not take `rejected` of the points; they must not be sent again.
    case accepted(rejected: Int, message: String?)
    /// Accepted, but the body of the answer is cut off, too late, too large, damaged or no OTLP. It could only have said
    /// that some points were not taken; to send them all again would double the others.
    case acceptedUnreadable
    /// Overloaded, unreachable or cut off: the same bytes again, no earlier than the server asks.
    case tryAgain(after: Duration?, reason: String)
    /// 400 or 413: something in these bytes, or their number, is refused. Parts of them may be taken.
    case unfit(reason: String)
    /// These bytes are refused, and must not be sent again once the receiver is known to take others.
    case refused(reason: String)
    /// Wrong address or credentials, as it seems: nothing is wrong with these bytes.
    case notWelcome(reason: String)

    /// Whether the row was taken: it must not be sent again.
    var isFinal: Bool {
        switch self {
        case .accepted, .acceptedUnreadable: true
        case .tryAgain, .unfit, .refused, .notWelcome: false
        }
    }
}

extension OTLPAnswer {
    /// Bytes of an answer that are read, after decompression: the specification's 4 MiB.
    static let maximumBodyBytes = 4 << 20

    private static let retryable: Set<Int> = [429, 502, 503, 504]
    private static let divisible: Set<Int> = [400, 413]
    private static let misplaced: Set<Int> = [401, 403, 404, 405, 415]

    /// Reads an answer to a request with `points` points.
    /// - Parameters:
    ///   - retryStatus: Further statuses that ask to try again.
    ///   - now: The system clock, where the answer says no date of its own.
    init(_ response: HTTPResponse, points: Int, retryStatus: Set<Int> = [], now: Timestamp) {
        if (200..<300).contains(response.status) {
            self = Self.accepted(response.body, points: points)
        } else {
            let reason = StatusBody.reason(of: response)
            self = Self.failure(
                status: response.status, retryStatus, headers: response.headers, reason: reason, now: now)
        }
    }

    /// Reads the lack of a whole answer. Where only the body is missing, the status decides: it is the receiver's word.
    /// - Parameters: As above.
    init(_ error: HTTPError, retryStatus: Set<Int> = [], now: Timestamp) {
        guard let status = error.status else {
            self = .tryAgain(after: nil, reason: error.description)
            return
        }
        guard !(200..<300).contains(status) else {
            self = .acceptedUnreadable
            return
        }
        let reason = "status \(status); \(error.description)"
        self = Self.failure(status: status, retryStatus, headers: error.headers, reason: reason, now: now)
    }

    /// What a status that is no success means.
    private static func failure(
        status: Int, _ retryStatus: Set<Int>, headers: HTTPHeaders, reason: String, now: Timestamp
    ) -> OTLPAnswer {
        switch status {
        case _ where retryable.contains(status) || retryStatus.contains(status):
            return .tryAgain(after: headers.retryAfter(now: now), reason: reason)
        case 300..<400:
            // Not followed: a redirect may carry the credentials elsewhere.
            let location = headers["Location"].map { " to " + OTLPEndpoint.display($0) } ?? ""
            return .notWelcome(reason: "status \(status), redirected\(location)")
        case _ where divisible.contains(status): return .unfit(reason: reason)
        case _ where misplaced.contains(status): return .notWelcome(reason: reason)
        default: return .refused(reason: reason)
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
