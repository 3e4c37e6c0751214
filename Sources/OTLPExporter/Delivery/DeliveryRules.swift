import MetricModel

/// Is the row bad, or the receiver? One rule decides: does the receiver take anything else?
///
/// Pure: told what became of the row that was sent last, it says what to do. Rows go in their order; only to answer
/// that question is the second row sent before the first.
struct DeliveryRules {
    /// Which row of the queue.
    enum Row: Equatable {
        case head
        case next
    }

    /// What becomes of rows, and when the next request goes out.
    enum Step: Equatable {
        /// Send `row` now.
        case send(Row)
        /// The row was taken; go on.
        case delivered(Row)
        /// The row is not sent again; go on.
        case drop(Row, reason: String)
        /// The next row was taken, and the refused head is given up.
        case deliveredNextDropHead(reason: String)
        /// Nothing is lost; the head goes out again after the delay.
        case retry(after: Duration, reason: String)
        /// As `retry`: the receiver refuses everything, or there is nothing else to try it with.
        case hold(after: Duration, reason: String)
    }

    let backoff: Backoff
    /// Refused probes of the head before the next row is tried.
    static let probesBeforeNext = 10
    /// How often the next row must be taken while the head is refused, before the head is given up.
    static let alternations = 3

    /// Failures in a row, of either kind, since something was taken.
    private var failures = 0
    /// Why the head was refused last.
    private var refusal: String?
    /// The head was found not to be the only row refused, or its refusal does not speak of its bytes.
    private var isHolding = false
    private var probes = 0
    private var takenOthers = 0
    private var row = Row.head

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// The row to send now.
    var current: Row { row }

    /// Decides about an answer to the current row.
    /// - Parameters:
    ///   - hasNext: Whether a second row waits behind the head.
    ///   - random: From 0 up to, but not including, 1.
    mutating func decide(_ answer: OTLPAnswer, hasNext: Bool, random: Double) -> Step {
        switch answer {
        case .accepted, .acceptedUnreadable: return taken()
        case .unknown(let reason): return given(reason)
        case .tryAgain(let after, let reason):
            row = .head
            defer { failures += 1 }
            return .retry(after: backoff.delay(attempt: failures, retryAfter: after, random: random), reason: reason)
        case .refused(let reason): return refused(reason, speaksOfBytes: true, hasNext: hasNext)
        case .notWelcome(let reason): return refused(reason, speaksOfBytes: false, hasNext: hasNext)
        }
    }

    private mutating func taken() -> Step {
        failures = 0
        guard row == .next, let reason = refusal else {
            forgetHead()
            return .delivered(.head)
        }
        takenOthers += 1
        if isHolding, takenOthers < Self.alternations {
            row = .head
            return .delivered(.next)
        }
        forgetHead()
        return .deliveredNextDropHead(reason: reason)
    }

    /// The current row is done with, but says nothing about the receiver.
    private mutating func given(_ reason: String) -> Step {
        let dropped = row
        if dropped == .head { forgetHead() } else { row = .head }
        return .drop(dropped, reason: reason)
    }

    private mutating func refused(_ reason: String, speaksOfBytes: Bool, hasNext: Bool) -> Step {
        if row == .next {
            // Neither was taken: it is the receiver.
            row = .head
            isHolding = true
            probes = 0
            takenOthers = 0
            return hold(reason)
        }
        refusal = reason
        if !speaksOfBytes { isHolding = true }
        probes += 1
        // Once the next row was taken, a head that is refused again leads to the next row at once.
        let mayTryNext = !isHolding || takenOthers > 0 || probes >= Self.probesBeforeNext
        if mayTryNext, hasNext {
            row = .next
            return .send(.next)
        }
        return hold(reason)
    }

    private mutating func hold(_ reason: String) -> Step {
        defer { failures += 1 }
        return .hold(after: backoff.bound(failures), reason: reason)
    }

    private mutating func forgetHead() {
        row = .head
        refusal = nil
        isHolding = false
        probes = 0
        takenOthers = 0
    }
}
