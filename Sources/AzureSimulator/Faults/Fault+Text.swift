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
    /// | `answer` | a status, `slow`, `expired-tokens`, `html`, `empty`, `cut` or `huge`; needed |
    /// | `route` | an operation; by default every one |
    /// | `resource` | a part of an id, in path or body |
    /// | `metric` | a metric that is asked for |
    /// | `region`, `host` | the region that host or path names; a part of the `Host` header |
    /// | `from`, `until` | times, or seconds from now, by the simulator's clock |
    /// | `calls` | `3`, `3-5` or `3-` of those calls; by default all |
    /// | `chance`, `seed` | the share of them that is hit, 0 to 1, and which |
    /// | `times` | so many hits at most |
    /// | `retryAfter` | value of that header of a refusal; `date:30` = the date in 30 seconds |
    /// | `delay` | seconds of wall time, up to 3600, for `slow` |
    /// | `bytes` | of `huge`, up to 1 GiB; 64 MiB by default |
    /// | `name` | by default the text itself |
    public init(text: String) throws(FaultTextError) {
        self = try Self(Parameters(encoded: text), defaultName: text)
    }

    init(_ parameters: Parameters, defaultName: String) throws(FaultTextError) {
        var draft = Draft(Fault(defaultName, effect: .emptyBody))
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
        self = draft.fault
        effect = try draft.effect()
    }

    private struct Draft {
        var fault: Fault
        var answer: Answer?
        var retryAfter: String?
        var delay: Duration?
        var bytes: Int?

        enum Answer { case status(Int), slow, expiredTokens, html, empty, cut, huge }

        init(_ fault: Fault) { self.fault = fault }

        func effect() throws(FaultTextError) -> Effect {
            switch (answer, retryAfter, delay, bytes) {
            case (.status(let status), _, nil, nil): return .refusal(status: status, retryAfter: retryAfter)
            case (.slow, nil, let delay?, nil): return .delay(delay)
            case (.expiredTokens, nil, nil, nil): return .expiredTokens
            case (.html, nil, nil, nil): return .htmlPage
            case (.empty, nil, nil, nil): return .emptyBody
            case (.cut, nil, nil, nil): return .cutJSON
            case (.huge, nil, nil, _): return .hugeBody(bytes: bytes ?? 64 << 20)
            case (nil, _, _, _): throw FaultTextError(description: "The field 'answer' is missing.")
            default:
                throw FaultTextError(
                    description: "'retryAfter' goes with a status as 'answer', 'bytes' with 'huge', and 'delay' with "
                        + "'slow', which needs it.")
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
            draft.fault.name = text
            return !text.isEmpty
        },
        Field(name: "route", expected: "one of " + Route.names.sorted().joined(separator: ", ")) { text, draft in
            draft.fault.route = Route.names.first { $0.lowercased() == text.lowercased() }
            return draft.fault.route != nil
        },
        Field(name: "resource", expected: "a part of an id") { text, draft in
            draft.fault.resource = text
            return !text.isEmpty
        },
        Field(name: "metric", expected: "a metric's name") { text, draft in
            draft.fault.metric = text
            return !text.isEmpty
        },
        Field(name: "region", expected: "a region such as westeurope") { text, draft in
            draft.fault.region = text
            return !text.isEmpty
        },
        Field(name: "host", expected: "a part of a host's name") { text, draft in
            draft.fault.host = text
            return !text.isEmpty
        },
        Field(name: "from", expected: SimulatedMoment.expected) { text, draft in
            draft.fault.from = SimulatedMoment(text: text)
            return draft.fault.from != nil
        },
        Field(name: "until", expected: SimulatedMoment.expected) { text, draft in
            draft.fault.until = SimulatedMoment(text: text)
            return draft.fault.until != nil
        },
        Field(name: "calls", expected: "3, 3-5 or 3-, counted from 1") { text, draft in
            guard let calls = range(text) else { return false }
            draft.fault.calls = calls
            return true
        },
        Field(name: "chance", expected: "a share from 0 to 1") { text, draft in
            guard let chance = Double(text), (0...1).contains(chance) else { return false }
            draft.fault.chance = chance
            return true
        },
        Field(name: "seed", expected: "a whole number that is not negative") { text, draft in
            draft.fault.seed = UInt64(text) ?? 0
            return UInt64(text) != nil
        },
        Field(name: "times", expected: "a whole number from 1") { text, draft in
            draft.fault.times = Int(text) ?? 0
            return draft.fault.times > 0
        },
        Field(
            name: "answer",
            expected: "slow, expired-tokens, html, empty, cut, huge or one of the statuses "
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
        Field(name: "bytes", expected: "a whole number up to 1073741824") { text, draft in
            draft.bytes = Int(text)
            return draft.bytes.map { (0...(1 << 30)).contains($0) } ?? false
        },
    ]

    private static func answer(_ text: String) -> Draft.Answer? {
        switch text.lowercased() {
        case "slow": .slow
        case "expired-tokens": .expiredTokens
        case "html": .html
        case "empty": .empty
        case "cut": .cut
        case "huge": .huge
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
