import MetricModel

/// The queries that one caller may ask in five seconds.
struct GraphQuota: Sendable {
    static let window = Duration.seconds(5)

    private let limit: Int
    private var windows: [String: (end: Timestamp, left: Int)] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// What is left after a query.
    struct Left: Sendable {
        /// `nil` = it was one too many.
        let queries: Int?
        /// Whole seconds until the window ends, at least 1.
        let seconds: Int64

        /// The two headers of every answer.
        var headers: [(name: String, value: String)] {
            [
                ("x-ms-user-quota-remaining", String(queries ?? 0)),
                ("x-ms-user-quota-resets-after", "00:00:0\(seconds)"),
            ]
        }
    }

    /// Counts a query of `principal` at `now`.
    mutating func count(_ principal: String, at now: Timestamp) -> Left {
        var current = windows[principal] ?? (now + Self.window, limit)
        if current.end <= now { current = (now + Self.window, limit) }
        let isAllowed = current.left > 0
        if isAllowed { current.left -= 1 }
        windows[principal] = current
        let (seconds, fraction) = (current.end - now).components
        return Left(queries: isAllowed ? current.left : nil, seconds: seconds + (fraction > 0 ? 1 : 0))
    }
}
