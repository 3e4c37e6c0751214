/// The longest that a length of time may be. What the agent computes with stays far from the ends of its clock.
struct DurationLimit: Sendable {
    let longest: Duration
    private let reason: String

    /// 93 days: there is nothing older to read or to wait for.
    static let history = DurationLimit(longest: .seconds(93 * 86_400), reason: "Azure Monitor keeps 93 days")
    /// One hour, for a request.
    static let request = DurationLimit(longest: .seconds(3600), reason: "a request may take 1 hour at most")

    /// What to say when `reading`, the value of the key `name`, is longer.
    func excess(of reading: DurationText, name: String) -> (message: String, fix: String)? {
        guard reading.duration > longest else { return nil }
        var fix = "write \(longest.timeSpan) or less"
        if let trap = reading.trap, trap.meant <= longest { fix += "; \(trap.spelling)" }
        return ("`\(name)` is \(reading.duration.words), but \(reason)", fix)
    }
}
