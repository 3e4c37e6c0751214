/// One line of the fault script: which calls are hit, and what they get.
public struct Fault: Sendable, Hashable {
    /// What becomes of a call that is hit.
    public enum Effect: Sendable, Hashable {
        /// An error in the words of the service that was called, instead of its answer.
        /// - Parameter retryAfter: The header's value as it is, right or wrong; `date:SECONDS` = as a date, so far from
        ///   now; `nil` = no such header.
        case refusal(status: Int, retryAfter: String? = nil)
        /// The ordinary answer, after this much wall time.
        case delay(Duration)
        /// Every token issued so far ends now, whatever was promised for it; then the ordinary answer, which is a 401.
        case expiredTokens
        /// 502 with a page for people, from something in between.
        case htmlPage
        /// 200 without a body.
        case emptyBody
        /// 200 with the first half of the ordinary answer, whose length is right: JSON that ends too early.
        case cutJSON
        /// The ordinary answer behind this many blanks, which JSON allows. With gzip it is small on the wire.
        case hugeBody(bytes: Int)
    }

    /// Under which it is listed and removed. Another fault of the same name takes its place.
    public var name: String
    /// The operation, as the journal names it; `nil` = every one of Azure's.
    public var route: String?
    /// A part of a resource's id, in any case, that stands in the path or in the body; `nil` = any.
    public var resource: String?
    /// A metric, in any case, that the call asks for by name; `nil` = any.
    public var metric: String?
    /// The region that host or path names, in any case; `nil` = any, and none.
    public var region: String?
    /// A part of the `Host` header, in any case; `nil` = any.
    public var host: String?
    /// The simulator's time at which it begins; `nil` = at once.
    public var from: SimulatedMoment?
    /// The simulator's time before which it ends; `nil` = never.
    public var until: SimulatedMoment?
    /// Which of the calls that it is about are hit, counted from 1 since it was switched on.
    public var calls: ClosedRange<Int>
    /// The share of these that are hit, 0 to 1; name, seed and number of the call decide which.
    public var chance = 1.0
    public var seed: UInt64 = 0
    /// So many are hit at most.
    public var times = Int.max
    public var effect: Effect

    /// A fault that is not switched on yet; by default it hits every call.
    public init(_ name: String, route: String? = nil, calls: ClosedRange<Int> = 1...Int.max, effect: Effect) {
        self.name = name
        self.route = route
        self.calls = calls
        self.effect = effect
    }

    /// Whether it hits call number `number` of those that it is about.
    func hits(_ number: Int) -> Bool {
        guard calls.contains(number) else { return false }
        return chance >= 1 || fraction(StableHash.of(seed: seed, name, String(number))) < chance
    }
}
