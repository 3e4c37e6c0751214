import MetricModel

/// One combination of all dimension values of a metric: the finest series there is.
struct LeafSeries: Sendable {
    /// In the order of the metric's dimensions.
    let values: [String]
    /// Decides every sample.
    let hash: UInt64
    /// Never has a value.
    let isIdle: Bool
    /// The first minute since 1970 that can have a value.
    let firstMinute: Int64
}

/// A metric of one resource: all its series, and their values at any time.
struct MetricTruth: Sendable {
    let metric: SimulatedMetric
    let leaves: [LeafSeries]
    let delay: Duration
    /// What it shows besides values, and how.
    let odd: OddContent
    /// Of the seed, the resource and the metric.
    let hash: StableHash
    /// Buckets that arrive otherwise.
    var rules: [LatenessRule] = []
    /// When the resource exists.
    var lifetime = Lifetime.always

    /// - Parameters:
    ///   - hash: Of the seed and the resource's id.
    ///   - start: When the estate came to be; series that appear late count from here.
    ///   - delay: From the end of a minute to its final value.
    ///   - oddShare: How often content is odd where it can be.
    init(
        _ metric: SimulatedMetric, of resource: SimulatedResource, hash: StableHash, start: Timestamp, delay: Duration,
        oddShare: Double = 0
    ) {
        self.metric = metric
        self.delay = delay
        var base = hash
        base.combine(metric.name)
        self.hash = base
        odd = OddContent(share: oddShare, hash: base.value)
        guard !metric.dimensions.isEmpty else {
            leaves = [LeafSeries(values: [], hash: base.value, isIdle: resource.isStopped, firstMinute: .min)]
            return
        }
        var combinations: [[DimensionValue]] = [[]]
        for dimension in metric.dimensions {
            let values = resource.values(of: dimension)
            combinations = combinations.flatMap { head in values.map { head + [$0] } }
        }
        leaves = combinations.map { values in
            var hash = base
            for value in values { hash.combine(value.value) }
            let delays = values.compactMap(\.appearsAfter)
            return LeafSeries(
                values: values.map(\.value), hash: hash.value,
                isIdle: resource.isStopped || values.contains(where: \.isIdle),
                firstMinute: delays.max().map { (start + $0).seconds / 60 } ?? .min)
        }
    }

    /// Position of the dimension `name`, in any case.
    func index(ofDimension name: some StringProtocol) -> Int? {
        let name = name.lowercased()
        return metric.dimensions.firstIndex { $0.name.lowercased() == name }
    }

    /// The leaves of one visible series: what is not split by is folded together.
    struct Group: Sendable {
        /// In the order of the dimensions it was split by.
        let values: [String]
        var leaves: [LeafSeries]
    }

    /// `leaves`, put together by their values in `dimensions`, in the order of their first appearance.
    func groups(of leaves: [LeafSeries], by dimensions: [Int]) -> [Group] {
        guard !dimensions.isEmpty else { return leaves.isEmpty ? [] : [Group(values: [], leaves: leaves)] }
        var positions: [[String]: Int] = [:]
        var groups: [Group] = []
        for leaf in leaves {
            let values = dimensions.map { leaf.values[$0] }
            if let position = positions[values] {
                groups[position].leaves.append(leaf)
            } else {
                positions[values] = groups.count
                groups.append(Group(values: values, leaves: [leaf]))
            }
        }
        return groups
    }

    /// What the store shows at `now` of `leaves` from `start` until `end`, both whole minutes; `nil` = nothing.
    /// - Parameter now: `nil` = long after everything is final, and still kept.
    func fold(_ leaves: [LeafSeries], from start: Timestamp, to end: Timestamp, seenAt now: Timestamp?) -> SampleFold? {
        guard let now else { return fold(leaves, from: start, to: end, Lateness(now: nil, delay: delay)) }
        // What is older than Azure keeps reads as if nothing had been measured.
        guard start >= (now - MetricsTimespan.longest).floored(to: .oneMinute) else { return nil }
        guard !rules.isEmpty else { return fold(leaves, from: start, to: end, Lateness(now: now, delay: delay)) }
        let arrival = arrival(of: leaves, from: start, to: end)
        let sinceFinal = now - end - arrival.delay
        var lateness = Lateness(now: now, delay: arrival.delay)
        if sinceFinal >= .zero {
            let isBeforeRevision = arrival.revisedAfter.map { sinceFinal < $0 } ?? false
            lateness = Lateness(
                now: nil, delay: .zero, finalShare: isBeforeRevision ? BucketArrival.shareBeforeRevision : 1)
        } else if arrival.isNullBefore {
            return nil
        }
        return fold(leaves, from: start, to: end, lateness)
    }

    private func fold(
        _ leaves: [LeafSeries], from start: Timestamp, to end: Timestamp, _ lateness: Lateness
    ) -> SampleFold? {
        let firstOpenMinute = lateness.firstOpenMinute
        let shape = metric.shape
        let (first, last) = (lifetime.minutes.lowerBound, min(end.seconds / 60, lifetime.minutes.upperBound))
        var result: SampleFold?
        for leaf in leaves where !leaf.isIdle {
            var minute = max(start.seconds / 60, leaf.firstMinute, first)
            while minute < last {
                let arrived = minute < firstOpenMinute ? lateness.finalShare : lateness.arrived(ofMinute: minute)
                if let arrived, let samples = shape.samples(series: leaf.hash, minute: minute, arrived: arrived),
                    result?.add(samples) == nil
                {
                    result = samples
                }
                minute += 1
            }
        }
        return result
    }

    /// The final value, or `nil` when Azure never has one: not stored, a grain it does not offer, or no samples.
    func finalValue(
        of leaves: [LeafSeries], aggregation: StoredAggregation, grain: TimeGrain, bucketStart: Timestamp
    ) -> Double? {
        guard metric.stored.contains(aggregation), metric.grains.contains(grain) else { return nil }
        return fold(leaves, from: bucketStart, to: bucketStart + grain.duration, seenAt: nil)?[aggregation]
    }
}
