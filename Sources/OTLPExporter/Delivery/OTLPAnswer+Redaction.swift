import MetricModel

extension OTLPAnswer {
    /// Without the values of `headers`, should the receiver have repeated them in its words.
    func redacted(_ headers: [(name: String, value: String)]) -> OTLPAnswer {
        // `Bearer abc`: the receiver may repeat the second word alone. Short words are none that must be hidden.
        let secrets = headers.flatMap { [$0.value] + $0.value.split(separator: " ").map(String.init) }
            .filter { $0.utf8.count >= 8 }
        func clean(_ text: String) -> String { secrets.reduce(text) { $0.replacing($1, by: "***") } }
        return switch self {
        case .accepted(let rejected, let message): .accepted(rejected: rejected, message: message.map(clean))
        case .acceptedUnreadable: .acceptedUnreadable
        case .tryAgain(let after, let reason): .tryAgain(after: after, reason: clean(reason))
        case .unfit(let reason): .unfit(reason: clean(reason))
        case .refused(let reason): .refused(reason: clean(reason))
        case .notWelcome(let reason): .notWelcome(reason: clean(reason))
        }
    }
}
