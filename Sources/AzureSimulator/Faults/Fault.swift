/// One line of the fault script: which calls are hit, and what they get.
public struct Fault: Sendable, Hashable {
    /// What becomes of a call that is hit.
    public enum Effect: Sendable, Hashable {
        /// An error in the words of the service that was called, instead of its answer.
        /// - Parameter retryAfter: The header's value as it is, right or wrong; `nil` = no such header.
        case refusal(status: Int, retryAfter: String? = nil)
        /// The ordinary answer, after this much wall time.
        case delay(Duration)
        /// Every token issued so far ends now, whatever was promised for it; then the ordinary answer, which is a 401.
        case expiredTokens
    }

    /// Under which it is listed and removed. Another fault of the same name takes its place.
    public var name: String
    /// The operation, as the journal names it; `nil` = every one of Azure's.
    public var route: String?
    /// Which of the calls that it is about are hit, counted from 1 since it was switched on.
    public var calls: ClosedRange<Int>
    public var effect: Effect

    /// A fault that is not switched on yet; by default it hits every call.
    public init(_ name: String, route: String? = nil, calls: ClosedRange<Int> = 1...Int.max, effect: Effect) {
        self.name = name
        self.route = route
        self.calls = calls
        self.effect = effect
    }

    /// What a fault can choose by.
    struct Call: Sendable {
        let route: String
    }

    /// Whether `call` is one of those that are counted.
    func isAbout(_ call: Call) -> Bool { route == nil || route == call.route }
}
