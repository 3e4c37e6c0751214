import MetricModel

/// Handing decided points over.
extension ScrapeLoop {
    private func batch(of decided: [ScrapeRound.Decided]) -> MetricBatch {
        var batch = MetricBatch()
        var positions: [Int: Int] = [:]
        for entry in decided where !entry.points.points.isEmpty {
            let resource = resourceOfPair[entry.pair]
            if let position = positions[resource] {
                batch.resources[position].metrics.append(entry.points)
            } else {
                positions[resource] = batch.resources.count
                batch.resources.append(ResourceMetrics(resource: resources[resource], metrics: [entry.points]))
            }
        }
        return batch
    }

    /// Hands the decided points over and moves the marks with them.
    /// - Returns: false when the outbox had no room; nothing moved then.
    func commit(_ round: inout ScrapeRound, report: inout CycleReport) async -> Bool {
        let decided = round.takeDecided()
        let batch = batch(of: decided)
        do {
            if batch.pointCount > 0, try await !outbox.take(batch) {
                report.isHeldBack = true
                return false
            }
        } catch {
            for entry in decided where !entry.points.points.isEmpty {
                fail(
                    entry.pair, "The points could not be encoded: \(error). They are decided again in the next cycle.",
                    round: &round, report: &report)
            }
            return true
        }
        for entry in decided {
            pairs[entry.pair].ledger = entry.ledger
            count(entry.points, report: &report)
        }
        return true
    }

    private func count(_ points: MetricPoints, report: inout CycleReport) {
        guard let newest = points.points.map(\.bucketStart).max() else { return }
        report.pointCount += points.points.count
        report.pointsByMetric[points.metric.name, default: 0] += points.points.count
        let end = newest + points.metric.grain.duration
        report.newestBucketEnd = max(report.newestBucketEnd ?? end, end)
    }
}
