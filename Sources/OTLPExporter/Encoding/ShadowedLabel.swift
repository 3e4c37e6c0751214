import MetricModel

/// A label that another of the same name, but higher precedence, keeps off a metric's points.
public struct ShadowedLabel: Hashable, Sendable {
    /// The declared name of the metric.
    public let metric: String
    /// The name of the label.
    public let label: String
}

/// Collects what is shadowed, each label of each metric once.
final class ShadowedLabels: Sendable {
    private struct State {
        var known: Set<ShadowedLabel> = []
        var new: [ShadowedLabel] = []
    }

    private let state = Lock(State())

    func report(_ labels: [Label], in metric: MetricDescriptor) {
        state.withLock { state in
            for label in labels {
                let shadowed = ShadowedLabel(metric: metric.name, label: label.name)
                if state.known.insert(shadowed).inserted { state.new.append(shadowed) }
            }
        }
    }

    func take() -> [ShadowedLabel] {
        state.withLock { state in
            defer { state.new = [] }
            return state.new
        }
    }
}
