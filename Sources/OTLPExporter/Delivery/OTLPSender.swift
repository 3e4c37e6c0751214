import HTTPTransport
import MetricModel

/// Sends one row to one receiver and reads its answer.
struct OTLPSender: Sendable {
    private let settings: OTLPSettings
    private let headers: [(name: String, value: String)]
    private let client: any HTTPClient

    /// - Parameter version: Of this program, for `User-Agent`.
    init(_ settings: OTLPSettings, client: any HTTPClient, version: String) {
        self.settings = settings
        self.client = client
        let agent = "OTel-OTLP-Exporter-Swift/" + version
        let named = settings.headers.contains { $0.name.lowercased() == "user-agent" }
        headers = settings.headers + (named ? [] : [("User-Agent", agent)])
    }

    /// - Throws: `CancellationError` when the task is cancelled: nobody knows then whether the row arrived.
    func send(_ row: EncodedBatch, clock: any AgentClock) async throws -> OTLPAnswer {
        let request = HTTPRequest(
            .post, settings.endpoint, headers: headers(for: row), body: row.body,
            limits: HTTPLimits(total: settings.timeout, bodyBytes: OTLPAnswer.maximumBodyBytes), tls: settings.tls)
        do throws(HTTPError) {
            let response = try await client.send(request)
            return OTLPAnswer(
                response, points: row.pointCount, retryStatus: settings.retryStatus, now: clock.systemNow
            ).redacted(settings.headers)
        } catch {
            if Task.isCancelled { throw CancellationError() }
            return OTLPAnswer(error, retryStatus: settings.retryStatus, now: clock.systemNow).redacted(settings.headers)
        }
    }

    private func headers(for row: EncodedBatch) -> [(name: String, value: String)] {
        let encoding = row.isCompressed ? [(name: "Content-Encoding", value: "gzip")] : []
        return [("Content-Type", "application/x-protobuf")] + encoding + headers
    }
}
