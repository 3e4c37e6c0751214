import AzureMonitor
import MetricModel
import Planning

/// What was too much for one answer: calls for these pairs are kept small for a while, so that the same answer does not
/// come in for nothing every cycle.
struct AnswerSizes: Sendable {
    /// What there was too much of.
    enum Measure: Sendable {
        /// Bytes, which grow with buckets, names and resources.
        case points
        /// Series, whatever the buckets: names times resources.
        case cells

        func size(of call: MetricsCall) -> Int {
            switch self {
            case .points: call.pointCount
            case .cells: call.metricNames.count * call.resources.count
            }
        }
    }

    /// Some pairs of a strip, and how much a call that asks for one of them may ask for.
    private struct Limit {
        var slots: UInt64
        var measure: Measure
        var size: Int
        /// When it doubles, on the monotonic clock.
        var growsAt: Duration
    }

    /// After this time twice as much is tried.
    static let patience = Duration.seconds(3600)

    /// By strip. Few: most answers are small.
    private var limits: [Int: [Limit]] = [:]

    /// The answer to `call` was too large: from now on its pairs are asked for in calls like its `parts`.
    mutating func tooLarge(_ call: MetricsCall, parts: [MetricsCall], _ measure: Measure, at monotonicNow: Duration) {
        guard let size = parts.map(measure.size).max() else { return }
        for part in call.parts {
            forget(part.strip, part.slots, measure)
            limits[part.strip, default: []].append(
                Limit(slots: part.slots, measure: measure, size: size, growsAt: monotonicNow + Self.patience))
        }
    }

    /// Whether the answer to `call` would be too large by what is remembered of its pairs.
    func exceeds(_ call: MetricsCall) -> Bool {
        if limits.isEmpty { return false }
        return call.parts.contains { part in
            limits[part.strip]?.contains { $0.slots & part.slots != 0 && $0.measure.size(of: call) > $0.size } ?? false
        }
    }

    /// Doubles what has held for long enough; what no call reaches is forgotten.
    mutating func grow(at monotonicNow: Duration) {
        if limits.isEmpty { return }
        limits = limits.mapValues { limits in
            limits.compactMap { limit in
                guard limit.growsAt <= monotonicNow else { return limit }
                guard limit.size < CallPlanner.maximumPoints / 2 else { return nil }
                return Limit(
                    slots: limit.slots, measure: limit.measure, size: limit.size * 2,
                    growsAt: monotonicNow + Self.patience)
            }
        }.filter { !$0.value.isEmpty }
    }

    /// Forgets what is known of strips from `strip` on.
    mutating func forget(from strip: Int) { limits = limits.filter { $0.key < strip } }

    private mutating func forget(_ strip: Int, _ slots: UInt64, _ measure: Measure) {
        guard let known = limits[strip] else { return }
        limits[strip] = known.compactMap { limit in
            var limit = limit
            if limit.measure == measure { limit.slots &= ~slots }
            return limit.slots == 0 ? nil : limit
        }
    }
}

/// Making calls smaller.
extension ScrapeLoop {
    /// The parts to ask for in place of a call whose answer would be too large; `nil` when it would not, or when there are
    /// none.
    func smaller(_ call: MetricsCall) -> [MetricsCall]? {
        guard sizes.exceeds(call) else { return nil }
        let parts = divided(call)
        guard !parts.isEmpty else { return nil }
        // Nobody has refused this one.
        return parts.map { part in
            var part = part
            part.isHalf = call.isHalf
            return part
        }
    }

    /// What to ask for after an answer that was too large; empty when it cannot be divided.
    func parts(_ call: MetricsCall, after error: AzureError) -> [MetricsCall] {
        let measure = error.code == .tooManySeries ? AnswerSizes.Measure.cells : .points
        // A shorter time has the same series.
        let parts = measure == .cells && measure.size(of: call) == 1 ? [] : divided(call)
        sizes.tooLarge(call, parts: parts, measure, at: clock.monotonicNow)
        return parts
    }

    /// Halves of the resources, else of the names, else of the time. None when one bucket of one metric of one resource
    /// is left.
    private func divided(_ call: MetricsCall) -> [MetricsCall] {
        for halves in [call.halvesByResource, call.halvesByName] where !halves.isEmpty { return halves }
        let marks = call.parts.flatMap { part in part.slots.bitPositions.compactMap { book[part.strip].mark($0) } }
        return marks.min().map { call.dividedByTime(at: $0) } ?? []
    }
}
