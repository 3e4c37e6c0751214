import MetricModel

/// One question to Azure Monitor.
public struct MetricsCall: Sendable, Hashable {
    /// What the call is about, in the caller's terms.
    public struct Part: Sendable, Hashable {
        /// The caller's number of (metric, block of resources).
        public var strip: Int
        /// Position in ``MetricsCall/metricNames``.
        public var metric: Int
        /// Which of the block's resources, one bit each.
        public var slots: UInt64
        /// The caller's number of the resource in each slot.
        public var resources: [Int]
    }

    public var feed: Feed
    /// 1 to 50 of the caller's numbers, each once; exactly one on the route ``CallRoute/single``.
    public var resources: [Int]
    /// 1 to 20 names, each once.
    public var metricNames: [String]
    /// All that any of its parts needs.
    public var aggregations: AggregationSet
    /// Grain-aligned, end exclusive.
    public var window: Range<Timestamp>
    public var parts: [Part]
    /// Whether a larger call was refused before.
    public var isHalf = false

    /// The number of pairs (metric, resource) that it serves.
    public var pairCount: Int { parts.reduce(0) { $0 + $1.slots.nonzeroBitCount } }

    /// Buckets times names times resources.
    public var pointCount: Int {
        Int((window.upperBound.seconds - window.lowerBound.seconds) / feed.grain.seconds) * metricNames.count
            * resources.count
    }

    /// What is new from `mark` on, and apart from it what is looked at again; of either alone only the older half, because
    /// the rest is asked for next (rule T10). None for a single bucket.
    public func dividedByTime(at mark: Timestamp) -> [MetricsCall] {
        let grain = feed.grain.seconds
        let count = (window.upperBound.seconds - window.lowerBound.seconds) / grain
        let windows: [Range<Timestamp>]
        if window.lowerBound < mark, mark < window.upperBound {
            windows = [mark..<window.upperBound, window.lowerBound..<mark]
        } else if count > 1 {
            windows = [window.lowerBound..<Timestamp(seconds: window.lowerBound.seconds + count / 2 * grain)]
        } else {
            windows = []
        }
        return windows.map { window in
            var call = self
            call.window = window
            call.isHalf = true
            return call
        }
    }

    /// Two calls that ask for half of the resources each; none for a single one.
    public var halvesByResource: [MetricsCall] {
        guard resources.count > 1 else { return [] }
        let middle = resources.count / 2
        return [resources[..<middle], resources[middle...]].compactMap { half in
            let kept = Set(half)
            return with(parts.compactMap { $0.only { kept.contains($0) } }, resources: Array(half))
        }
    }

    /// Two calls that ask for half of the metrics each; none for a single one.
    public var halvesByName: [MetricsCall] {
        guard metricNames.count > 1 else { return [] }
        let middle = metricNames.count / 2
        return [0..<middle, middle..<metricNames.count].compactMap { half in
            var call = with(parts.filter { half.contains($0.metric) }, resources: resources)
            call?.metricNames = Array(metricNames[half])
            for index in call?.parts.indices ?? 0..<0 { call?.parts[index].metric -= half.lowerBound }
            return call
        }
    }

    private func with(_ parts: [Part], resources: [Int]) -> MetricsCall? {
        guard !parts.isEmpty else { return nil }
        var call = self
        call.parts = parts
        call.resources = resources
        call.isHalf = true
        return call
    }
}

extension MetricsCall.Part {
    /// Its slots whose resource `isMember`; `nil` when there is none.
    func only(_ isMember: (Int) -> Bool) -> MetricsCall.Part? {
        var part = self
        for slot in slots.bitPositions where !isMember(resources[slot]) { part.slots &= ~(1 << UInt64(slot)) }
        return part.slots == 0 ? nil : part
    }
}

extension UInt64 {
    /// The numbers of its set bits, rising.
    public var bitPositions: BitPositions { BitPositions(bits: self) }
}

/// The set bits of a number, lowest first.
public struct BitPositions: Sequence, IteratorProtocol, Sendable {
    fileprivate var bits: UInt64

    public mutating func next() -> Int? {
        guard bits != 0 else { return nil }
        defer { bits &= bits - 1 }
        return bits.trailingZeroBitCount
    }
}
