import MetricModel

extension SimulatedAzure {
    /// See ``AzureSimulator/truth(resource:metric:dimensions:aggregation:grain:bucketStart:)``.
    func truth(
        resource: String, metric: String, dimensions: [String: String], aggregation: String, grain: TimeGrain,
        bucketStart: Timestamp
    ) -> Double? {
        guard let (truth, leaves) = series(resource, metric, dimensions),
            let aggregation = StoredAggregation(word: aggregation)
        else { return nil }
        return truth.finalValue(of: leaves, aggregation: aggregation, grain: grain, bucketStart: bucketStart)
    }

    /// See ``AzureSimulator/buckets(resource:metric:dimensions:aggregation:grain:from:to:)``.
    func buckets(
        resource: String, metric: String, dimensions: [String: String], aggregation: String, grain: TimeGrain,
        from start: Timestamp, to end: Timestamp
    ) -> [TrueBucket] {
        guard let (truth, leaves) = series(resource, metric, dimensions),
            let aggregation = StoredAggregation(word: aggregation)
        else { return [] }
        return truth.buckets(of: leaves, aggregation: aggregation, grain: grain, from: start, to: end)
    }

    /// The leaves of a metric that have these values; `nil` = there is no such metric or dimension.
    private func series(
        _ resource: String, _ metric: String, _ dimensions: [String: String]
    ) -> (MetricTruth, [LeafSeries])? {
        guard let truth = entry(resource)?.metric(metric) else { return nil }
        var leaves = truth.leaves
        for (name, value) in dimensions {
            guard let index = truth.index(ofDimension: name) else { return nil }
            leaves.removeAll { $0.values[index].lowercased() != value.lowercased() }
        }
        return (truth, leaves)
    }

    /// See ``AzureSimulator/seriesOf(resource:metric:splitBy:)``.
    func seriesOf(resource: String, metric: String, splitBy names: [String]) -> [[String: String]] {
        guard let truth = entry(resource)?.metric(metric) else { return [] }
        let indices = names.compactMap { truth.index(ofDimension: $0) }
        guard indices.count == names.count else { return [] }
        return truth.groups(of: truth.leaves, by: indices).map { group in
            var series: [String: String] = [:]
            for (index, value) in zip(indices, group.values) { series[truth.metric.dimensions[index].name] = value }
            return series
        }
    }
}
