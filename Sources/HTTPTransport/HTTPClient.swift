/// The one seam to the network for everything that asks.
public protocol HTTPClient: Sendable {
    /// Sends `request` and returns the whole answer, whatever its status. Redirects are not followed.
    ///
    /// Cancelling the task frees the connection at once.
    /// - Throws: ``HTTPError`` when there was no whole answer.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
