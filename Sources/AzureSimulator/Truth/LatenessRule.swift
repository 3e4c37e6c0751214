import MetricModel

/// A share of the buckets that arrives in another way than usual. Series and bucket decide which, so that it is the same in
/// every call.
public struct LatenessRule: Sendable, Hashable {
    /// What becomes of such a bucket; each one takes a time from the range, in whole seconds.
    public enum Effect: Sendable, Hashable {
        /// Null until its final value, so long after its end.
        case late(ClosedRange<Int64>)
        /// Null, a false zero, then growing, as usual, but final so long after its end.
        case growing(ClosedRange<Int64>)
        /// Final as usual, and so long after that another value, which is the true one.
        case revised(ClosedRange<Int64>)
    }

    /// In any case; `nil` = every metric.
    public var metric: String?
    /// A part of the resource's id, in any case; `nil` = every resource.
    public var resource: String?
    /// 0 to 1. Shares of late and of growing buckets add up in their order; revisions are drawn apart from them.
    public var share: Double
    public var effect: Effect

    /// A rule, by default for every bucket of every metric.
    public init(metric: String? = nil, resource: String? = nil, share: Double = 1, effect: Effect) {
        self.metric = metric
        self.resource = resource
        self.share = share
        self.effect = effect
    }

    /// Whether it is about `metric` of the resource with this id.
    func isAbout(_ metric: SimulatedMetric, of id: String) -> Bool {
        (self.metric.map { $0.lowercased() == metric.name.lowercased() } ?? true)
            && (resource.map { id.lowercased().contains($0.lowercased()) } ?? true)
    }
}

extension LatenessRule {
    /// Reads a rule written like the query of a URL: `share=0.08&late=180-600`.
    ///
    /// | field | value |
    /// |---|---|
    /// | `late`, `growing` or `revised` | seconds, or a range of them, up to 30 days; one of the three is needed |
    /// | `share` | of the buckets, 0 to 1; by default all |
    /// | `metric` | by default every one |
    /// | `resource` | a part of the id; by default every one |
    /// - Throws: ``FaultTextError``, which says what is expected.
    public init(text: String) throws(FaultTextError) {
        self.init(effect: .late(0...0))
        var effects: [Effect] = []
        for (name, value) in Parameters(encoded: text).all {
            let seconds = Self.seconds(value)
            switch (name.lowercased(), seconds, Double(value)) {
            case ("metric", _, _): metric = value
            case ("resource", _, _): resource = value
            case ("share", _, let number?) where (0...1).contains(number): share = number
            case ("late", let seconds?, _): effects.append(.late(seconds))
            case ("growing", let seconds?, _): effects.append(.growing(seconds))
            case ("revised", let seconds?, _): effects.append(.revised(seconds))
            default:
                throw FaultTextError(
                    description:
                        "'\(name)=\(value)' is no part of a rule of lateness: expected metric, resource, share (0 "
                        + "to 1), and late, growing or revised (seconds such as 180 or 180-600, up to 30 days).")
            }
        }
        guard let effect = effects.first, effects.count == 1 else {
            throw FaultTextError(
                description: "A rule of lateness needs one of late, growing and revised, with seconds such as 180-600.")
        }
        self.effect = effect
    }

    private static func seconds(_ text: String) -> ClosedRange<Int64>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1], 0 <= first,
            first <= last, last <= 30 * 86_400
        else { return nil }
        return first...last
    }
}
