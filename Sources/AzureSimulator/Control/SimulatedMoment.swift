import MetricModel

/// When something begins or ends, by the simulator's clock.
public enum SimulatedMoment: Sendable, Hashable {
    case time(Timestamp)
    /// Counted from when it is switched on.
    case after(Duration)

    /// What ``init(text:)`` takes, for messages.
    static let expected = "a time such as 2031-02-03T04:05:06Z, or seconds from now up to a year"

    /// Reads an ISO 8601 time, or seconds from 0 up to a year; `nil` = it is neither.
    init?(text: String) {
        if let time = Timestamp(iso8601: text) {
            self = .time(time)
        } else if let seconds = Int64(text), (0...366 * 86_400).contains(seconds) {
            self = .after(.seconds(seconds))
        } else {
            return nil
        }
    }

    /// The time that it is, switched on at `now`.
    func time(from now: Timestamp) -> Timestamp {
        switch self {
        case .time(let time): time
        case .after(let duration): now + duration
        }
    }
}
