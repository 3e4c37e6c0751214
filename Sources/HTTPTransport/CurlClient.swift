import CCurl
import MetricModel

/// The client that talks to the network: libcurl, with one thread for all transfers.
///
/// Connections are kept open and shared. Where a TLS server offers HTTP/2, it is used for requests without a body.
/// Answers come compressed with gzip if the server can. The proxy variables that libcurl knows (`http_proxy`,
/// `HTTPS_PROXY`, `NO_PROXY`, …) hold, except for hosts on this machine; names below `.localhost` mean 127.0.0.1. A
/// request that finds its kept-alive connection dead, before any byte of an answer, goes out once more on a new one.
public final class CurlClient: HTTPClient {
    private let inbox: Inbox

    /// A client of its own, with its own connections.
    ///
    /// - Parameters:
    ///   - userAgent: Sent with every request.
    ///   - maxConnectionsPerHost: Further requests wait; the wait counts towards `HTTPLimits.total`.
    ///   - largeBodyBytes: What all bodies that come in at a time may take together, the first 4 MiB of each not counted.
    public init(userAgent: String, maxConnectionsPerHost: Int = 8, largeBodyBytes: Int = 48 << 20) {
        inbox = Inbox()
        EventLoop.start(
            userAgent: userAgent, maxConnectionsPerHost: maxConnectionsPerHost, largeBodyBytes: largeBodyBytes,
            inbox: inbox)
    }

    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let endpoint = try request.checkedEndpoint()
        let id = inbox.nextID()
        defer { inbox.forget(id) }
        let outcome = Lock<Result<HTTPResponse, HTTPError>>(
            .failure(HTTPError(.cancelled, endpoint: endpoint.description, reason: Inbox.cancellation)))
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.post(
                    Job(id: id, request: request, endpoint: endpoint, outcome: outcome, continuation: continuation))
            }
        } onCancel: {
            inbox.cancel(id)
        }
        return try outcome.withLock(\.self).get()
    }

    /// Ends the thread and closes all connections; what is under way, and every later request, fails with `.cancelled`.
    ///
    /// Returns at once. Happens by itself when the client is let go.
    public func shutdown() {
        inbox.close(reason: "the HTTP client was shut down")
    }

    deinit { shutdown() }
}
