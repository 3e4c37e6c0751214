/// What is counted, in buckets or points.
public enum CounterName: String, Hashable, Sendable, CaseIterable {
    /// Delivered: the receiver took it.
    case accepted
    /// Not taken by a receiver that took the rest of the request.
    case rejected
    /// Of rows that are not sent, or not sent again.
    case dropped
    /// Too old to be asked for.
    case skipped
    /// Empty for good.
    case absent
    /// Sent after the lateness limit.
    case late
    /// Azure changed its mind after the bucket was sent.
    case revised
    /// In no cumulative sum, because the total was lost.
    case gap
}

/// One counter; it outlives the process.
public struct CounterKey: Hashable, Sendable {
    public var name: CounterName
    /// `nil` when it concerns all.
    public var destination: String?
    /// In words, for counters that are told apart by it.
    public var reason: String?

    public init(_ name: CounterName, destination: String? = nil, reason: String? = nil) {
        self.name = name
        self.destination = destination
        self.reason = reason
    }
}
