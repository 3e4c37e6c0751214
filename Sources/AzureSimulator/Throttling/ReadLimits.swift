/// How many calls Azure takes before it refuses.
public struct ReadLimits: Sendable, Hashable {
    /// A bucket of calls that fills up again.
    public struct Bucket: Sendable, Hashable {
        /// Calls in a full one.
        public var capacity: Double
        /// Calls that come back in a second; more than 0.
        public var perSecond: Double

        public init(capacity: Double, perSecond: Double) {
            self.capacity = capacity
            self.perSecond = perSecond
        }
    }

    /// How reads of a subscription by way of Azure Resource Manager are counted.
    public enum Scheme: Sendable, Hashable {
        /// Since 2024: one bucket for each principal, and one for all of them, by subscription and region of the front end.
        case buckets(principal: Bucket, all: Bucket)
        /// Until 2024: so many in an hour for each principal.
        case hourly(Int)
        /// Nothing is refused or counted, and no header says what is left.
        case unlimited
    }

    public var scheme: Scheme
    /// getBatch calls a second of a subscription in a region, beyond which it answers 529; `nil` = any number.
    public var batchesPerSecond: Double?

    public init(scheme: Scheme, batchesPerSecond: Double? = nil) {
        self.scheme = scheme
        self.batchesPerSecond = batchesPerSecond
    }

    /// As Azure is: 250 and 25 a second for a principal, fifteen times that for all, and no known limit of getBatch.
    public static let azure = ReadLimits(
        scheme: .buckets(
            principal: Bucket(capacity: 250, perSecond: 25), all: Bucket(capacity: 3750, perSecond: 375)))
    /// Nothing is refused.
    public static let none = ReadLimits(scheme: .unlimited)
}

/// Why a text says no limits.
public struct ReadLimitsTextError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String
}

extension ReadLimits {
    /// Reads limits written like the query of a URL; what is not named is as in ``azure``.
    ///
    /// | field | value |
    /// |---|---|
    /// | `reads`, `refill` | the bucket of a principal: calls, and calls a second |
    /// | `globalReads`, `globalRefill` | the bucket of all of them |
    /// | `hourly` | calls in an hour, instead of buckets |
    /// | `off` | without a value: nothing is counted, instead of buckets |
    /// | `batch` | getBatch calls a second |
    public init(text: String) throws(ReadLimitsTextError) {
        self = try Self(Parameters(encoded: text))
    }

    init(_ parameters: Parameters) throws(ReadLimitsTextError) {
        var values: [String: Double] = [:]
        for (name, text) in parameters.all {
            guard let known = Self.fields.first(where: { $0.lowercased() == name.lowercased() }) else {
                let known = Self.fields.joined(separator: ", ")
                throw ReadLimitsTextError(description: "Limits have no field '\(name)': known are \(known).")
            }
            // `off` has no value: any number would do for it.
            let value = known == "off" ? (text.isEmpty ? 1 : nil) : Double(text)
            guard let value, Self.range.contains(value)
            else {
                throw ReadLimitsTextError(
                    description: "The value '\(text)' is not valid for '\(known)': expected a number from "
                        + "\(Self.range.lowerBound) to \(Self.range.upperBound), and none for 'off'.")
            }
            values[known] = value
        }
        let buckets = ["reads", "refill", "globalReads", "globalRefill"].filter { values[$0] != nil }
        guard [!buckets.isEmpty, values["hourly"] != nil, values["off"] != nil].filter({ $0 }).count <= 1 else {
            throw ReadLimitsTextError(description: "Buckets, 'hourly' and 'off' exclude each other: name one of them.")
        }
        if values["off"] != nil {
            self.init(scheme: .unlimited, batchesPerSecond: values["batch"])
        } else if let hourly = values["hourly"] {
            self.init(scheme: .hourly(Int(hourly)), batchesPerSecond: values["batch"])
        } else {
            let principal = Bucket(capacity: values["reads"] ?? 250, perSecond: values["refill"] ?? 25)
            let all = Bucket(capacity: values["globalReads"] ?? 3750, perSecond: values["globalRefill"] ?? 375)
            self.init(scheme: .buckets(principal: principal, all: all), batchesPerSecond: values["batch"])
        }
    }

    private static let fields = ["reads", "refill", "globalReads", "globalRefill", "hourly", "off", "batch"]
    private static let range = 0.001...1e9
}
