import Dispatch
import HTTPTransport
import MetricModel

/// Any bytes as the answer of a server, through the real client: an answer within its limits or an error in words.
enum HTTPTarget {
    private static let limit = 64 << 10
    private static let server = ByteServer()
    private static let client = CurlClient(userAgent: "azimuth-fuzz/1")

    @Sendable static func run(_ input: [UInt8]) {
        server.answer(with: input)
        let ended = DispatchSemaphore(value: 0)
        // libFuzzer waits for the answer here; the task cannot outlive this call.
        Task {
            await ask()
            ended.signal()
        }
        ended.wait()
    }

    private static func ask() async {
        let request = HTTPRequest(
            .get, "http://127.0.0.1:\(server.port)/", limits: HTTPLimits(total: .seconds(5), bodyBytes: limit))
        do throws(HTTPError) {
            let response = try await client.send(request)
            promise(response.body.count <= limit, "no body is larger than its limit: \(response.body.count)")
            promise((100...999).contains(response.status), "a status has three digits: \(response.status)")
            _ = (response.headers.date, response.headers.retryAfter(now: Timestamp(seconds: 1_700_000_000)))
        } catch {
            promise(!error.reason.isEmpty, "an error has words")
        }
    }
}
