/// What a listener does with a request; the context of the daemon's callbacks.
final class Service: Sendable {
    let maximumBodyBytes: Int
    /// Of a body that is too large: read to its end, so that the client gets to see the answer, but not without end.
    let mostBytesRead: Int
    let scheme: String
    let handler: @Sendable (ServedRequest) -> ServedResponse
    let waitingRoom = WaitingRoom()

    init(maximumBodyBytes: Int, scheme: String, handler: @escaping @Sendable (ServedRequest) -> ServedResponse) {
        self.maximumBodyBytes = maximumBodyBytes
        self.scheme = scheme
        let (twice, isBeyondInt) = maximumBodyBytes.multipliedReportingOverflow(by: 2)
        mostBytesRead = isBeyondInt ? .max : max(twice, 1 << 20)
        self.handler = handler
    }
}

/// A request that is still coming in. One thread of the daemon uses it, from the first line to the end of the answer.
final class PendingRequest {
    /// Path and query as sent.
    let target: String
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false
    /// The access callback comes once before the body, with nothing in it.
    var hasStarted = false
    /// What goes out once its delay is over.
    var delayed: ServedResponse?
    private var bytesRead = 0

    init(target: String) {
        self.target = target
    }

    /// The path, and the query behind the first question mark; both as sent.
    var pathAndQuery: (path: String, query: String) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, "") }
        return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
    }

    /// Keeps `bytes`, or drops everything once they are more than `limit` in all.
    ///
    /// - Returns: `false` when more than `mostBytesRead` have come and there is no use in reading to the end.
    func receive(_ bytes: UnsafeRawBufferPointer, limit: Int, mostBytesRead: Int) -> Bool {
        bytesRead += bytes.count
        if bytesRead <= limit {
            body.append(contentsOf: bytes)
        } else {
            isTooLarge = true
            body = []
        }
        return bytesRead <= mostBytesRead
    }
}
