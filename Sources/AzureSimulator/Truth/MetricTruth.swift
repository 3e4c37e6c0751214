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

    /// - Parameters:
    ///   - start: When the estate came to be; series that appear late count from here.
    ///   - delay: From the end of a minute to its final value.
    init(_ metric: SimulatedMetric, of resource: SimulatedResource, seed: UInt64, start: Timestamp, delay: Duration) {
        self.metric = metric
        self.delay = delay
        var combinations: [[DimensionValue]] = [[]]
        for dimension in metric.dimensions {
            let values = resource.values(of: dimension)
            combinations = combinations.flatMap { head in values.map { head + [$0] } }
        }
        leaves = combinations.map { values in
            var hash = StableHash(seed: seed)
            hash.combine(resource.id)
            hash.combine(metric.name)
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
    func fold(_ leaves: [LeafSeries], from start: Timestamp, to end: Timestamp, seenAt now: Timestamp?) -> SampleFold? {
        let lateness = Lateness(now: now, delay: delay)
        let firstOpenMinute = lateness.firstOpenMinute
        let shape = metric.shape
        var result: SampleFold?
        for leaf in leaves where !leaf.isIdle {
            var minute = max(start.seconds / 60, leaf.firstMinute)
            while minute < end.seconds / 60 {
                let arrived = minute < firstOpenMinute ? 1 : lateness.arrived(ofMinute: minute)
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
