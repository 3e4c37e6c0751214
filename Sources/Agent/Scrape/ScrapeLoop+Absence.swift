import MetricModel
import Planning
import Settlement

/// Resources that are gone although they are declared (rule T12).
extension ScrapeLoop {
    /// Azure Resource Manager said that the resource of `call` does not exist. When it has said nothing else for as long as
    /// an empty bucket may fill, the series end: the collector is told, once, in the step that keeps the ledger.
    func noteAbsence(of call: MetricsCall, round: inout ScrapeRound, report: inout CycleReport) {
        var (endedCount, skippedCount) = (0, 0)
        for part in call.parts {
            let strip = table.strips[part.strip]
            let overlap = strip.reading.rules.overlap
            for slot in part.slots.bitPositions
            where troubles.absent(part.strip, slot, for: overlap, at: clock.monotonicNow) {
                var ledger = round.ledgers[part.strip] ?? book[part.strip]
                guard let ending = ledger.endSeries(slot, at: source.now, times: strip.reading.times) else { continue }
                round.ledgers[part.strip] = ledger
                if let marker = ending.marker, let unit = unit(of: part.strip) {
                    round.add(
                        marker, view: strip.view, metric: strip.reading.descriptor, unit: unit,
                        resource: table.member(part.strip, slot))
                }
                guard strip.view == 0 else { continue }
                endedCount += 1
                skippedCount += ending.skippedCount
            }
        }
        guard endedCount > 0, let part = call.parts.first else { return }
        round.counts.skipped += skippedCount
        let name = table.name(part.strip, part.slots.trailingZeroBitCount)
        report.notices.append(
            PairNotice(
                severity: .warning, metric: name.metric, resource: name.resource,
                message: """
                    Azure says again and again that the resource does not exist: \(endedCount) of its metrics have ended, \
                    and the collector is told so. \(skippedCount) buckets that might still have filled are given up. If it \
                    returns, it is read from where it was. Remove a deleted resource from the declaration
                    """, kind: .gone))
    }

    /// A metric of another unit would be another one to the collector, so the end of one whose unit is not known is not said.
    private func unit(of strip: Int) -> String? {
        if let unit = table.strips[strip].unit { return unit }
        let metric = table.strips[strip].metricID
        return table.strips.lazy.filter { $0.metricID == metric }.compactMap(\.unit).first
    }
}
