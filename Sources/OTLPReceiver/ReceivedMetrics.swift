import Gzip
import HTTPServer
import MetricModel

/// The receiver without its socket: from a request to an answer, and what was kept.
final class ReceivedMetrics: Sendable {
    private struct State {
        var points: [ReceivedPoint] = []
        var counters = ReceivedCounters()
    }

    private let keepsPoints: Bool
    private let maximumPoints: Int
    private let maximumBodyBytes: Int
    private let state = Lock(State())

    init(keepsPoints: Bool, maximumPoints: Int, maximumBodyBytes: Int) {
        self.keepsPoints = keepsPoints
        self.maximumPoints = maximumPoints
        self.maximumBodyBytes = maximumBodyBytes
    }

    func points() -> [ReceivedPoint] { state.withLock { $0.points } }

    func drainPoints() -> [ReceivedPoint] {
        state.withLock { state in
            defer { state.points = [] }
            return state.points
        }
    }

    var counters: ReceivedCounters { state.withLock { $0.counters } }

    /// Takes one request. Status codes are those of the OpenTelemetry collector.
    func answer(_ request: ServedRequest) -> ServedResponse {
        let response = answerUncounted(request)
        state.withLock { state in
            state.counters.requests += 1
            state.counters.bytes += request.body.count
            if response.status != 200 { state.counters.refusedRequests += 1 }
        }
        return response
    }

    private func answerUncounted(_ request: ServedRequest) -> ServedResponse {
        guard request.path == "/v1/metrics" else { return OTLPAnswers.plain(404, "404 page not found") }
        guard request.method == "POST" else {
            return OTLPAnswers.plain(405, "405 method not allowed, supported: [POST]", headers: [("Allow", "POST")])
        }
        let type = request.header("Content-Type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/x-protobuf" else {
            return OTLPAnswers.plain(415, "415 unsupported media type, supported: [application/x-protobuf]")
        }
        do throws(MetricsDecoder.Failure) {
            return keep(try MetricsDecoder.decode(try body(of: request)))
        } catch {
            return OTLPAnswers.failure(400, error.message)
        }
    }

    private func body(of request: ServedRequest) throws(MetricsDecoder.Failure) -> [UInt8] {
        switch request.header("Content-Encoding")?.lowercased() ?? "identity" {
        case "identity", "": return request.body
        case "gzip":
            do throws(GzipError) {
                return try Gzip.decompress(request.body, limit: maximumBodyBytes)
            } catch {
                throw MetricsDecoder.Failure(message: error.description)
            }
        case let encoding: throw MetricsDecoder.Failure(message: "unsupported Content-Encoding \(encoding)")
        }
    }

    private func keep(_ decoded: DecodedRequest) -> ServedResponse {
        let hasRoom = state.withLock { state in
            if keepsPoints {
                guard state.points.count + decoded.points.count <= maximumPoints else { return false }
                state.points += decoded.points
            }
            state.counters.points += decoded.points.count
            state.counters.otherMetrics += decoded.otherMetrics
            state.counters.pointsWithoutValue += decoded.pointsWithoutValue
            return true
        }
        guard hasRoom else { return OTLPAnswers.failure(503, code: 14, "no room for further points") }
        let notes =
            [
                (decoded.otherMetrics, "metrics that are neither gauge nor sum"),
                (decoded.pointsWithoutValue, "points without a value"),
            ]
            .filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1) were not kept" }
        return OTLPAnswers.accepted(
            rejected: decoded.pointsWithoutValue, warning: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
