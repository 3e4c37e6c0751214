import MetricModel

@testable import Settlement

/// The rules once more, by bucket and by dictionary.
extension PropertyRun {
    mutating func expect(
        _ number: Int, _ slot: Int, _ window: Range<Timestamp>, _ passed: Range<Int64>
    ) -> Settled {
        var settled = Settled()
        let azure = azures[number]
        let (now, grain) = (self.now.seconds, grain.seconds)
        let settledEnd = (now - times.settle) / grain * grain
        let end = min(window.upperBound.seconds, settledEnd)
        let mark = expected[number].mark
        for index in azure.activity.indices {
            var series = expected[number].series[index]
            let kept = series.sent.keys.filter { $0 >= passed.lowerBound }
            var newest = kept.max()
            let newestBefore = newest
            var new: [SettledPoint] = []
            for start in stride(from: max(window.lowerBound.seconds, passed.lowerBound), to: end, by: Int(grain)) {
                let bucket = Timestamp(seconds: start)
                guard let value = azure.read(series: index, bucket: bucket, now: self.now) else { continue }
                let isNew = series.sent[start] == nil
                newest = max(newest ?? start, start)
                let isSeen = ((newest ?? start) - start) / grain < Int64(ledger.printCount)
                let isRevised = !isNew && isSeen && series.seen[start].map { $0 != value } ?? false
                if isSeen { series.seen[start] = value }
                if isRevised { settled.revisedCount += 1 }
                if isNew, start < mark, now > start + grain + times.overlap { settled.lateCount += 1 }
                if isNew { series.sent[start] = value }
                guard isNew || isRevised && resends && !isCumulative else { continue }
                let isOld = start + grain + times.reachBackWidth + times.settle < now
                let isLate = isRevised || newestBefore.map { start < $0 } ?? false
                new.append(
                    SettledPoint(
                        series: index, kind: isLate ? .late : isOld ? .catchUp : .live, start: start,
                        end: start + grain, value: value))
            }
            settled.points += isCumulative ? sums(new, end: end, of: &series, number: index) : new
            // A bucket that stayed empty is missed of a series that has others.
            if series.sent.keys.contains(where: { $0 >= passed.lowerBound }) {
                for start in stride(from: passed.lowerBound, to: passed.upperBound, by: Int(grain))
                where series.sent[start] == nil {
                    settled.absentCount += 1
                }
            }
            expected[number].series[index] = series
        }
        expected[number].mark = max(mark, end)
        return settled
    }

    private func sums(
        _ new: [SettledPoint], end: Int64, of series: inout Expected.Series, number: Int
    ) -> [SettledPoint] {
        var points: [SettledPoint] = []
        for var point in new {
            if series.start == nil {
                series.start = point.start
                series.last = 0
            }
            series.total += point.value
            if point.end > series.last {
                point.start = series.start ?? 0
                point.value = series.total
                series.last = point.end
                series.pendingSince = nil
                points.append(point)
            } else {
                series.pendingSince = series.pendingSince ?? now
            }
        }
        if series.pendingSince != nil, end > series.last {
            points.append(
                SettledPoint(series: number, kind: .live, start: series.start ?? 0, end: end, value: series.total))
            series.last = end
            series.pendingSince = nil
        }
        return points
    }

    /// I2: what Azure knew by end + overlap was sent, when the agent ran long enough, or is in a skipped range.
    mutating func checkNothingLost() {
        let end = now - .seconds(max(schedule, grain.seconds))
        for (number, birth) in births.enumerated() {
            for index in azures[number].activity.indices {
                for start in stride(from: birth, to: end.seconds, by: Int(grain.seconds)) {
                    let truth = azures[number].truth(series: index, bucket: Timestamp(seconds: start))
                    let known =
                        Timestamp(seconds: start) + grain.duration + max(truth.delay, rules.settle)
                        + rules.reachBackInterval * 2
                    guard truth.value != nil, truth.delay <= shortestOverlap, known < end else { continue }
                    if expected[number].series[index].sent[start] == nil,
                        !expected[number].skipped.contains(where: { $0.contains(start) })
                    {
                        violations.append("lost: slot \(Self.slots[number]) series \(index) \(start) \(truth.delay)")
                    }
                }
                let series = expected[number].series[index]
                if let since = series.pendingSince, now - since > (rules.reachBackInterval + grain.duration) * 3 {
                    violations.append("a late value waits: series \(index)")
                }
            }
        }
    }
}
