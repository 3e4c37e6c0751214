import MetricModel

/// A token for one audience. Its text shows only in the request.
struct AccessToken: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The value of the header `Authorization`.
    let authorization: String
    /// When it ends, on the monotonic clock.
    let expiresAt: Duration
    /// Half of its life: from then on a new one is asked for beside the requests.
    let renewAt: Duration

    /// A token that was asked for at `requestedAt` and lives for `lifetime` from then.
    init(_ token: String, requestedAt: Duration, lifetime: Duration) {
        authorization = "Bearer " + token
        expiresAt = requestedAt + lifetime
        renewAt = requestedAt + lifetime / 2
    }

    var description: String { "AccessToken(expiresAt: \(expiresAt))" }
    var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}
