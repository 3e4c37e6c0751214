import MetricModel

/// One time series of an answer.
struct SeriesAnswer: Sendable {
    /// Dimension names in lower case, values in their own.
    let dimensions: [(name: String, value: String)]
    /// One for each of the question's buckets; `nil` is a null.
    let folds: [SampleFold?]
    /// Of the whole span; `nil` = nothing but nulls.
    let whole: SampleFold?
    /// The points next to the window on both sides, if content is odd and there is something by now.
    let before: OddPoint?
    let after: OddPoint?
}

extension MetricsQuery {
    /// The series of `truth` that Azure shows at `now`, in the order in which it shows them, cut at `top`.
    func series(of truth: MetricTruth, now: Timestamp) -> [SeriesAnswer] {
        let dimensions = (filter?.dimensions ?? []).filter { !rolledUp.contains($0) }
        let indices = dimensions.compactMap { truth.index(ofDimension: $0) }
        let leaves = truth.leaves.filter { accepts($0, of: truth) }
        var order = hash(of: truth)
        var series = truth.groups(of: leaves, by: indices).map { group in
            answer(group, named: dimensions, of: truth, now: now)
        }
        series.removeAll { series in
            for dimension in series.dimensions { order.combine(dimension.value) }
            return series.whole == nil && (isMetadata || order.value % 3 == 0)
        }
        series = shuffled(series, by: hash(of: truth).value)
        if let key = self.order { series = sorted(series, by: key) }
        return filter == nil ? series : Array(series.prefix(top))
    }

    /// A series is there once it began, whatever it measured since.
    private func accepts(_ leaf: LeafSeries, of truth: MetricTruth) -> Bool {
        guard leaf.firstMinute < span.end.seconds / 60 else { return false }
        return (filter?.groups ?? []).allSatisfy { group in
            truth.index(ofDimension: group.dimension).map { group.accepts(leaf.values[$0]) } ?? true
        }
    }

    private func answer(
        _ group: MetricTruth.Group, named names: [String], of truth: MetricTruth, now: Timestamp
    ) -> SeriesAnswer {
        var whole: SampleFold?
        var folds: [SampleFold?] = []
        folds.reserveCapacity(buckets.times.count)
        for (start, end) in buckets.times {
            let fold = truth.fold(group.leaves, from: start, to: end, seenAt: now)
            folds.append(fold)
            guard let fold else { continue }
            if whole?.add(fold) == nil { whole = fold }
        }
        let width = interval.duration
        func beside(_ start: Timestamp?) -> OddPoint? {
            guard truth.odd.share > 0, let start, start + .seconds(60) <= now else { return nil }
            return OddPoint(
                start: start, fold: truth.fold(group.leaves, from: start, to: start + width, seenAt: now))
        }
        return SeriesAnswer(
            dimensions: zip(names, group.values).map { ($0, $1) }, folds: folds, whole: whole,
            before: beside(span.start - width), after: beside(buckets.times.last.map { $0.start + width }))
    }

    private func sorted(_ series: [SeriesAnswer], by order: SeriesOrder) -> [SeriesAnswer] {
        series.sorted { left, right in
            guard let first = left.whole?[order.aggregation] else { return false }
            guard let second = right.whole?[order.aggregation] else { return true }
            return order.isDescending ? first > second : first < second
        }
    }

    /// Decides what Azure leaves open for one metric of this answer: order, spelling, what is left out.
    func hash(of truth: MetricTruth) -> StableHash {
        var hash = truth.hash
        hash.combine(span.start.seconds)
        return hash
    }
}
