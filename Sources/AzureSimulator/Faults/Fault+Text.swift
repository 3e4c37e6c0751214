import MetricModel

/// Why a text is no fault.
public struct FaultTextError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String
}

extension Fault {
    /// Reads a fault written like the query of a URL: `route=token&calls=1-2&answer=429&retryAfter=2`.
    ///
    /// | field | value |
    /// |---|---|
    /// | `answer` | a status, `slow` or `expired-tokens`; needed |
    /// | `route` | an operation; by default every one |
    /// | `calls` | `3`, `3-5` or `3-`; by default all |
    /// | `retryAfter` | value of that header of a refusal |
    /// | `delay` | seconds of wall time, up to 3600, for `slow` |
    /// | `name` | by default the text itself |
    public init(text: String) throws(FaultTextError) {
        self = try Self(Parameters(encoded: text), defaultName: text)
    }

    init(_ parameters: Parameters, defaultName: String) throws(FaultTextError) {
        var draft = Draft()
        for (name, value) in parameters.all {
            guard let field = Self.fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                let known = Self.fields.map(\.name).joined(separator: ", ")
                throw FaultTextError(description: "A fault has no field '\(name)': known are \(known).")
            }
            guard field.read(value, &draft) else {
                throw FaultTextError(
                    description: "The value '\(value)' is not valid for '\(field.name)': expected \(field.expected).")
            }
        }
        self.init(
            draft.name ?? defaultName, route: draft.route, calls: draft.calls, effect: try draft.effect())
    }

    private struct Draft {
        var name: String?
        var route: String?
        var calls = 1...Int.max
        var answer: Answer?
        var retryAfter: String?
        var delay: Duration?

        enum Answer { case status(Int), slow, expiredTokens }

        func effect() throws(FaultTextError) -> Effect {
            switch (answer, retryAfter, delay) {
            case (.status(let status), _, nil): return .refusal(status: status, retryAfter: retryAfter)
            case (.slow, nil, let delay?): return .delay(delay)
            case (.expiredTokens, nil, nil): return .expiredTokens
            case (nil, _, _): throw FaultTextError(description: "The field 'answer' is missing.")
            default:
                throw FaultTextError(
                    description: "'retryAfter' goes with a status as 'answer', and 'delay' with 'slow', which needs it."
                )
            }
        }
    }

    /// A field of the text; a further way to choose calls, or another effect, is a row more.
    private struct Field: Sendable {
        let name: String
        let expected: String
        /// Takes over the value, unless it is not valid.
        let read: @Sendable (String, inout Draft) -> Bool
    }

    private static let fields = [
        Field(name: "name", expected: "a name") { text, draft in
            draft.name = text
            return !text.isEmpty
        },
        Field(name: "route", expected: "one of " + Route.names.sorted().joined(separator: ", ")) { text, draft in
            draft.route = Route.names.first { $0.lowercased() == text.lowercased() }
            return draft.route != nil
        },
        Field(name: "calls", expected: "3, 3-5 or 3-, counted from 1") { text, draft in
            guard let calls = range(text) else { return false }
            draft.calls = calls
            return true
        },
        Field(
            name: "answer",
            expected: "slow, expired-tokens or one of the statuses "
                + Refusals.statuses.map(String.init).joined(separator: ", ")
        ) { text, draft in
            draft.answer = answer(text)
            return draft.answer != nil
        },
        Field(name: "retryAfter", expected: "the value of a header") { text, draft in
            draft.retryAfter = text
            return text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        },
        Field(name: "delay", expected: "seconds up to 3600") { text, draft in
            guard let seconds = Double(text), (0...3600).contains(seconds) else { return false }
            draft.delay = .seconds(seconds)
            return true
        },
    ]

    private static func answer(_ text: String) -> Draft.Answer? {
        switch text.lowercased() {
        case "slow": .slow
        case "expired-tokens": .expiredTokens
        default: Int(text).flatMap { Refusals.statuses.contains($0) ? .status($0) : nil }
        }
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ Int($0) }), first > 0 else { return nil }
        if parts.count == 1 { return first...first }
        guard parts.count == 2 else { return nil }
        if parts[1].isEmpty { return first...Int.max }
        guard let last = Int(parts[1]), last >= first else { return nil }
        return first...last
    }
}
