/// A moment in UTC, in nanoseconds since 1970-01-01T00:00:00Z. Azure's own times are whole seconds.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
    public var nanosecondsSince1970: Int64

    /// A moment `nanosecondsSince1970` nanoseconds after the epoch.
    public init(nanosecondsSince1970: Int64) {
        self.nanosecondsSince1970 = nanosecondsSince1970
    }

    /// A moment `seconds` whole seconds after the epoch.
    public init(seconds: Int64) {
        nanosecondsSince1970 = seconds * 1_000_000_000
    }

    /// Whole seconds since the epoch, rounded towards the past.
    public var seconds: Int64 {
        floorDivision(nanosecondsSince1970, 1_000_000_000)
    }

    /// The start of the grain that holds this moment, counted from the epoch in UTC.
    public func floored(to grain: TimeGrain) -> Timestamp {
        Timestamp(seconds: floorDivision(seconds, grain.seconds) * grain.seconds)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanosecondsSince1970 < right.nanosecondsSince1970
    }

    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(nanosecondsSince1970: left.nanosecondsSince1970 + right.wholeNanoseconds)
    }

    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(nanosecondsSince1970: left.nanosecondsSince1970 - right.wholeNanoseconds)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanosecondsSince1970 - right.nanosecondsSince1970)
    }
}

/// Division that rounds towards minus infinity, so that times before 1970 floor like those after.
private func floorDivision(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}

extension Duration {
    /// The length in nanoseconds; what is shorter is cut off. Holds for ±292 years.
    public var wholeNanoseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }

    /// The length in seconds, with a fraction.
    public var secondsAsDouble: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
